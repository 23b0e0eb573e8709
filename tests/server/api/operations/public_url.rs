//! Links come from the setting, never from the request.

use std::net::TcpListener;

use serde_json::json;

use crate::support::{Deployment, Engine, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_come_from_the_public_url() {
    let deployment = Deployment::new(Engine::Sqlite);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let program = deployment.program().own_admin().env("TENANTRY_LISTEN", &free.to_string());
    let mut server = Server::with(&deployment, program.env("TENANTRY_PUBLIC_URL", "https://tenants.example/"));
    assert_eq!(server.url, "https://tenants.example/", "what is announced");
    server.url = format!("http://{free}");
    for slug in ["one", "two"] {
        server.organization(slug).await;
    }
    let list = server.get("/api/v1/organizations?limit=1").header("x-forwarded-host", "evil.example");
    let list = list.header("host", "evil.example").send().await.expect(200);
    let next = list.next().expect("a second page");
    assert!(next.starts_with("https://tenants.example/api/v1/organizations?limit=1&cursor="), "{next}");
    let problem = server.get("/nowhere").header("host", "evil.example").send().await.expect(404);
    problem.assert_problem("https://tenants.example");
    assert_eq!(problem["type"], json!("https://tenants.example/problems/not_found"));
}
