//! Who may: those who belong, with the permission, while their organization is there. Nobody else learns anything.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Has, Kit, Place, Write, kit::Asked};
use crate::support::Reply;

/// Nothing that could stand for a row.
const MALFORMED: &str = "%00";

/// An outsider learns nothing, not even which rows there are.
pub async fn outsider(kit: &mut Kit) {
    let place = kit.place().await;
    let made = place.row().await;
    let row = place.reference(&made.json);
    let shown = place.shown(Some(&row)).await;
    for row in [row.as_str(), made["slug"].as_str().unwrap_or(&row), kit.resource.unknown] {
        for (request, asked) in place.requests(row) {
            kit.server.refuses(request.clone().anonymous(), 401, "not_authenticated").await;
            let (status, code) = if asked.is_of_all(kit.resource) && kit.resource.is_in_space() {
                (404, "space_not_found")
            } else if asked.is_of_all(kit.resource) || !kit.resource.is_hidden() {
                (403, "not_a_member")
            } else {
                (404, kit.resource.not_found)
            };
            let refused = kit.server.refuses(request.by(&kit.outsider), status, code).await;
            assert!(status == 404 || refused["detail"] == "Not authorized for this organization", "{refused}");
        }
    }
    assert_eq!(place.shown(Some(&row)).await, shown);
}

/// A row does not exist under another organization, no more than one that there never was.
pub async fn another_tenant(kit: &mut Kit) {
    let (place, other) = (kit.place().await, kit.place().await);
    let made = place.row().await;
    let row = place.reference(&made.json);
    other.bring(&kit.jane, "owner").await;
    let shown = (place.shown(Some(&row)).await, other.shown(None).await);
    let names = ["id", "slug"].into_iter().filter_map(|name| made[name].as_str());
    let names: BTreeSet<_> = names.chain([row.as_str(), kit.resource.unknown, MALFORMED]).collect();
    for name in names {
        for (request, asked) in other.requests(name) {
            let (status, code) = match asked {
                _ if asked.is_of_all(kit.resource) => continue,
                Asked::Write(write) if name != MALFORMED => write.not_found,
                _ => (404, kit.resource.not_found),
            };
            let mut refused = vec![kit.server.refuses(request.clone().by(&kit.jane), status, code).await];
            // A superadmin sees the rows of all organizations where the path names none.
            if !kit.resource.is_hidden() {
                refused.push(kit.server.refuses(request.header("if-none-match", "*"), status, code).await);
            }
            for reply in refused {
                assert!(!reply.body.contains(&place.org), "{reply}");
            }
        }
    }
    assert_eq!((place.shown(Some(&row)).await, other.shown(None).await), shown);
}

/// Each request needs its permission and no other. Nobody has one because of their name.
pub async fn permissions(kit: &mut Kit) {
    let place = kit.place().await;
    let every = permissions_of(&place, "owner").await;
    let given = match kit.resource.gives {
        Some(role) => permissions_of(&place, role).await,
        // Who is not in a space sees it because they manage all of them.
        None if kit.resource.is_in_space() => vec!["spaces:write".to_owned()],
        None => Vec::new(),
    };
    let needed: BTreeSet<_> =
        kit.resource.writes().map(|write| write.permission).chain([kit.resource.permission]).collect();
    place.bring(&kit.jane, "viewer").await;
    for (n, needed) in needed.into_iter().enumerate() {
        let without: Vec<_> = every.iter().filter(|permission| *permission != needed).cloned().collect();
        let only: Vec<_> = given.iter().cloned().chain([needed.to_owned()]).collect();
        for (key, permissions) in [(format!("without-{n}"), without), (format!("only-{n}"), only)] {
            let role = json!({ "key": key, "name": key, "permissions": permissions });
            kit.server.post(&format!("{}/roles", place.path())).json(role).send().await.expect(201);
            let may = key.starts_with("only");
            let member = format!("{}/members/{}", place.path(), kit.jane.id);
            kit.server.patch(&member).json(json!({ "role": key })).send().await.expect(200);

            let row = place.reference(&place.row().await.json);
            let mut requests = vec![(place.list(""), Asked::List, 200)];
            if kit.resource.read.this().is_some() && !kit.resource.is_hidden() {
                requests.push((place.one(&row), Asked::One, 200));
            }
            for write in kit.resource.writes() {
                requests.push((place.ready(write).await, Asked::Write(write), write.status));
            }
            for (request, asked, status) in requests {
                if asked.permission(kit.resource) != needed {
                    continue;
                }
                let request = request.by(&kit.jane);
                if may {
                    request.send().await.expect(status);
                } else {
                    if matches!(kit.resource.known, Has::Not(_)) && !asked.is_of_all(kit.resource) {
                        kit.server.refuses(request, 404, kit.resource.not_found).await;
                        continue;
                    }
                    let refused = kit.server.refuses(request, 403, "missing_permission").await;
                    assert_eq!(refused["permission"], needed);
                }
            }
        }
    }
}

