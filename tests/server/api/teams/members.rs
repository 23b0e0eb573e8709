//! `/api/v1/organizations/{org}/teams/{team}/members`.

use serde_json::{Value, json};

use super::{path, team};
use crate::support::{Person, Reply, Server, at_once};

both!(
    putting_somebody_in_is_idempotent,
    taking_somebody_out_is_idempotent,
    only_members_of_the_organization_get_in,
    the_teams_version_counts,
    twenty_at_once_put_somebody_in_once,
    the_inactive_do_not_count,
);

/// An organization of the caller's with a team: the path of that, and the caller's id.
async fn of_owner(server: &Server) -> (String, String) {
    let acme = server.organization("acme").await;
    let made = team(server, "acme", "Engineering").await;
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    (format!("{}/{}", path("acme"), made.id()), owner.to_owned())
}

async fn count(server: &Server, one: &str) -> Value {
    server.get(one).send().await.expect(200)["member_count"].clone()
}

async fn putting_somebody_in_is_idempotent(server: Server) {
    let (one, owner) = of_owner(&server).await;
    let put = server.put(&format!("{one}/members/{owner}"));
    let head = server.head().await;
    let tried = server.put(&format!("{one}/members/{owner}?dry_run=true")).send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], &tried["status"]), (&json!("TeamMemberAdded"), &json!(200)));
    let added = put.clone().send().await.expect(200);
    let user = json!({ "id": owner, "email": "admin@example.com", "name": null });
    assert_eq!(added.json, json!({ "user": user, "added_at": added["added_at"] }));
    assert_eq!((added.position(), count(&server, &one).await), (head + 1, json!(1)));
    // With or without a body, in any spelling of the id.
    for again in [put.clone(), put.json(json!({})), server.put(&format!("{one}/members/{}", owner.to_uppercase()))] {
        let again = again.send().await.expect(200);
        assert_eq!((&again.json, again.position()), (&added.json, head + 1));
    }
    let list = server.get(&format!("{one}/members?include=total")).send().await.expect(200);
    assert_eq!((&list.json, list.header("x-total-count")), (&json!([added.json]), Some("1")));
    assert_eq!(server.patch(&one).json(json!({ "name": "B" })).send().await.expect(200)["member_count"], 1);
}

async fn taking_somebody_out_is_idempotent(server: Server) {
    let (one, owner) = of_owner(&server).await;
    let member = format!("{one}/members/{owner}");
    server.put(&member).send().await.expect(200);
    let head = server.head().await;
    assert_eq!(server.delete(&member).send().await.expect(204).position(), head + 1);
    for user in [owner.as_str(), "0190163d-8694-739b-aea5-966c26f8ad91"] {
        server.delete(&format!("{one}/members/{user}")).send().await.expect(204);
    }
    assert_eq!((server.head().await, count(&server, &one).await), (head + 1, json!(0)));
    let list = server.get(&format!("{one}/members?include=total")).send().await.expect(200);
    assert_eq!((&list.json, list.header("x-total-count")), (&json!([]), Some("0")));
    server.put(&member).send().await.expect(200);
    assert_eq!(count(&server, &one).await, 1);
    server.deployment().assert_projections_verify();
}

async fn only_members_of_the_organization_get_in(server: Server) {
    let (one, _) = of_owner(&server).await;
    let body = json!({ "name": "Other", "owner_email": "jane@example.com" });
    let other = server.post("/api/v1/organizations").json(body).send().await.expect(201);
    let outsider = other["owner"]["id"].as_str().expect("an owner");
    for user in [outsider, "0190163d-8694-739b-aea5-966c26f8ad91", "jane@example.com", "%00"] {
        server.refuses(server.put(&format!("{one}/members/{user}")), 404, "member_not_found").await;
    }
    server.refuses(server.put(&format!("{one}/members/{outsider}")).json(json!({ "role": "x" })), 422, "invalid").await;
    let wrong = server.put(&format!("{one}/members/{outsider}")).body("text/plain", "x");
    server.refuses(wrong, 415, "unsupported_media_type").await;
}

