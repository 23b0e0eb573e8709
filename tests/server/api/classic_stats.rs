//! `/api/stats`: five numbers about what the caller belongs to.

use serde_json::{Value, json};

use crate::support::{Person, Reply, Request, Server, eventually};

both!(
    an_answer_has_five_fields,
    who_belongs_to_several_counts_each_person_once,
    a_superadmin_counts_all,
    a_bound_credential_counts_what_it_reaches,
    what_is_over_does_not_count,
    a_weakness_lowers_the_score,
    uptime_is_the_share_of_minutes_in_which_a_node_was_there,
    uptime_covers_30_days_at_most,
    a_node_says_that_it_is_there,
);

const PATH: &str = "/api/stats";

/// Active sessions, allocated workspaces and users.
async fn numbers(request: Request) -> [i64; 3] {
    let stats = request.send().await.expect(200);
    ["active_sessions", "total_workspaces", "total_users"].map(|field| stats[field].as_i64().expect("a number"))
}

async fn uptime(server: &Server) -> Value {
    server.get(PATH).send().await.expect(200)["uptime"].clone()
}

/// One more organization of a person.
async fn found(server: &Server, person: &Person, slug: &str) -> Reply {
    let body = json!({ "name": slug, "slug": slug });
    server.post("/api/v1/organizations").by(person).json(body).send().await.expect(201)
}

async fn add(server: &Server, organization: &str, person: &Person) {
    let body = json!({ "user_email": person.email, "role": "member" });
    server.post(&format!("/api/v1/organizations/{organization}/users")).json(body).send().await.expect(201);
}

/// Jane owns acme, where Joe and Bob are members; Bob is one in Gina's globex too, and Eve is nowhere. Everybody has a
/// personal organization, and each organization may have 5 workspaces.
struct World {
    jane: Person,
    joe: Person,
    bob: Person,
    eve: Person,
}

async fn world(server: &Server) -> World {
    let jane = server.person("jane@example.com").await;
    let gina = server.person("gina@example.com").await;
    found(server, &jane, "acme").await;
    found(server, &gina, "globex").await;
    let joe = server.member("acme", "joe@example.com", "viewer").await;
    let bob = server.member("acme", "bob@example.com", "member").await;
    add(server, "globex", &bob).await;
    let eve = server.person("eve@example.com").await;
    World { jane, joe, bob, eve }
}

async fn an_answer_has_five_fields(server: Server) {
    let jane = server.person("jane@example.com").await;
    let stats = server.get(PATH).by(&jane).send().await.expect(200);
    let one = json!({
        "active_sessions": 1, "total_workspaces": 5, "total_users": 1, "security_score": 100, "uptime": "100%",
    });
    assert_eq!(stats.json, one);
    assert_eq!(stats.header("content-type"), Some("application/json"));
    for (request, code) in
        [(server.get(PATH).anonymous(), "not_authenticated"), (server.get(PATH).bearer("x"), "invalid_token")]
    {
        let reply = server.refuses(request, 401, code).await;
        assert_eq!(reply["detail"], "Not authenticated");
    }
    server.refuses(server.get(&format!("{PATH}?limit=1")).by(&jane), 422, "invalid").await;
}

async fn who_belongs_to_several_counts_each_person_once(server: Server) {
    let World { jane, joe, bob, eve } = world(&server).await;
    // Jane is in two of her organizations, and still one person.
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [3, 10, 3]);
    assert_eq!(numbers(server.get(PATH).by(&joe)).await, [3, 10, 3]);
    // Jane, Joe and Bob in acme, Gina and Bob in globex.
    assert_eq!(numbers(server.get(PATH).by(&bob)).await, [4, 15, 4]);
    assert_eq!(numbers(server.get(PATH).by(&eve)).await, [1, 5, 1]);
    // A second session is one more for whoever belongs where its person does, and ends with it.
    let second = server.login(&joe.email).send().await.expect(200);
    for (person, sessions) in [(&jane, 4), (&bob, 5), (&eve, 1)] {
        assert_eq!(numbers(server.get(PATH).by(person)).await[0], sessions, "{}", person.email);
    }
    let logout = server.post("/api/v1/auth/logout").bearer(second["access_token"].as_str().expect("a token"));
    logout.send().await.expect(204);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await[0], 3);
}

async fn a_superadmin_counts_all(server: Server) {
    assert_eq!(numbers(server.get(PATH)).await, [0, 0, 0]);
    world(&server).await;
    assert_eq!(numbers(server.get(PATH)).await, [5, 35, 5]);
    // Also who is nowhere a member has a session.
    let body = json!({ "email": "admin@example.com", "password": "changeme" });
    let tokens = server.post("/api/v1/auth/login").anonymous().json(body).send().await.expect(200);
    let token = tokens["access_token"].as_str().expect("a token");
    assert_eq!(numbers(server.get(PATH).bearer(token)).await, [6, 35, 5]);
    // Reading makes no organization.
    assert_eq!(server.get("/api/v1/organizations").send().await.expect(200).each("id").len(), 7);
}

