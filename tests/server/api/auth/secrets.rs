//! Nothing that is a secret is found anywhere it was not asked for: no log line, no table, no metric, no error.

use serde_json::json;

use super::{access, login, refresh, refresh_token, reset, sign_up};
use crate::support::{Deployment, Engine, Ledger, Request, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_found_nowhere_on_sqlite() {
    secrets_are_found_nowhere(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_found_nowhere_on_postgres() {
    secrets_are_found_nowhere(Engine::Postgres).await;
}

/// Secrets that were used, and what was said to whoever used them wrongly.
#[derive(Default)]
struct Used {
    secrets: Vec<String>,
    errors: Vec<String>,
}

impl Used {
    /// A password that occurs nowhere else.
    fn password(&mut self, name: &str) -> String {
        let password = format!("canary-{name}-{:016x}", rand::random::<u64>());
        self.secrets.push(password.clone());
        password
    }

    fn token(&mut self, token: &str) -> String {
        self.secrets.push(token.to_owned());
        // A part of it would be as bad.
        self.secrets.extend(token.rsplit('.').next().map(|last| last[last.len() / 2..].to_owned()));
        token.to_owned()
    }

    async fn refused(&mut self, request: Request) {
        let reply = request.send().await;
        assert!(reply.status >= 400, "{reply}");
        self.errors.push(reply.to_string());
    }
}

async fn secrets_are_found_nowhere(engine: Engine) {
    let deployment = Deployment::new(engine);
    let admin_password = "canary-of-the-first-superadmin";
    let program = deployment.program().env("TENANTRY_LOG", "trace").env("TENANTRY_ADMIN_EMAIL", "admin@example.com");
    let mut server = Server::with(&deployment, program.env("TENANTRY_ADMIN_PASSWORD", admin_password));
    let mut used = Used { secrets: vec![admin_password.to_owned()], errors: Vec::new() };
    use_everything(&server, &mut used, admin_password).await;

    let metrics = server.get("/metrics").anonymous().send().await.expect(200).body;
    let tables = tables(&deployment).await;
    server.process.signal("TERM");
    server.process.wait();
    let log = server.process.stderr();
    assert!(log.contains("/api/v1/auth/login") && tables.contains("SessionStarted"), "there is something to search");
    let places =
        [("a log line", log), ("a table", tables), ("a metric", metrics), ("an error", used.errors.join("\n"))];
    for secret in &used.secrets {
        for (place, text) in &places {
            if let Some(at) = text.find(secret.as_str()) {
                let (from, to) = (text.floor_char_boundary(at.saturating_sub(300)), text.ceil_char_boundary(at + 100));
                panic!("{secret} is in {place}: {}", &text[from..to]);
            }
        }
    }
    // The files as they are say nothing either: neither in free pages nor in the log of the database.
    for entry in std::fs::read_dir(deployment.folder()).expect("a folder").flatten() {
        let content = std::fs::read(entry.path()).expect("a file");
        for secret in &used.secrets {
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {}", entry.path().display());
        }
    }
}

/// Every way in, rightly and wrongly.
async fn use_everything(server: &Server, used: &mut Used, admin_password: &str) {
    let admin = |request: Request| request.basic("admin@example.com", admin_password);
    let first = used.password("first");
    let made = sign_up(server, "jane@example.com", &first).key("k").send().await.expect(201);
    sign_up(server, "jane@example.com", &first).key("k").send().await.expect(201);
    let other = used.password("other");
    used.refused(sign_up(server, "jane@example.com", &other).key("k")).await;
    used.refused(sign_up(server, "jane@example.com", &other)).await;
    let (token, refresh_once) = (used.token(&access(&made)), used.token(&refresh_token(&made)));
    let user = made["user"]["id"].as_str().expect("an id").to_owned();

    for body in [
        json!({ "email": "x", "password": used.password("unknown-field"), "name": "x", "secret": 1 }),
        json!({ "email": "x@example.com", "password": [used.password("array")], "name": "x" }),
        json!({ "email": "x@example.com", "password": { "x": used.password("object") }, "name": "x" }),
        json!([used.password("no-object")]),
        json!(used.password("text")),
    ] {
        used.refused(server.post(super::SIGN_UP).anonymous().json(body)).await;
    }
    let number: u64 = 7_261_549_031_882_134;
    used.secrets.push(number.to_string());
    let body = json!({ "email": "x@example.com", "password": number, "name": "x" });
    used.refused(server.post(super::SIGN_UP).anonymous().json(body)).await;
    let cut = format!("{{\"email\":\"x@example.com\",\"password\":\"{}\"", used.password("cut"));
    used.refused(server.post(super::SIGN_UP).anonymous().body("application/json", cut)).await;
    let long = format!("{}{}", used.password("long"), "x".repeat(300));
    used.refused(sign_up(server, "joe@example.com", &long)).await;
    let wrong = used.password("wrong");
    used.refused(login(server, "jane@example.com", &wrong)).await;
    used.refused(login(server, "nobody@example.com", &wrong)).await;
    used.refused(server.get("/api/v1/users").basic("jane@example.com", &wrong)).await;
    used.refused(server.get("/api/v1/users").basic("jane@example.com", &first)).await;

    let tokens = refresh(server, &refresh_once).send().await.expect(200);
    let (second, next) = (used.token(&access(&tokens)), used.token(&refresh_token(&tokens)));
    server.get("/api/v1/me").bearer(&second).send().await.expect(200);
    let graphql = server.post("/graphql").bearer(&second).json(json!({ "query": "{ me { id } }" }));
    graphql.send().await.expect(200);
    let new = used.password("new");
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        server.post("/api/v1/me/password").bearer(&token).json(body)
    };
    used.refused(change(&wrong, &new)).await;
    used.refused(change(&first, &first[..8])).await;
    change(&first, &new).key("c").send().await.expect(204);
    used.refused(server.get("/api/v1/me").bearer(&token)).await;
    used.refused(refresh(server, &next)).await;
    used.refused(refresh(server, &refresh_once)).await;
    let forged = format!("{}canary", &second[..second.len() - 6]);
    used.refused(server.get("/api/v1/me").bearer(&forged)).await;

    let link = |user: &str| admin(server.post(&format!("/api/v1/users/{user}/password-reset")));
    let asked = link(&user).key("l").send().await.expect(200);
    link(&user).key("l").send().await.expect(200);
    let one_time = used.token(asked["token"].as_str().expect("a token"));
    let last = used.password("last");
    used.refused(reset(server, &one_time, &last[..8])).await;
    reset(server, &one_time, &last).key("r").send().await.expect(204);
    used.refused(reset(server, &one_time, &last)).await;
    used.refused(
        server
            .post("/api/v1/auth/activate")
            .anonymous()
            .json(json!({ "token": one_time, "password": last, "name": "x" })),
    )
    .await;
    login(server, "jane@example.com", &last).send().await.expect(200);
}

/// Every row of every table, as text.
async fn tables(deployment: &Deployment) -> String {
    let ledger = deployment.ledger().await;
    let (tables, columns) = match deployment.engine {
        Engine::Sqlite => {
            ("SELECT name, 0 FROM sqlite_schema WHERE type = 'table'", "SELECT name, 0 FROM pragma_table_info('{}')")
        }
        Engine::Postgres => (
            "SELECT CAST(table_name AS text), CAST(0 AS bigint) FROM information_schema.tables WHERE table_schema = current_schema()",
            "SELECT CAST(column_name AS text), CAST(0 AS bigint) FROM information_schema.columns WHERE table_name = '{}'",
        ),
    };
    let mut all = String::new();
    let tables = ledger.rows(tables).await;
    assert!(tables.len() > 10, "{tables:?}");
    for (table, _) in tables {
        for (column, _) in ledger.rows(&columns.replace("{}", &table)).await {
            for (text, _) in ledger.rows(&column_as_text(&ledger, &table, &column)).await {
                all.push_str(&text);
                all.push('\n');
            }
        }
    }
    ledger.close().await;
    all
}

fn column_as_text(ledger: &Ledger, table: &str, column: &str) -> String {
    match ledger {
        Ledger::Sqlite(_) => {
            // What bytes say is found in the file.
            let text = format!("CASE typeof(\"{column}\") WHEN 'blob' THEN '' ELSE CAST(\"{column}\" AS TEXT) END");
            format!("SELECT COALESCE({text}, ''), 0 FROM \"{table}\"")
        }
        Ledger::Postgres(_) => {
            // Bytes are shown escaped, so that text in them is text.
            let text = format!(
                "COALESCE(CASE WHEN pg_typeof(\"{column}\")::text = 'bytea' \
                 THEN encode(CAST(CAST(\"{column}\" AS text) AS bytea), 'escape') ELSE CAST(\"{column}\" AS text) END, '')"
            );
            format!("SELECT {text}, CAST(0 AS bigint) FROM \"{table}\"")
        }
    }
}
