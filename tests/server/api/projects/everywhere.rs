//! `GET /api/v1/projects`.

use serde_json::json;

use super::{path, project};
use crate::support::Server;

both!(
    a_walk_sees_every_row_of_every_organization_once,
    filters_hold_on_every_page,
    a_cursor_is_good_for_its_list_and_caller_only,
    a_deleted_organization_is_shown_to_a_superadmin_by_name,
);

const PATH: &str = "/api/v1/projects";

async fn a_walk_sees_every_row_of_every_organization_once(server: Server) {
    for org in ["acme", "beta", "other"] {
        server.organization(org).await;
    }
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let body = json!({ "user_email": jane.email, "role": "developer" });
    server.post("/api/v1/organizations/beta/users").json(body).send().await.expect(201);
    assert_eq!(server.get(PATH).by(&jane).send().await.expect(200).json, json!([]));
    let (mut hers, mut all) = (Vec::new(), Vec::new());
    for n in 0..12 {
        let org = ["acme", "beta", "other"][n % 3];
        let made = project(&server, org, &format!("p-{n}")).await;
        all.insert(0, made.json.clone());
        if org != "other" {
            hers.insert(0, made.json.clone());
        }
    }
    let walk = async |first: String| {
        let (mut rows, mut pages) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(link) = next {
            let request = server.get(&link);
            let page = if link.contains("limit=3") { request.by(&jane) } else { request }.send().await.expect(200);
            assert!(page.next().iter().all(|link| link.starts_with(&format!("{}{PATH}?", server.url))));
            rows.extend(page.json.as_array().expect("rows").clone());
            next = page.next();
            pages += 1;
            project(&server, "acme", &format!("late-{pages}-{}", rows.len())).await;
        }
        (rows, pages)
    };
    assert_eq!(walk(format!("{PATH}?limit=3&status=all")).await, (hers, 3));
    let (rows, pages) = walk(format!("{PATH}?limit=5")).await;
    let late = rows.len() - all.len();
    assert_eq!((&rows[late..], pages), (all.as_slice(), 3));
    let total = server.get(&format!("{PATH}?limit=1&include=total")).by(&jane).send().await.expect(200);
    assert_eq!(total.header("x-total-count"), Some((8 + 6).to_string().as_str()));
}

async fn filters_hold_on_every_page(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("beta").await;
    for n in 0..4 {
        for org in ["acme", "beta"] {
            project(&server, org, &format!("{org}-{n}")).await;
        }
    }
    for archived in [1, 3] {
        server.post(&format!("{}/acme-{archived}/archive", path("acme"))).send().await.expect(200);
    }
    server.post("/api/v1/organizations/acme/slug").json(json!({ "slug": "ajax" })).send().await.expect(200);
    let list = async |query: &str| {
        let mut slugs = Vec::new();
        let mut next = Some(format!("{PATH}?limit=1&include=total&{query}"));
        while let Some(link) = next {
            let page = server.get(&link).send().await.expect(200);
            slugs.extend(page.each("slug"));
            next = page.next();
            let total = page.header("x-total-count").and_then(|total| total.parse().ok());
            assert!(total >= Some(slugs.len()) && (next.is_some() || total == Some(slugs.len())), "{query}: {page}");
        }
        slugs
    };
    for acme in ["acme", "ajax", acme.id()] {
        assert_eq!(list(&format!("organization={acme}")).await, ["acme-2", "acme-0"], "an old slug leads there too");
        assert_eq!(list(&format!("organization={acme}&status=archived")).await, ["acme-3", "acme-1"]);
    }
    assert_eq!(list("status=archived").await, ["acme-3", "acme-1"]);
    assert_eq!(list("status=all").await.len(), 8);
    for unknown in ["nobody", "0190163d-8694-739b-aea5-966c26f8ad91", "%00", ""] {
        assert!(list(&format!("organization={unknown}&status=all")).await.is_empty(), "{unknown}");
    }
}

async fn a_cursor_is_good_for_its_list_and_caller_only(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    for n in 0..3 {
        project(&server, "acme", &format!("p-{n}")).await;
    }
    let first = server.get(&format!("{PATH}?limit=1")).by(&jane).send().await.expect(200);
    let cursor = first.next().expect("a second page").split("cursor=").nth(1).expect("a cursor").to_owned();
    let with = |list: &str| server.get(&format!("{list}limit=1&cursor={cursor}"));
    assert_eq!(with(&format!("{PATH}?")).by(&jane).send().await.expect(200).each("slug"), ["p-1"]);
    server.refuses(with(&format!("{PATH}?")), 400, "invalid_cursor").await;
    for other in [format!("{PATH}?status=all&"), format!("{PATH}?organization=acme&"), format!("{}?", path("acme"))] {
        server.refuses(with(&other).by(&jane), 400, "invalid_cursor").await;
    }
}

async fn a_deleted_organization_is_shown_to_a_superadmin_by_name(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("beta").await;
    let owner = server.member("acme", "jane@example.com", "owner").await;
    for org in ["acme", "beta"] {
        project(&server, org, org).await;
    }
    let named = format!("{PATH}?organization={}", acme.id());
    server.post("/api/v1/organizations/acme/suspend").json(json!({})).send().await.expect(200);
    assert_eq!(server.get(PATH).send().await.expect(200).each("slug"), ["beta", "acme"]);
    assert_eq!(server.get(PATH).by(&owner).send().await.expect(200).json, json!([]));
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    assert_eq!(server.get(PATH).send().await.expect(200).each("slug"), ["beta"]);
    assert_eq!(server.get(&named).send().await.expect(200).each("slug"), ["acme"]);
    for list in [PATH, &named] {
        assert_eq!(server.get(list).by(&owner).send().await.expect(200).json, json!([]), "{list}");
    }
}
