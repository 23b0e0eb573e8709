//! Signing up.

use serde_json::{Value, json};

use super::{SIGN_UP, access, invite, is_good, login, sign_up};
use crate::support::{Deployment, Engine, Server, at_once, people::PASSWORD};

both!(
    signing_up_makes_everything_in_one_append,
    an_address_is_taken_in_any_case,
    twenty_at_once_make_one_account,
    an_invited_address_is_taken,
    a_repeated_request_shows_no_tokens,
    a_dry_run_appends_nothing,
    weak_passwords_are_refused,
    every_field_is_checked,
    a_password_is_the_same_in_another_form_of_unicode,
);

async fn signing_up_makes_everything_in_one_append(server: Server) {
    let head = server.head().await;
    let body = json!({
        "email": "Jane@Example.com", "password": PASSWORD, "name": "Jane Doe", "organization": "Acme Corporation",
    });
    let made = server.post(SIGN_UP).anonymous().json(body).send().await.expect(201);
    assert_eq!(made.keys(), ["organization", "secret_available", "tokens", "user", "workspace"]);
    assert_eq!((made.header("location"), made.header("cache-control")), (Some("/api/v1/me"), Some("no-store")));
    assert_eq!(
        made["user"],
        json!({
            "id": made["user"]["id"], "email": "Jane@Example.com", "name": "Jane Doe",
            "organization": "Acme Corporation", "is_superadmin": false, "created_at": made["user"]["created_at"],
        })
    );
    let organization = &made["organization"];
    assert_eq!(
        [&organization["name"], &organization["is_personal"], &organization["is_owner"], &organization["role"]],
        [&json!("Acme Corporation"), &json!(true), &json!(true), &json!("owner")]
    );
    let suffix = organization["slug"].as_str().and_then(|slug| slug.strip_prefix("personal-")).expect("a neutral slug");
    assert!(suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{suffix}");
    assert_eq!([&made["workspace"]["name"], &made["workspace"]["slug"]], [&json!("Default"), &json!("default")]);
    let tokens = made["tokens"].as_object().expect("tokens");
    assert_eq!(tokens.len(), 4);
    assert_eq!((&made["tokens"]["token_type"], &made["tokens"]["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert!(is_good(&server, &access(&made)).await);

    let ledger = server.deployment().ledger().await;
    let sql = format!("SELECT event_type, position FROM events WHERE position > {head} ORDER BY position");
    let types: Vec<_> = ledger.rows(&sql).await.into_iter().map(|(event_type, _)| event_type).collect();
    let expected =
        ["UserRegistered", "PrimaryOrganizationChosen", "OrganizationCreated", "WorkspaceCreated", "SessionStarted"];
    assert_eq!((types, made.position()), (expected.map(str::to_owned).to_vec(), head + 5));
    // They say that they were caused by one request.
    let sql = format!("SELECT metadata->>'request_id', count(*) FROM events WHERE position > {head} GROUP BY 1");
    let request = made.header("x-request-id").expect("a request id").to_owned();
    assert_eq!(ledger.rows(&sql).await, [(request, 5)]);

    // Nothing of the person is in what an organization's people can see.
    let plain = sign_up(&server, "joe@example.com", PASSWORD).send().await.expect(201);
    assert_eq!(plain["organization"]["name"], "Personal");
    server.deployment().assert_projections_verify();
}

async fn an_address_is_taken_in_any_case(server: Server) {
    let jane = server.person("jane@example.com").await;
    for email in ["jane@example.com", "JANE@example.COM", " jane@example.com "] {
        server.refuses(sign_up(&server, email, PASSWORD), 409, "email_taken").await;
    }
    server.refuses(sign_up(&server, "Admin@example.com", PASSWORD), 409, "email_taken").await;
    assert!(is_good(&server, &jane.access_token).await);
}

async fn twenty_at_once_make_one_account(server: Server) {
    let head = server.head().await;
    let spelling = |n: usize| if n.is_multiple_of(2) { "jane@example.com" } else { "Jane@Example.com" };
    let replies = at_once((0..20).map(|n| sign_up(&server, spelling(n), PASSWORD).send())).await;
    let made: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 409 && reply["code"] == "email_taken").count(), 19);
    assert_eq!(server.head().await, head + 5);
    assert!(is_good(&server, &access(made[0])).await);
    login(&server, "jane@example.com", PASSWORD).send().await.expect(200);
}

async fn an_invited_address_is_taken(server: Server) {
    invite(&server, "jane@example.com").await;
    server.refuses(sign_up(&server, "Jane@example.com", PASSWORD), 409, "email_taken").await;
    server.refuses(login(&server, "jane@example.com", PASSWORD), 401, "invalid_credentials").await;
}

async fn a_repeated_request_shows_no_tokens(mut server: Server) {
    let request = |server: &Server| sign_up(server, "jane@example.com", PASSWORD).key("k");
    let made = request(&server).send().await.expect(201);
    assert_eq!(made["secret_available"], true);
    let head = server.head().await;
    for round in 0..2 {
        let again = request(&server).send().await.expect(201);
        assert!(again.is_replayed());
        assert_eq!((&again["tokens"], &again["secret_available"]), (&Value::Null, &json!(false)));
        for part in ["user", "organization", "workspace"] {
            assert_eq!(again[part], made[part]);
        }
        assert_eq!((again.position(), server.head().await), (made.position(), head));
        server.refuses(sign_up(&server, "joe@example.com", PASSWORD).key("k"), 422, "idempotency_key_reused").await;
        let other_password = sign_up(&server, "jane@example.com", "another long password").key("k");
        server.refuses(other_password, 422, "idempotency_key_reused").await;
        if round == 0 {
            server.kill();
            server.start_again();
        }
    }
    // Twenty of the same request have one effect, and one of them shows the tokens.
    let replies = at_once((0..20).map(|_| sign_up(&server, "joe@example.com", PASSWORD).key("j").send())).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply["user"] == replies[0]["user"]));
    assert_eq!(replies.iter().filter(|reply| reply["tokens"].is_object()).count(), 1);
}