async fn permissions_of(place: &Place<'_>, role: &str) -> Vec<String> {
    let role = place.server.get(&format!("{}/roles/{role}", place.path())).send().await.expect(200);
    let permissions = role["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str);
    permissions.map(str::to_owned).collect()
}

/// A suspended organization is closed to its members, and stands as it is.
pub async fn suspended(kit: &mut Kit) {
    let place = kit.place().await;
    let row = place.reference(&place.row().await.json);
    place.bring(&kit.jane, "owner").await;
    let shown = place.shown(Some(&row)).await;
    place.act("suspend").await;
    for (request, _) in place.requests(&row) {
        kit.server.refuses(request.by(&kit.jane), 403, "organization_suspended").await;
    }
    assert_eq!(place.shown(Some(&row)).await, shown, "a superadmin sees it");
    place.act("reactivate").await;
    assert_eq!(place.list("").by(&kit.jane).send().await.expect(200).status, 200);
}

/// A deleted organization is gone for its members, takes no writes, and comes back as it was.
pub async fn deleted(kit: &mut Kit) {
    let place = kit.place().await;
    let row = place.reference(&place.row().await.json);
    place.bring(&kit.jane, "owner").await;
    let shown = place.shown(Some(&row)).await;
    place.act("delete").await;
    for (request, asked) in place.requests(&row) {
        let gone = gone(kit, &asked);
        kit.server.refuses(request.clone().by(&kit.jane), 404, gone).await;
        if let Asked::Write(Write { closed: Has::This(()), .. }) = asked {
            kit.server.refuses(request, 409, "organization_deleted").await;
        }
    }
    assert_eq!(place.shown(Some(&row)).await, shown, "a superadmin sees it");
    place.act("restore").await;
    assert_eq!(place.shown(Some(&row)).await, shown);
    place.act("delete").await;
    place.act("purge").await;
    for (request, asked) in place.requests(&row) {
        let gone = gone(kit, &asked);
        kit.server.refuses(request, 404, gone).await;
    }
    kit.server.deployment().assert_projections_verify();
}

/// The code of what cannot be asked for in an organization that is not there.
fn gone(kit: &Kit, asked: &Asked<'_>) -> &'static str {
    if asked.is_of_all(kit.resource) || !kit.resource.is_hidden() {
        kit.resource.scope_not_found()
    } else {
        kit.resource.not_found
    }
}

/// Bodies that are not JSON, or have what nobody asked for, are refused and leave nothing.
pub async fn bodies(kit: &mut Kit) {
    let place = kit.place().await;
    for write in kit.resource.writes() {
        let row = place.target(write).await;
        let body = match place.body(write, place.number()) {
            Value::Null => json!({}),
            body => body,
        };
        let bare = || place.bare(write, &row);
        let text = body.to_string();
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
            let request = bare().body(content_type, text.as_str());
            kit.server.refuses(request, 415, "unsupported_media_type").await;
        }
        for malformed in ["{", "{'name':'x'}", &text[..text.len() - 1], &format!("{text} x")] {
            kit.server.refuses(bare().body("application/json", malformed), 400, "invalid_json").await;
        }
        let pointers = |refused: Reply| refused.pointers().into_iter().map(str::to_owned).collect::<Vec<_>>();
        for shape in [json!([]), json!("x"), json!(7)] {
            assert_eq!(pointers(kit.server.refuses(bare().json(shape), 422, "invalid").await), [""]);
        }
        for name in ["unknown", "id", "organization_id"] {
            let mut more = body.clone();
            more[name] = super::UNKNOWN.into();
            let refused = kit.server.refuses(bare().json(more), 422, "invalid").await;
            assert_eq!(pointers(refused), [format!("/{name}")]);
        }
        bare().json(body).send().await.expect(write.status);
    }
}
