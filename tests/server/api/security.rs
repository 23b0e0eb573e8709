//! `/api/v1/security`: what API keys weaken.

use serde_json::{Value, json};

use crate::support::{Person, Server};

both!(
    each_weakness_is_found,
    everybody_sees_their_own_and_what_they_may_read,
    what_is_not_good_any_more_weakens_nothing,
    findings_are_paged_by_resource,
);

const FINDINGS: &str = "/api/v1/security/findings";
const SCORE: &str = "/api/v1/security/score";

const FULL_ACCESS: &str = "full_access_key_without_expiry";
const UNUSED: &str = "unused_key";

/// Makes a key and answers its id.
async fn key(server: &Server, by: &Person, body: Value) -> String {
    let mut body = body;
    body["name"] = "key".into();
    server.post("/api/v1/api-keys").by(by).json(body).send().await.expect(201).id().to_owned()
}

/// The checks that found something about each key, in the order of the list.
async fn findings(server: &Server, by: &Person) -> Vec<(String, String)> {
    let found = server.get(FINDINGS).by(by).send().await.expect(200);
    let rows = found.json.as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rows.map(|row| (text(&row["check"]), text(&row["resource"]["id"]))).collect()
}

async fn score(server: &Server, by: &Person) -> i64 {
    server.get(SCORE).by(by).send().await.expect(200)["score"].as_i64().expect("a number")
}

/// As if the key had been used for the last time so many days ago.
async fn used_days_ago(server: &Server, key: &str, days: i64) {
    let at = chrono::Utc::now() - chrono::TimeDelta::days(days);
    server.deployment().set_last_use(key, at).await;
}

async fn each_weakness_is_found(server: Server) {
    let jane = server.person("jane@example.com").await;
    assert_eq!((findings(&server, &jane).await, score(&server, &jane).await), (vec![], 100));
    let forever = key(&server, &jane, json!({ "scopes": ["*:*"] })).await;
    let ending = key(&server, &jane, json!({ "scopes": ["*:*"], "expires_in": "90d" })).await;
    let full = || (FULL_ACCESS.to_owned(), forever.clone());
    assert_eq!((findings(&server, &jane).await, score(&server, &jane).await), (vec![full()], 90));
    used_days_ago(&server, &ending, 89).await;
    assert_eq!(score(&server, &jane).await, 90);
    used_days_ago(&server, &ending, 91).await;
    used_days_ago(&server, &forever, 91).await;
    let unused = |id: &str| (UNUSED.to_owned(), id.to_owned());
    assert_eq!(findings(&server, &jane).await, [unused(&ending), full(), unused(&forever)]);
    let scored = server.get(SCORE).by(&jane).send().await.expect(200);
    let checks = json!([
        { "check": FULL_ACCESS, "title": "An API key may do everything and never expires", "findings": 1, "weight": 10, "most": 40 },
        { "check": UNUSED, "title": "An API key was not used for 90 days", "findings": 2, "weight": 3, "most": 15 },
    ]);
    assert_eq!(scored.json, json!({ "score": 84, "checks": checks }));
}

async fn everybody_sees_their_own_and_what_they_may_read(server: Server) {
    server.organization("acme").await;
    let owner = server.member("acme", "owner@example.com", "owner").await;
    let developer = server.member("acme", "developer@example.com", "developer").await;
    let member = server.member("acme", "member@example.com", "member").await;
    let of_acme = key(&server, &owner, json!({ "organization": "acme", "scopes": ["org:acme:*"] })).await;
    let of_owner = key(&server, &owner, json!({ "scopes": ["*:*"] })).await;
    // A part of what its owner may do, and a time to expire.
    key(&server, &owner, json!({ "scopes": ["org:acme:*"] })).await;
    key(&server, &owner, json!({ "organization": "acme", "scopes": ["org:acme:*"], "expires_in": "30d" })).await;
    let full = |id: &str| (FULL_ACCESS.to_owned(), id.to_owned());
    assert_eq!(findings(&server, &owner).await, [full(&of_owner), full(&of_acme)]);
    assert_eq!(findings(&server, &developer).await, [full(&of_acme)]);
    assert_eq!(findings(&server, &member).await, []);
    let found = server.get(FINDINGS).send().await.expect(200);
    assert_eq!(found.json.as_array().map(Vec::len), Some(2), "a superadmin sees all: {found}");
    let [_, organization] = found.json.as_array().expect("a list").as_slice() else { panic!("two: {found}") };
    assert_eq!(organization["organization_id"], server.get("/api/v1/organizations/acme").send().await["id"]);
    assert_eq!((score(&server, &owner).await, score(&server, &member).await), (80, 100));
    // A key shows what it may read, and nothing of the person behind it.
    let body = json!({ "name": "auditor", "scopes": ["org:acme:api_keys:read"] });
    let made = server.post("/api/v1/api-keys").by(&owner).json(body).send().await.expect(201);
    let bearer = made["key"].as_str().expect("a key");
    let found = server.get(FINDINGS).bearer(bearer).send().await.expect(200);
    assert_eq!(found.each("check"), [FULL_ACCESS]);
    assert_eq!(found.json[0]["resource"]["id"], json!(of_acme));
}

async fn what_is_not_good_any_more_weakens_nothing(server: Server) {
    let jane = server.person("jane@example.com").await;
    for end in ["disable", "revoke"] {
        let id = key(&server, &jane, json!({ "scopes": ["*:*"] })).await;
        assert_eq!(score(&server, &jane).await, 90);
        server.post(&format!("/api/v1/api-keys/{id}/{end}")).by(&jane).send().await.expect(200);
        assert_eq!((findings(&server, &jane).await, score(&server, &jane).await), (vec![], 100));
    }
}

async fn findings_are_paged_by_resource(server: Server) {
    let jane = server.person("jane@example.com").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, key(&server, &jane, json!({ "scopes": ["*:*"] })).await);
    }
    let mut seen = Vec::new();
    let mut next = Some(format!("{FINDINGS}?limit=2"));
    while let Some(path) = next {
        let page = server.get(&path).by(&jane).send().await.expect(200);
        seen.extend(page.json.as_array().expect("a list").iter().map(|row| row["resource"]["id"].clone()));
        next = page.next();
    }
    assert_eq!(seen, ids.into_iter().map(Value::from).collect::<Vec<_>>());
    let wrong = server.get(&format!("{FINDINGS}?limit=0")).by(&jane).send().await;
    assert_eq!((wrong.status, &wrong["errors"][0]["pointer"]), (422, &json!("?limit")));
}