async fn a_dry_run_appends_nothing(server: Server) {
    let head = server.head().await;
    let body = json!({ "email": "jane@example.com", "password": PASSWORD, "name": "Jane" });
    let tried = server.post(&format!("{SIGN_UP}?dry_run=true")).anonymous().json(body).send().await.expect(200);
    let types: Vec<_> = tried["events"].as_array().expect("events").iter().map(|event| event["type"].clone()).collect();
    assert_eq!((types.len(), &types[0], &types[4]), (5, &json!("UserRegistered"), &json!("SessionStarted")));
    assert_eq!((&tried["status"], &tried["result"]["tokens"]), (&json!(201), &Value::Null));
    assert_eq!((tried.position(), server.head().await), (head, head));
    server.refuses(login(&server, "jane@example.com", PASSWORD), 401, "invalid_credentials").await;
    server.person("jane@example.com").await;
}

async fn weak_passwords_are_refused(server: Server) {
    let long = "correct horse battery staple ".chars().cycle().take(257).collect::<String>();
    let decomposed = "e\u{301}".repeat(11);
    for weak in [
        "elevenchars",
        long.as_str(),
        decomposed.as_str(),
        "password1234",
        "Password!!!!!",
        "qwertyuiopas",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "jane.miller@example.com",
        "Jane.Miller2026!",
        "twelve\u{0}chars!",
        "",
    ] {
        let refused = server.refuses(sign_up(&server, "jane.miller@example.com", weak), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/password"], "{weak}");
        assert!(weak.is_empty() || !refused.body.contains(weak), "{refused}");
    }
    let longest = &long[..256];
    sign_up(&server, "jane.miller@example.com", longest).send().await.expect(201);
    login(&server, "jane.miller@example.com", longest).send().await.expect(200);
    server.refuses(login(&server, "jane.miller@example.com", &long), 401, "invalid_credentials").await;
    sign_up(&server, "joe@example.com", "twelve chars").send().await.expect(201);
}

async fn every_field_is_checked(server: Server) {
    let invalid = async |body: Value, pointers: &[&str]| {
        let refused = server.refuses(server.post(SIGN_UP).anonymous().json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    };
    let all = json!({ "email": "jane", "password": "short", "name": " ", "organization": "x".repeat(256) });
    invalid(all, &["/email", "/name", "/organization", "/password"]).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "email": "jane@example.com", "password": PASSWORD, "name": "Jane" });
        body[field] = value;
        body
    };
    invalid(with("superadmin", json!(true)), &["/superadmin"]).await;
    invalid(with("name", json!("a\u{7}b")), &["/name"]).await;
    invalid(with("name", json!(null)), &["/name"]).await;
    invalid(with("password", json!(123_456_789_012_i64)), &["/password"]).await;
    invalid(json!({}), &[""]).await;
    let array = json!(["jane@example.com", PASSWORD, "Jane", null]);
    invalid(array, &[""]).await;
    server.refuses(server.post(SIGN_UP).anonymous().body("text/plain", "{}"), 415, "unsupported_media_type").await;
    server.refuses(server.post(SIGN_UP).anonymous().body("application/json", "{"), 400, "invalid_json").await;
    server.refuses(server.get(SIGN_UP).anonymous(), 405, "method_not_allowed").await;
}