async fn the_teams_version_counts(server: Server) {
    let (one, owner) = of_owner(&server).await;
    let member = format!("{one}/members/{owner}");
    let tag = server.get(&one).send().await.expect(200).etag().to_owned();
    let added = server.put(&member).header("if-match", &tag).send().await.expect(200);
    assert_eq!((added.version(), server.get(&one).send().await.expect(200).version()), (2, 2));
    server.refuses(server.put(&member).header("if-match", &tag), 412, "version_mismatch").await;
    server.refuses(server.delete(&member).header("if-match", &tag), 412, "version_mismatch").await;
    server.delete(&member).header("if-match", added.etag()).send().await.expect(204);
}

async fn twenty_at_once_put_somebody_in_once(server: Server) {
    let (one, owner) = of_owner(&server).await;
    let head = server.head().await;
    let put = server.put(&format!("{one}/members/{owner}"));
    let replies: Vec<Reply> = at_once((0..20).map(|_| put.clone().send())).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.body), (200, &replies[0].body), "{reply}");
    }
    assert_eq!(server.head().await, head + 1);
}

async fn the_inactive_do_not_count(server: Server) {
    server.organization("acme").await;
    let made = team(&server, "acme", "A").await;
    let one = format!("{}/{}", path("acme"), made.id());
    let people: Vec<Person> = {
        let mut people = Vec::new();
        for n in 0..3 {
            people.insert(0, server.member("acme", &format!("p{n}@example.com"), "admin").await);
        }
        people
    };
    let admin = &people[2];
    let member = |person: &Person| format!("/api/v1/organizations/acme/members/{}", person.id);
    // A suspended member can be put in, and counts when they are back.
    server.post(&format!("{}/suspend", member(&people[0]))).send().await.expect(200);
    for person in &people {
        server.put(&format!("{one}/members/{}", person.id)).by(admin).send().await.expect(200);
    }
    let shown = async || {
        let list = server.get(&format!("{one}/members?include=total")).by(admin).send().await.expect(200);
        let ids: Vec<_> = list.json.as_array().expect("rows").iter().map(|row| row["user"]["id"].clone()).collect();
        assert_eq!(list.header("x-total-count"), Some(ids.len().to_string().as_str()));
        let counts = [
            server.get(&one).send().await.expect(200)["member_count"].clone(),
            server.patch(&one).json(json!({})).send().await.expect(200)["member_count"].clone(),
            server.get(&path("acme")).send().await.expect(200).json[0]["member_count"].clone(),
        ];
        assert!(counts.iter().all(|count| *count == json!(ids.len())), "{counts:?} of {ids:?}");
        ids
    };
    let ids = |of: &[&Person]| of.iter().map(|person| json!(person.id)).collect::<Vec<_>>();
    assert_eq!(shown().await, ids(&[&people[1], &people[2]]));
    server.post(&format!("{}/reinstate", member(&people[0]))).send().await.expect(200);
    assert_eq!(shown().await, ids(&[&people[0], &people[1], &people[2]]), "the newest account first");
    // A member who leaves the organization is gone from its teams, and there again when they are back.
    server.delete(&member(&people[1])).send().await.expect(204);
    assert_eq!(shown().await, ids(&[&people[0], &people[2]]));
    let put = server.put(&format!("{one}/members/{}", people[1].id));
    server.refuses(put, 404, "member_not_found").await;
    server.post(&format!("{}/reinstate", member(&people[1]))).send().await.expect(200);
    assert_eq!(shown().await.len(), 3);
    // Pages.
    let mut seen = Vec::new();
    let mut next = Some(format!("{one}/members?limit=2"));
    while let Some(link) = next {
        let page = server.get(&link).send().await.expect(200);
        seen.extend(page.json.as_array().expect("rows").iter().map(|row| row["user"]["email"].clone()));
        next = page.next();
    }
    assert_eq!(seen, ["p2@example.com", "p1@example.com", "p0@example.com"].map(|email| json!(email)));
    server.deployment().assert_projections_verify();
}