async fn a_bound_credential_counts_what_it_reaches(server: Server) {
    let World { jane, bob, .. } = world(&server).await;
    let switch = server.post("/api/v1/auth/switch").by(&bob).json(json!({ "organization": "acme" }));
    let switched = switch.send().await.expect(200);
    let bound = switched["access_token"].as_str().expect("a token");
    assert_eq!(numbers(server.get(PATH).bearer(bound)).await, [3, 5, 3]);
    let key = async |organization: Option<&str>, scopes: &[&str]| {
        let body = json!({ "name": "key", "organization": organization, "scopes": scopes });
        let made = server.post("/api/v1/api-keys").by(&jane).json(body).send().await.expect(201);
        made["key"].as_str().expect("a key").to_owned()
    };
    for organization in [None, Some("acme")] {
        let reads = key(organization, &["org:acme:organization:read"]).await;
        assert_eq!(numbers(server.get(PATH).bearer(&reads)).await, [3, 5, 3], "{organization:?}");
        let other = key(organization, &["org:acme:teams:read"]).await;
        assert_eq!(numbers(server.get(PATH).bearer(&other)).await, [0, 0, 0], "{organization:?}");
    }
    let all = key(None, &["*:*"]).await;
    assert_eq!(numbers(server.get(PATH).bearer(&all)).await, [3, 10, 3]);
}

async fn what_is_over_does_not_count(server: Server) {
    let World { jane, joe, bob, .. } = world(&server).await;
    let acme = "/api/v1/organizations/acme";
    let fewer = server.patch(&format!("{acme}/limits")).by(&jane).json(json!({ "max_workspaces": 3 }));
    fewer.send().await.expect(200);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [3, 8, 3]);
    let usual = server.patch(&format!("{acme}/limits")).by(&jane).json(json!({ "max_workspaces": null }));
    usual.send().await.expect(200);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [3, 10, 3]);
    // Who is suspended is no active member, and an account that is disabled has no session.
    server.post(&format!("{acme}/members/{}/suspend", joe.id)).by(&jane).send().await.expect(200);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [2, 10, 2]);
    assert_eq!(numbers(server.get(PATH).by(&joe)).await, [1, 5, 1]);
    server.post(&format!("/api/v1/users/{}/disable", bob.id)).send().await.expect(200);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [1, 10, 2]);
    server.delete(acme).by(&jane).send().await.expect(204);
    assert_eq!(numbers(server.get(PATH).by(&jane)).await, [1, 5, 1]);
    assert_eq!(numbers(server.get(PATH)).await, [4, 30, 5]);
    server.deployment().let_sessions_expire().await;
    assert_eq!(numbers(server.get(PATH)).await, [0, 30, 5]);
}

async fn a_weakness_lowers_the_score(server: Server) {
    let World { jane, joe, .. } = world(&server).await;
    let body = json!({ "name": "key", "scopes": ["*:*"] });
    server.post("/api/v1/api-keys").by(&jane).json(body).send().await.expect(201);
    for (request, score) in [(server.get(PATH).by(&jane), 90), (server.get(PATH), 90), (server.get(PATH).by(&joe), 100)]
    {
        assert_eq!(request.send().await.expect(200)["security_score"], score);
    }
}

/// Another minute may begin at any time. Where that could be seen, the numbers leave room for it.
async fn uptime_is_the_share_of_minutes_in_which_a_node_was_there(server: Server) {
    let deployment = server.deployment();
    assert_eq!(uptime(&server).await, "100%");
    deployment.add_heartbeats([9_999]).await;
    assert_eq!(uptime(&server).await, "0%");
    deployment.add_heartbeats(5_000..9_999).await;
    assert_eq!(uptime(&server).await, "50%");
    deployment.add_heartbeats(4_980..5_000).await;
    assert_eq!(uptime(&server).await, "50.2%");
    deployment.add_heartbeats((1..4_980).filter(|ago| *ago != 1_234)).await;
    assert_eq!(uptime(&server).await, "99.9%");
    deployment.add_heartbeats((1..10).chain(1_225..1_240)).await;
    assert_eq!(uptime(&server).await, "100%");
}

async fn uptime_covers_30_days_at_most(server: Server) {
    let days = |days: i64| days * 24 * 60;
    // There before them, for ten days of them, and not in between.
    server.deployment().add_heartbeats([days(30) + 600, days(30) + 599]).await;
    assert_eq!(uptime(&server).await, "0%");
    server.deployment().add_heartbeats(days(5)..days(15)).await;
    assert_eq!(uptime(&server).await, "33.3%");
}

async fn a_node_says_that_it_is_there(server: Server) {
    let ledger = server.deployment().ledger().await;
    eventually("the node said that it is there", || async {
        ledger.number("SELECT count(*) FROM heartbeats").await > 0
    })
    .await;
}
