//! The description of the API, and replies held against it.

use serde_json::{Value, json};

use crate::support::{
    Engine, Reply, Server,
    schema::{OpenApi, Walk},
};

both!(every_reply_has_the_described_fields);

const PATH: &str = "/api/v1/organizations";

async fn openapi(server: &Server) -> OpenApi {
    OpenApi(server.get("/openapi.json").anonymous().send().await.expect(200).json)
}

/// Goes through every operation on organizations at both doors.
async fn every_reply_has_the_described_fields(server: Server) {
    let one = "/api/v1/organizations/{org}";
    let mut walk = Walk::of(&server).await;
    let mut check = |method: &str, path: &str, reply: Reply, status: u16| walk.check(method, path, reply, status);
    let full = json!({ "name": "Acme", "slug": "acme", "description": "x", "domain": "acme.com", "owner_email": "jane@acme.com", "plan": "pro" });
    check("post", PATH, server.post(PATH).json(full.clone()).send().await, 201);
    check("post", PATH, server.post(PATH).json(full).send().await, 409);
    check("post", PATH, server.post(PATH).json(json!({})).send().await, 422);
    let path = format!("{PATH}/acme");
    let fill = json!({
        "billing_email": "bills@acme.com", "metadata": { "a": "b" },
        "settings": { "timezone": "UTC", "locale": "en", "logo_url": "https://acme.com/x.png" },
    });
    check("patch", one, server.patch(&path).json(fill).send().await, 200);
    check("patch", one, server.patch(&path).header("if-match", "\"v1-0\"").json(json!({})).send().await, 412);
    check("patch", one, server.patch(&path).json(json!({ "x": 1 })).send().await, 422);
    let shown = check("get", one, server.get(&path).send().await, 200);
    check("get", one, server.get(&path).header("if-none-match", shown.etag()).send().await, 304);
    check("get", one, server.get(&format!("{PATH}/nobody")).send().await, 404);
    check("get", PATH, server.get(PATH).send().await, 200);
    let act = |action: &str, body: Value| server.post(&format!("{path}/{action}")).json(body).send();
    check(
        "patch",
        &format!("{one}/limits"),
        server.patch(&format!("{path}/limits")).json(json!({ "max_runtime_hours": 45.2 })).send().await,
        200,
    );
    check(
        "patch",
        &format!("{one}/limits"),
        server.patch(&format!("{path}/limits")).json(json!({ "max_spaces": -1 })).send().await,
        422,
    );
    check("post", &format!("{one}/slug"), act("slug", json!({ "slug": "other" })).await, 200);
    check("post", &format!("{one}/slug"), act("slug", json!({ "slug": "-" })).await, 422);
    check("post", &format!("{one}/suspend"), act("suspend", json!({ "reason": "x" })).await, 200);
    check("post", &format!("{one}/suspend"), act("suspend", json!({})).await, 409);
    check("post", &format!("{one}/reactivate"), act("reactivate", json!({})).await, 200);
    check("post", &format!("{one}/reactivate"), act("reactivate", json!({})).await, 409);
    check("delete", one, server.delete(&path).send().await, 204);
    check("get", one, server.get(&path).send().await, 200);
    check("get", PATH, server.get(&format!("{PATH}?status=deleted")).send().await, 200);
    check("post", &format!("{one}/restore"), act("restore", json!({})).await, 200);
    check("post", &format!("{one}/restore"), act("restore", json!({})).await, 409);

    let (all, single, classic) = ("/api/organizations", "/api/organizations/{id}", "/api/organizations/acme");
    check("get", "/api/me", server.get("/api/me").send().await, 200);
    check("get", "/api/stats", server.get("/api/stats").send().await, 200);
    check("get", "/api/stats", server.get("/api/stats").anonymous().send().await, 401);
    check("post", all, server.post(all).json(json!({ "name": "Classic" })).send().await, 201);
    check("post", all, server.post(all).json(json!({ "name": "x", "slug": "acme" })).send().await, 409);
    check("post", all, server.post(all).json(json!({})).send().await, 422);
    check("get", all, server.get(all).send().await, 200);
    check("get", all, server.get(all).anonymous().send().await, 401);
    check("get", single, server.get(classic).send().await, 200);
    check("get", single, server.get("/api/organizations/nobody").send().await, 404);
    check("put", single, server.put(classic).json(json!({ "name": "C" })).send().await, 200);
    check("put", single, server.put(classic).json(json!({ "x": "C" })).send().await, 422);
    let (teams, of_it) = ("/api/organizations/{id}/teams", format!("{classic}/teams"));
    check("post", teams, server.post(&of_it).json(json!({ "name": "A", "description": "x" })).send().await, 201);
    check("post", teams, server.post(&of_it).json(json!({ "name": "a" })).send().await, 409);
    check("get", teams, server.get(&of_it).send().await, 200);
    check("get", teams, server.get("/api/organizations/nobody/teams").send().await, 404);
    check("delete", single, server.delete(classic).send().await, 204);
    check("post", &format!("{one}/purge"), act("purge", json!({})).await, 204);
    check("post", &format!("{one}/purge"), server.post(&format!("{PATH}/classic/purge")).send().await, 409);

    walk.met_all_of(&["organizations", "classic"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_are_served_to_everybody() {
    let server = Server::start(Engine::Sqlite);
    let openapi = openapi(&server).await;
    assert_eq!(openapi.0["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let printed = server.deployment().program().arg("openapi").run();
    assert!(printed.status.success());
    assert_eq!(serde_json::from_str::<Value>(&printed.stdout).expect("JSON"), openapi.0);
    let redirect = server.get("/docs").anonymous().send().await;
    let page = match redirect.header("location") {
        Some(location) => server.get(location).anonymous().send().await,
        None => redirect,
    };
    assert!(page.expect(200).body.contains("swagger-ui"));
}
