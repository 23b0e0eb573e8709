//! `/api/organizations` with an access token.

use serde_json::{Value, json};

use crate::support::{Engine, Person, Request, Server, at_once};

both!(
    a_list_has_six_fields_and_is_complete,
    a_person_without_one_gets_their_own,
    a_superadmin_who_sees_none_gets_one,
    the_default_is_named_after_what_its_person_says,
    without_a_token_nothing_is_told,
    members_write_here_as_well,
);

const PATH: &str = "/api/organizations";

async fn a_list_has_six_fields_and_is_complete(server: Server) {
    let jane = server.person("jane@example.com").await;
    let body = json!({ "name": "Acme", "domain": "acme.example" });
    let acme = server.post("/api/v1/organizations").by(&jane).json(body).send().await.expect(201);
    server.organization("foreign").await;
    let list = server.get(PATH).by(&jane).send().await.expect(200);
    assert_eq!(list.each("name"), ["Acme", "Personal"]);
    let row = &list.json[0];
    assert_eq!(
        *row,
        json!({
            "id": acme.id(), "name": "Acme", "domain": "acme.example", "users_count": 1, "workspaces_count": 5,
            "created_at": acme["created_at"],
        })
    );
    assert_eq!(list.json[1]["domain"], "");
    for n in 0..60 {
        let body = json!({ "name": format!("org-{n}") });
        server.post(PATH).by(&jane).json(body).send().await.expect(201);
    }
    assert_eq!(server.get(PATH).by(&jane).send().await.expect(200).each("name").len(), 62);
    assert_eq!(server.get(&format!("{PATH}?limit=3")).by(&jane).send().await.expect(200).each("name").len(), 3);
    // A superadmin with a token sees all of them in the same form.
    let admin = admin(&server).await;
    assert_eq!(server.get(PATH).bearer(&admin).send().await.expect(200).each("id").len(), 63);
}

async fn admin(server: &Server) -> String {
    let body = json!({ "email": "admin@example.com", "password": "changeme" });
    let tokens = server.post("/api/v1/auth/login").anonymous().json(body).send().await.expect(200);
    tokens["access_token"].as_str().expect("a token").to_owned()
}

/// An owner whose only organization is gone.
async fn without_any(server: &Server, email: &str) -> Person {
    let person = server.person(email).await;
    let path = format!("/api/v1/organizations/{}", person.organization);
    server.delete(&path).by(&person).send().await.expect(204);
    person
}

/// Twenty at once, on these nodes in turn: one organization is made, and every answer shows it.
async fn asks_at_once(nodes: &[Server], request: impl Fn(&Server) -> Request) -> Value {
    let head = nodes[0].head().await;
    let replies = at_once((0..20).map(|n| request(&nodes[n % nodes.len()]).send())).await;
    let first = replies[0].clone().expect(200);
    assert_eq!(first.each("id").len(), 1);
    for reply in &replies {
        assert_eq!((reply.status, &reply.json), (200, &first.json), "{reply}");
    }
    // The organization, its workspace, and that it is the person's primary one.
    assert_eq!(nodes[0].head().await, head + 3);
    first.json[0].clone()
}

async fn a_person_without_one_gets_their_own(server: Server) {
    let jane = without_any(&server, "jane@example.com").await;
    let nodes = [server];
    let made = asks_at_once(&nodes, |node| node.get(PATH).by(&jane)).await;
    assert_eq!(
        made,
        json!({
            "id": made["id"], "name": "Default Organization", "domain": "example.com", "users_count": 1,
            "workspaces_count": 5, "created_at": made["created_at"],
        })
    );
    let [server] = nodes;
    // It belongs to the person, and stays.
    let path = format!("/api/v1/organizations/{}", made["id"].as_str().expect("an id"));
    let full = server.get(&path).by(&jane).send().await.expect(200);
    assert_eq!((&full["role"], &full["slug"]), (&json!("owner"), &json!("default-organization")));
    assert_eq!(server.get("/api/me").by(&jane).send().await["organization"], "Default Organization");
    assert_eq!(server.get(PATH).by(&jane).send().await.each("id"), [full.id()]);
    // Another one gets another.
    let joe = without_any(&server, "joe@example.com").await;
    let other = server.get(PATH).by(&joe).send().await.expect(200);
    assert_ne!(other.json[0]["id"], made["id"]);
    // The modern list makes none.
    let jill = without_any(&server, "jill@example.com").await;
    assert_eq!(server.get("/api/v1/organizations").by(&jill).send().await.expect(200).each("id").len(), 0);
    server.deployment().assert_projections_verify();
}

async fn a_superadmin_who_sees_none_gets_one(server: Server) {
    // With Basic they get none.
    assert_eq!(server.get(PATH).send().await.expect(200).json, json!({ "organizations": [] }));
    let token = admin(&server).await;
    let made = asks_at_once(&[server], |node| node.get(PATH).bearer(&token)).await;
    assert_eq!(made["name"], "Default Organization");
}

async fn the_default_is_named_after_what_its_person_says(server: Server) {
    let jane = without_any(&server, "jane@acme.example").await;
    server.patch("/api/v1/me").by(&jane).json(json!({ "organization": "Acme Corp" })).send().await.expect(200);
    let made = asks_at_once(&[server], |node| node.get(PATH).by(&jane)).await;
    assert_eq!((&made["name"], &made["domain"]), (&json!("Acme Corp"), &json!("acme.example")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_make_one_default_organization() {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    let nodes = [first, second];
    for round in 0..5 {
        let person = without_any(&nodes[round % 2], &format!("user-{round}@example.com")).await;
        asks_at_once(&nodes, |node| node.get(PATH).by(&person)).await;
    }
    nodes[0].deployment().ledger().await.assert_gapless().await;
}

async fn without_a_token_nothing_is_told(server: Server) {
    for (request, code) in [
        (server.get(PATH).anonymous(), "not_authenticated"),
        (server.get(PATH).bearer("invalid"), "invalid_token"),
        (server.get(PATH).bearer(""), "not_authenticated"),
    ] {
        let reply = request.send().await;
        assert_eq!((reply.status, &reply["detail"]), (401, &json!("Not authenticated")), "{code}: {reply}");
    }
}

async fn members_write_here_as_well(server: Server) {
    let jane = server.person("jane@example.com").await;
    let made = server.post(PATH).by(&jane).json(json!({ "name": "Acme" })).send().await.expect(201);
    assert_eq!(made["owner_email"], "jane@example.com");
    let path = format!("{PATH}/{}", made.id());
    let put = json!({ "name": "B", "jwt_expiry_secs": 7200 });
    assert_eq!(server.put(&path).by(&jane).json(put).send().await.expect(200)["name"], "B");
    let joe = server.person("joe@example.com").await;
    for request in [server.get(&path), server.put(&path).json(json!({ "name": "x" })), server.delete(&path)] {
        server.refuses(request.by(&joe), 403, "not_a_member").await;
    }
    server.delete(&path).by(&jane).send().await.expect(204);
    server.refuses(server.get(&path).by(&jane), 404, "organization_not_found").await;
}
