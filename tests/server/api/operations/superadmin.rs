//! Passwords of superadmins that a server does not start with.

use serde_json::json;

use super::start::refused;
use crate::support::{Deployment, Engine, Program, Server};

/// What others can reach, and how the refusal names it.
const REACHABLE: [(&str, &str, &str); 8] = [
    ("TENANTRY_LISTEN", "0.0.0.0:0", "it listens on 0.0.0.0:0"),
    ("TENANTRY_LISTEN", "[::]:0", "it listens on [::]:0"),
    ("TENANTRY_TRUSTED_PROXIES", "127.0.0.1", "TENANTRY_TRUSTED_PROXIES is 127.0.0.1"),
    ("TENANTRY_PUBLIC_URL", "https://tenants.example", "TENANTRY_PUBLIC_URL is https://tenants.example"),
    ("TENANTRY_PUBLIC_URL", "https://localhost.example:8080/", "TENANTRY_PUBLIC_URL is"),
    ("TENANTRY_PUBLIC_URL", "http://localhost@tenants.example", "TENANTRY_PUBLIC_URL is"),
    ("TENANTRY_PUBLIC_URL", "http://0.0.0.0:8080", "TENANTRY_PUBLIC_URL is"),
    ("TENANTRY_PUBLIC_URL", "tenants.example", "TENANTRY_PUBLIC_URL is"),
];

#[test]
fn the_default_password_is_for_loopback_only() {
    let deployment = Deployment::new(Engine::Sqlite);
    for (name, value, why) in REACHABLE {
        let program = || deployment.program().env(name, value);
        refused(program(), &["refusing", why, "TENANTRY_ADMIN_EMAIL", "TENANTRY_ADMIN_PASSWORD"]);
        refused(program().env("TENANTRY_ADMIN_EMAIL", "a@example.com"), &["set both or none"]);
        refused(program().env("TENANTRY_ADMIN_PASSWORD", "a long password of one's own"), &["set both or none"]);
        let explicit =
            program().env("TENANTRY_ADMIN_EMAIL", "a@example.com").env("TENANTRY_ADMIN_PASSWORD", "changeme");
        refused(explicit, &["refusing", why]);
    }
    assert!(!deployment.folder().join("tenantry.db").exists(), "it began to work all the same");
}

#[test]
fn no_password_at_all_is_refused_everywhere() {
    let deployment = Deployment::new(Engine::Sqlite);
    for (name, value) in [("TENANTRY_LOG", "info"), ("TENANTRY_LISTEN", "0.0.0.0:0")] {
        let program = deployment.program().env(name, value).env("TENANTRY_ADMIN_EMAIL", "a@example.com");
        refused(program.env("TENANTRY_ADMIN_PASSWORD", ""), &["TENANTRY_ADMIN_PASSWORD is empty"]);
    }
    assert!(!deployment.folder().join("tenantry.db").exists(), "it began to work all the same");
}

#[test]
fn on_loopback_it_serves_whatever_loopback_is_called() {
    let deployment = Deployment::new(Engine::Sqlite);
    for url in
        ["http://localhost:8080", "https://LOCALHOST/", "http://127.1.2.3:80/x", "http://[::1]:8080", "http://[::1]"]
    {
        drop(Server::with(&deployment, deployment.program().env("TENANTRY_PUBLIC_URL", url)));
    }
    drop(Server::with(&deployment, deployment.program().env("TENANTRY_TRUSTED_PROXIES", " , ")));
}

/// Others must not reach a server that has a superadmin who was made on loopback with the default password, whatever
/// the settings call the superadmin today.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_with_the_default_password_stays_on_loopback() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for email in ["admin@example.com", "old@example.com"] {
            let deployment = Deployment::new(engine);
            let with = |program: Program, email: &str, password: &str| {
                program.env("TENANTRY_ADMIN_EMAIL", email).env("TENANTRY_ADMIN_PASSWORD", password)
            };
            let own = |program: Program| with(program, "own@example.com", "correct horse battery");
            drop(Server::with(&deployment, with(deployment.program(), email, "changeme")));
            for (name, value, why) in REACHABLE {
                refused(own(deployment.program().env(name, value)), &["refusing", email, why]);
            }

            // Those who can no longer sign in are no danger.
            let proxied = || own(deployment.program().env("TENANTRY_TRUSTED_PROXIES", "127.0.0.1"));
            let mut server = Server::with(&deployment, own(deployment.program()));
            let users = server.get("/api/v1/users").basic("own@example.com", "correct horse battery");
            let users = users.send().await.expect(200);
            let id = users.json.as_array().expect("a list").iter().find(|user| user["email"] == email);
            let id = id.and_then(|user| user["id"].as_str()).expect("the older one").to_owned();
            let by_own = async |server: &Server, method: &str, path: &str, status: u16| {
                let request = server.request(method, &format!("/api/v1/users/{id}{path}"));
                request.basic("own@example.com", "correct horse battery").send().await.expect(status)
            };
            by_own(&server, "POST", "/disable", 200).await;
            drop(server);
            server = Server::with(&deployment, proxied());
            by_own(&server, "POST", "/enable", 200).await;
            drop(server);
            refused(proxied(), &["refusing", email]);

            // Nor are those who have another password by now.
            let server = Server::with(&deployment, own(deployment.program()));
            let body = json!({ "current_password": "changeme", "new_password": "a password of one's own" });
            let change = server.post("/api/v1/me/password").basic(email, "changeme").json(body);
            change.send().await.expect(204);
            drop(server);
            drop(Server::with(&deployment, proxied()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_password_of_its_own_it_serves_everywhere() {
    let deployment = Deployment::new(Engine::Sqlite);
    let program =
        deployment.program().env("TENANTRY_LISTEN", "0.0.0.0:0").env("TENANTRY_ADMIN_EMAIL", "root@example.com");
    let mut server = Server::with(&deployment, program.env("TENANTRY_ADMIN_PASSWORD", "correct horse battery"));
    server.url = server.url.replace("0.0.0.0", "127.0.0.1");
    let list = server.get("/api/v1/organizations");
    list.clone().basic("root@example.com", "correct horse battery").send().await.expect(200);
    list.send().await.expect(401);
    assert!(!server.process.stderr().contains("correct horse"), "a password in the log");
}