async fn a_password_is_the_same_in_another_form_of_unicode(server: Server) {
    let (composed, decomposed) = ("Ångström-Ångström", "A\u{30a}ngstro\u{308}m-A\u{30a}ngstro\u{308}m");
    sign_up(&server, "jane@example.com", composed).send().await.expect(201);
    sign_up(&server, "joe@example.com", decomposed).send().await.expect(201);
    for email in ["jane@example.com", "joe@example.com"] {
        for password in [composed, decomposed] {
            login(&server, email, password).send().await.expect(200);
        }
        server.refuses(login(&server, email, "Angstrom-Angstrom"), 401, "invalid_credentials").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ups_from_one_address_are_limited() {
    let deployment = Deployment::new(Engine::Sqlite);
    let server = Server::with(&deployment, deployment.program().env("TENANTRY_SIGN_UPS_PER_MINUTE", "3"));
    server.person("jane@example.com").await;
    // What is refused counts too: else addresses could be tried without an end.
    server.refuses(sign_up(&server, "jane@example.com", PASSWORD), 409, "email_taken").await;
    server.refuses(sign_up(&server, "jane@example.com", "short"), 422, "invalid").await;
    let refused = server.refuses(sign_up(&server, "joe@example.com", PASSWORD), 429, "rate_limited").await;
    let seconds: u64 = refused.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"signup\";q=3;w=60"));
    assert_eq!(refused.header("ratelimit"), Some(format!("\"signup\";r=0;t={seconds}").as_str()));
    // Nothing else is limited by it.
    server.login("jane@example.com").send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_sign_ups_a_minute_are_the_default_and_zero_is_no_limit() {
    let deployment = Deployment::new(Engine::Sqlite);
    let server = Server::over(&deployment);
    let tried = async |server: &Server| {
        let mut admitted = 0;
        while admitted < 200 && sign_up(server, "jane@example.com", "short").send().await.status == 422 {
            admitted += 1;
        }
        admitted
    };
    let admitted = tried(&server).await;
    // One more is admitted with every second that this takes.
    assert!((60..150).contains(&admitted), "{admitted}");
    let refused = sign_up(&server, "jane@example.com", "short").send().await;
    assert_eq!(refused.header("ratelimit-policy"), Some("\"signup\";q=60;w=60"), "{refused}");
    drop(server);
    let unlimited = Server::with(&deployment, deployment.program().env("TENANTRY_SIGN_UPS_PER_MINUTE", "0"));
    assert_eq!(tried(&unlimited).await, 200);
}
