//! What becomes of a person's keys when something happens to the person, and to the organization.

use serde_json::json;

use super::{Made, SELF, create, events_after, owned, personal, teams, verify};
use crate::support::{Reply, Server, at_once};

both!(
    a_key_has_no_more_than_its_owner_now,
    a_disabled_owner_s_keys_stop,
    an_organization_s_state_is_that_of_its_keys,
    a_key_made_at_the_same_moment_stops_too,
);

async fn write(server: &Server, made: &Made) -> Reply {
    let name = format!("Team {}", uuid::Uuid::now_v7());
    server.post(&teams("acme")).bearer(&made.key).json(json!({ "name": name })).send().await
}

async fn a_key_has_no_more_than_its_owner_now(server: Server) {
    let jane = super::acme(&server).await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    let keys = [
        personal(&server, &jane, &["*:*"]).await,
        personal(&server, &jane, &["org:acme:teams:*"]).await,
        personal(&server, &jane, &["org:acme:teams:*", &format!("org:{}:*", jane.organization)]).await,
    ];
    let organization = super::create_with(&server, &["org:acme:teams:*"], json!({ "organization": "acme" }));
    let organization: Made = organization.by(&jane).send().await.expect(201).into();
    let all = |expected: [u16; 2], head: i64| {
        let (keys, server) = (keys.clone(), &server);
        async move {
            for key in &keys {
                let got = [key.reads(server, "acme").send().await.status, write(server, key).await.status];
                assert_eq!(got, expected, "{:?}", key.reply["scopes"]);
            }
            let keys = events_after(server, head).await.into_iter().filter(|(name, _)| name.starts_with("ApiKey"));
            assert_eq!(keys.count(), 0, "nothing is written to keys");
        }
    };
    let head = server.head().await;
    all([200, 201], head).await;
    let role = |role: &str| server.patch(&member).json(json!({ "role": role })).send();
    for _ in 0..3 {
        role("viewer").await.expect(200);
        all([200, 403], head).await;
        role("admin").await.expect(200);
        all([200, 201], head).await;
        server.post(&format!("{member}/suspend")).send().await.expect(200);
        all([403, 403], head).await;
        for key in &keys[1..2] {
            assert_eq!(super::code(verify(&server, &key.key)).await, "DISABLED");
        }
        server.post(&format!("{member}/reinstate")).send().await.expect(200);
        all([200, 201], head).await;
        assert_eq!(super::code(verify(&server, &keys[1].key)).await, "VALID");
    }
    // The organization's key is not hers.
    role("viewer").await.expect(200);
    assert_eq!(write(&server, &organization).await.status, 201);
}

async fn a_disabled_owner_s_keys_stop(server: Server) {
    let jane = super::acme(&server).await;
    let keys = [personal(&server, &jane, &["*:*"]).await, personal(&server, &jane, &["org:acme:teams:*"]).await];
    let organization = super::create_with(&server, &["org:acme:teams:*"], json!({ "organization": "acme" }));
    let organization: Made = organization.by(&jane).send().await.expect(201).into();
    for _ in 0..3 {
        for key in &keys {
            assert_eq!(write(&server, key).await.status, 201);
        }
        server.post(&format!("/api/v1/users/{}/disable", jane.id)).send().await.expect(200);
        for key in &keys {
            server.refuses(key.reads(&server, "acme"), 401, "api_key_disabled").await;
            assert_eq!(write(&server, key).await.status, 401);
            assert_eq!(super::code(verify(&server, &key.key)).await, "DISABLED");
        }
        assert_eq!(write(&server, &organization).await.status, 201, "it is the organization's");
        server.post(&format!("/api/v1/users/{}/enable", jane.id)).send().await.expect(200);
    }
    assert_eq!(super::code(verify(&server, &keys[0].key)).await, "VALID");
}

async fn an_organization_s_state_is_that_of_its_keys(server: Server) {
    let jane = super::acme(&server).await;
    let key = personal(&server, &jane, &["org:acme:teams:*"]).await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let organization = owned(&server, "acme", &["*:*"]).await;
    let act = |action: &str| server.post(&format!("/api/v1/organizations/acme/{action}")).json(json!({})).send();
    for _ in 0..2 {
        for key in [&key, &everything, &organization] {
            assert_eq!(write(&server, key).await.status, 201);
            assert_eq!(super::code(verify(&server, &key.key)).await, "VALID");
        }
        act("suspend").await.expect(200);
        for key in [&key, &everything, &organization] {
            server.refuses(key.reads(&server, "acme"), 403, "organization_suspended").await;
            assert_eq!(write(&server, key).await.status, 403);
        }
        for key in [&key, &organization] {
            assert_eq!(super::code(verify(&server, &key.key)).await, "ORGANIZATION_SUSPENDED");
        }
        act("reactivate").await.expect(200);
        server.delete("/api/v1/organizations/acme").send().await.expect(204);
        for key in [&key, &everything] {
            server.refuses(key.reads(&server, "acme"), 404, "organization_not_found").await;
            server.get(SELF).bearer(&key.key).send().await.expect(200);
        }
        server.refuses(organization.reads(&server, "acme"), 401, "invalid_token").await;
        for key in [&key, &organization] {
            assert_eq!(super::code(verify(&server, &key.key)).await, "ORGANIZATION_DELETED");
        }
        act("restore").await.expect(200);
    }
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    act("purge").await.expect(204);
    server.refuses(organization.reads(&server, "acme"), 401, "invalid_token").await;
    assert_eq!(super::code(verify(&server, &key.key)).await, "ORGANIZATION_DELETED");
    assert_eq!(super::code(verify(&server, &organization.key)).await, "NOT_FOUND", "its keys are gone with it");
    // Nobody who comes by the name gets anything of it.
    server.organization("acme").await;
    server.refuses(organization.reads(&server, "acme"), 401, "invalid_token").await;
    server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
}

/// Whichever comes first, the key does nothing afterwards, and everything when it is over.
async fn a_key_made_at_the_same_moment_stops_too(server: Server) {
    let jane = super::acme(&server).await;
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    let user = format!("/api/v1/users/{}", jane.id);
    for (stop, resume, statuses) in [
        ("/api/v1/organizations/acme/suspend".to_owned(), "/api/v1/organizations/acme/reactivate".to_owned(), 403),
        (format!("{member}/suspend"), format!("{member}/reinstate"), 403),
        (format!("{user}/disable"), format!("{user}/enable"), 401),
    ] {
        for round in 0..8 {
            // A disabled account has no tokens left.
            let tokens = server.login(&jane.email).send().await.expect(200);
            let token = tokens["access_token"].as_str().expect("a token").to_owned();
            let mut requests: Vec<_> = (0..4).map(|_| create(&server, &["org:acme:teams:*"]).bearer(&token)).collect();
            requests.insert(round % 5, server.post(&stop).json(json!({})));
            let replies = at_once(requests.into_iter().map(|request| request.send())).await;
            let made: Vec<Made> = replies.into_iter().filter(|reply| reply.status == 201).map(Made::from).collect();
            for key in &made {
                assert_eq!(write(&server, key).await.status, statuses, "{stop}");
                assert_eq!(key.reads(&server, "acme").send().await.status, statuses, "{stop}");
            }
            server.post(&resume).json(json!({})).send().await.expect(200);
            for key in &made {
                assert_eq!(write(&server, key).await.status, 201, "{resume}");
            }
        }
    }
}
