//! Disabling, enabling, revoking and expiring keys.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEYS, Made, SELF, create_with, events_after, near_misses::slipped, owned, path, personal, verify};
use crate::support::{Engine, Person, Request, Server, at_once, eventually};

both!(
    a_disabled_key_is_refused_until_it_is_enabled,
    a_revoked_key_is_over,
    fifty_revocations_are_one,
    a_key_in_use_is_refused_from_the_next_request_on,
    whoever_has_a_key_may_end_it,
    the_time_of_a_key_passes,
);

fn act(server: &Server, key: &str, action: &str) -> Request {
    server.post(&format!("{}/{action}", path(key))).json(json!({}))
}

/// A time so many milliseconds from now.
pub fn soon(millis: i64) -> String {
    (Utc::now() + TimeDelta::milliseconds(millis)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Lets the time of somebody's key pass.
pub async fn expire(server: &Server, person: &Person, id: &str) {
    let body = json!({ "expires_at": soon(300) });
    server.post(&format!("{}/rotate", path(id))).by(person).json(body).send().await.expect(200);
    let expired = async || server.get(&path(id)).by(person).send().await.expect(200)["status"] == "expired";
    eventually("its time has passed", expired).await;
}

async fn a_disabled_key_is_refused_until_it_is_enabled(server: Server) {
    let jane = super::acme(&server).await;
    for made in [personal(&server, &jane, &["*:*"]).await, owned(&server, "acme", &["*:*"]).await] {
        server.refuses(act(&server, &made.id, "enable").by(&jane), 409, "api_key_not_active").await;
        let disabled = act(&server, &made.id, "disable").by(&jane).send().await.expect(200);
        assert_eq!((&disabled["status"], disabled.version()), (&json!("disabled"), 2));
        let refused = server.refuses(made.reads(&server, "acme"), 401, "api_key_disabled").await;
        assert!(refused.header("www-authenticate").is_some_and(|challenge| challenge.contains("invalid_token")));
        server.refuses(act(&server, &made.id, "disable").by(&jane), 409, "api_key_not_active").await;
        let enabled = act(&server, &made.id, "enable").by(&jane).send().await.expect(200);
        assert_eq!((&enabled["status"], enabled.version()), (&json!("active"), 3));
        made.reads(&server, "acme").send().await.expect(200);
        // It may disable itself, and is refused from then on.
        act(&server, &made.id, "disable").bearer(&made.key).send().await.expect(200);
        server.refuses(act(&server, &made.id, "enable").bearer(&made.key), 401, "api_key_disabled").await;
    }
}

async fn a_revoked_key_is_over(server: Server) {
    let jane = super::acme(&server).await;
    for made in [personal(&server, &jane, &["*:*"]).await, owned(&server, "acme", &["*:*"]).await] {
        let revoke = |body: Value| server.post(&format!("{}/revoke", path(&made.id))).by(&jane).json(body);
        assert_eq!(
            server.refuses(revoke(json!({ "reason": "because" })), 422, "invalid").await.pointers(),
            ["/reason"]
        );
        let revoked = revoke(json!({ "reason": "key_compromise" })).send().await.expect(200);
        assert_eq!((&revoked["status"], &revoked["revocation_reason"]), (&json!("revoked"), &json!("key_compromise")));
        assert!(revoked["revoked_at"].is_string());
        server.refuses(made.reads(&server, "acme"), 401, "api_key_revoked").await;
        // Once more it is what it was.
        let again = revoke(json!({ "reason": "superseded" })).send().await.expect(200);
        assert_eq!((&again.json, again.version()), (&revoked.json, revoked.version()));
        for action in ["disable", "enable", "rotate"] {
            server.refuses(act(&server, &made.id, action).by(&jane), 409, "api_key_over").await;
        }
        let renamed = server.patch(&path(&made.id)).by(&jane).json(json!({ "name": "x" }));
        server.refuses(renamed, 409, "api_key_over").await;
    }
    for reason in ["unspecified", "affiliation_changed", "superseded", "cessation_of_operation", "privilege_withdrawn"]
    {
        let made = personal(&server, &jane, &["*:*"]).await;
        // The platform's operator may stop any key.
        let revoked = server.post(&format!("{}/revoke", path(&made.id))).json(json!({ "reason": reason })).send().await;
        assert_eq!(revoked.expect(200)["revocation_reason"], reason);
    }
}

async fn fifty_revocations_are_one(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["*:*"]).await;
    let head = server.head().await;
    let revoke = |_| act(&server, &made.id, "revoke").by(&jane).send();
    for reply in at_once((0..50).map(revoke)).await {
        assert_eq!(reply.expect(200)["status"], "revoked");
    }
    assert_eq!(events_after(&server, head).await, [("ApiKeyRevoked".to_owned(), head + 1)]);
}

/// However many ask with it at the moment: none of them leaves something behind that is believed afterwards.
async fn a_key_in_use_is_refused_from_the_next_request_on(server: Server) {
    let jane = super::acme(&server).await;
    for round in 0..20 {
        let made = personal(&server, &jane, &["*:*"]).await;
        let ask = server.get(SELF).bearer(&made.key);
        let using = (0..8).map(|_| {
            let ask = ask.clone();
            tokio::spawn(async move { while ask.clone().send().await.status == 200 {} })
        });
        let using: Vec<_> = using.collect();
        made.reads(&server, "acme").send().await.expect(200);
        let action = ["revoke", "disable", "rotate"][round % 3];
        act(&server, &made.id, action).by(&jane).send().await.expect(200);
        at_once((0..8).map(|_| ask.clone().send())).await.into_iter().for_each(|reply| drop(reply.expect(401)));
        assert_ne!(super::code(verify(&server, &made.key)).await, "VALID");
        for asking in using {
            asking.await.expect("it ends when the key does");
        }
    }
}

async fn whoever_has_a_key_may_end_it(server: Server) {
    let jane = super::acme(&server).await;
    let end = |made: &Made, body: Value| server.post(&format!("{KEYS}/revoke-self")).bearer(&made.key).json(body);
    let elsewhere = json!({ "ip_allowlist": ["192.0.2.1"] });
    let made = create_with(&server, &["org:acme:teams:read"], elsewhere).by(&jane).send().await.expect(201).into();
    server.refuses(super::Made::reads(&made, &server, "acme"), 403, "ip_not_allowed").await;
    server.refuses(end(&made, json!({ "reason": "x" })), 422, "invalid").await;
    act(&server, &made.id, "disable").by(&jane).send().await.expect(200);
    let head = server.head().await;
    let ended = end(&made, json!({ "reason": "key_compromise" })).send().await.expect(204);
    assert!(ended.body.is_empty() && ended.position() == head + 1, "{ended}");
    let shown = server.get(&path(&made.id)).by(&jane).send().await.expect(200);
    assert_eq!((&shown["status"], &shown["revocation_reason"]), (&json!("revoked"), &json!("key_compromise")));
    server.refuses(end(&made, json!({})), 401, "api_key_revoked").await;

    let organization = owned(&server, "acme", &["*:*"]).await;
    server.post("/api/v1/organizations/acme/suspend").json(json!({})).send().await.expect(200);
    server.refuses(organization.reads(&server, "acme"), 403, "organization_suspended").await;
    end(&organization, json!({})).send().await.expect(204);
    assert_eq!(super::code(verify(&server, &organization.key)).await, "REVOKED");
    // Without a body too, and not by a caller without a key.
    let other = personal(&server, &jane, &["*:*"]).await;
    let path = format!("{KEYS}/revoke-self");
    server.refuses(server.post(&path).by(&jane).json(json!({})), 401, "api_key_required").await;
    server.refuses(server.post(&path).json(json!({})), 401, "api_key_required").await;
    server.refuses(server.post(&path).anonymous().json(json!({})), 401, "not_authenticated").await;
    let wrong = slipped(&other.key, other.key.len() - 1);
    server.refuses(server.post(&path).bearer(&wrong).json(json!({})), 401, "invalid_token").await;
    server.post(&path).bearer(&other.key).send().await.expect(204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_it_has_passed_is_recorded_once() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut server = Server::start(engine);
        let jane = super::acme(&server).await;
        let made = create_with(&server, &["*:*"], json!({ "expires_at": soon(400) }));
        let made: Made = made.by(&jane).send().await.expect(201).into();
        let expired = async || server.get(SELF).bearer(&made.key).send().await.status == 401;
        eventually("its time has passed", expired).await;
        let head = server.head().await;
        // Schedules begin with the server.
        server.start_again();
        eventually("it is recorded", async || expiries(&server, head).await > 0).await;
        server.start_again();
        assert_eq!(server.get(SELF).bearer(&made.key).send().await.expect(401)["code"], "api_key_expired");
        assert_eq!(expiries(&server, head).await, 1);
        server.deployment().assert_projections_verify();
    }
}

async fn expiries(server: &Server, head: i64) -> usize {
    events_after(server, head).await.iter().filter(|(name, _)| name == "ApiKeyExpired").count()
}

async fn the_time_of_a_key_passes(server: Server) {
    let jane = super::acme(&server).await;
    for organization in [None, Some("acme")] {
        let body = json!({ "organization": organization, "expires_at": soon(1500) });
        let made: Made = create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into();
        let read = server.get(SELF).bearer(&made.key).send().await.expect(200);
        assert_eq!(read["expires_at"], made.reply["expires_at"]);
        let refused = async || made.reads(&server, "acme").send().await.status == 401;
        eventually("it is refused", refused).await;
        let refused = server.get(SELF).bearer(&made.key).send().await.expect(401);
        assert_eq!(refused["code"], "api_key_expired");
        assert_eq!(super::code(verify(&server, &made.key)).await, "EXPIRED");
        let ended = chrono::DateTime::parse_from_rfc3339(made.reply["expires_at"].as_str().expect("a time"));
        assert!(Utc::now() >= ended.expect("a time") - Duration::from_millis(1));
        for action in ["disable", "enable", "rotate"] {
            let refused = act(&server, &made.id, action).by(&jane).send().await;
            assert_eq!((refused.status, &refused["code"]), (409, &json!("api_key_over")), "{action}");
        }
        // What is over can still be ended, for the record.
        let revoked = act(&server, &made.id, "revoke").by(&jane).send().await.expect(200);
        assert_eq!(revoked["status"], "revoked");
    }
}
