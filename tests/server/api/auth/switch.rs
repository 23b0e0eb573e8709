//! Tokens that are bound to one organization.

use serde_json::{Value, json};

use super::{LOGIN, ME, access, invite, is_good, refresh, refresh_token};
use crate::support::{Person, Reply, Request, Server, at_once, people::PASSWORD};

both!(
    a_bound_token_is_good_for_one_organization,
    a_bound_token_lives_as_long_as_the_organization_says,
    only_members_are_bound,
    switching_needs_a_session,
    switching_replaces_the_refresh_token,
    many_switches_at_once_leave_a_session,
    a_bound_token_ends_with_its_organization,
);

const SWITCH: &str = "/api/v1/auth/switch";
const PATH: &str = "/api/v1/organizations";

fn login_to(server: &Server, email: &str, organization: &str) -> Request {
    let body = json!({ "email": email, "password": PASSWORD, "organization": organization });
    server.post(LOGIN).anonymous().json(body)
}

fn switch(server: &Server, token: &str, organization: &str) -> Request {
    server.post(SWITCH).bearer(token).json(json!({ "organization": organization }))
}

/// One more organization of a person.
async fn found(server: &Server, person: &Person, slug: &str) -> Reply {
    server.post(PATH).by(person).json(json!({ "name": slug, "slug": slug })).send().await.expect(201)
}

async fn a_bound_token_is_good_for_one_organization(server: Server) {
    let jane = server.person("jane@example.com").await;
    let (acme, globex) = (found(&server, &jane, "acme").await, found(&server, &jane, "globex").await);
    let switched = switch(&server, &jane.access_token, "globex").send().await.expect(200);
    let back = switch(&server, &access(&switched), acme.id()).send().await.expect(200);
    let signed_in = login_to(&server, "jane@example.com", "acme").send().await.expect(200);
    for tokens in [back, signed_in] {
        let token = access(&tokens);
        let me = server.get(ME).bearer(&token).send().await.expect(200);
        assert_eq!(me["organization_id"], acme["id"]);
        server.get(&format!("{PATH}/acme")).bearer(&token).send().await.expect(200);
        server.patch(&format!("{PATH}/acme")).bearer(&token).json(json!({ "name": "A" })).send().await.expect(200);
        for request in [
            server.get(&format!("{PATH}/globex")),
            server.get(&format!("{PATH}/{}", globex.id())),
            server.patch(&format!("{PATH}/globex")).json(json!({ "name": "x" })),
            server.post(&format!("{PATH}/globex/slug")).json(json!({ "slug": "x" })),
            server.delete(&format!("{PATH}/globex")),
            server.put("/api/organizations/globex").json(json!({ "name": "x" })),
        ] {
            server.refuses(request.bearer(&token), 403, "not_a_member").await;
        }
        assert_eq!(server.get(PATH).bearer(&token).send().await.expect(200).each("slug"), ["acme"]);
        assert_eq!(server.get("/api/organizations").bearer(&token).send().await.expect(200).each("name"), ["A"]);
        // So is a token that it is exchanged for.
        let tokens = refresh(&server, &refresh_token(&tokens)).send().await.expect(200);
        server.refuses(server.get(&format!("{PATH}/globex")).bearer(&access(&tokens)), 403, "not_a_member").await;
    }
    // The token from before the switch is what it was.
    server.get(&format!("{PATH}/globex")).by(&jane).send().await.expect(200);
}

async fn a_bound_token_lives_as_long_as_the_organization_says(server: Server) {
    let jane = server.person("jane@example.com").await;
    let acme = found(&server, &jane, "acme").await;
    let expects = async |seconds: i64| {
        let tokens = login_to(&server, "jane@example.com", "acme").send().await.expect(200);
        let switched = switch(&server, &access(&tokens), "acme").send().await.expect(200);
        let refreshed = refresh(&server, &refresh_token(&switched)).send().await.expect(200);
        for tokens in [tokens, switched, refreshed] {
            assert_eq!(tokens["expires_in"], seconds);
            let claims = super::tokens::forge::payload(&access(&tokens));
            assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(seconds));
            assert_eq!(claims["org"], acme["id"]);
        }
    };
    expects(3600).await;
    let patch = server.patch(&format!("{PATH}/acme")).by(&jane).json(json!({ "jwt_expiry_secs": 7200 }));
    patch.send().await.expect(200);
    expects(7200).await;
    let put = server.put("/api/organizations/acme").by(&jane).json(json!({ "jwt_expiry_secs": 60 }));
    put.send().await.expect(200);
    expects(60).await;
    // Unbound tokens are nobody's.
    assert_eq!(server.login("jane@example.com").send().await.expect(200)["expires_in"], 3600);
}

async fn only_members_are_bound(server: Server) {
    let jane = server.person("jane@example.com").await;
    let acme = server.organization("acme").await;
    for reference in ["acme", acme.id()] {
        server.refuses(login_to(&server, "jane@example.com", reference), 403, "not_a_member").await;
        server.refuses(switch(&server, &jane.access_token, reference), 403, "not_a_member").await;
    }
    for reference in ["nobody", "", "01890000-0000-7000-8000-000000000000"] {
        server.refuses(login_to(&server, "jane@example.com", reference), 404, "organization_not_found").await;
        server.refuses(switch(&server, &jane.access_token, reference), 404, "organization_not_found").await;
    }
    // A superadmin is a member of nothing by that.
    let admin = super::login(&server, "admin@example.com", "changeme").send().await.expect(200);
    invite(&server, "owner@example.com").await;
    server.refuses(switch(&server, &access(&admin), &jane.organization), 403, "not_a_member").await;
    switch(&server, &access(&admin), "acme").send().await.expect(200);
    // A refusal leaves the session as it was.
    refresh(&server, &jane.refresh_token).send().await.expect(200);
}

async fn switching_needs_a_session(server: Server) {
    server.organization("acme").await;
    let basic = server.post(SWITCH).json(json!({ "organization": "acme" }));
    server.refuses(basic.clone(), 403, "session_required").await;
    server.refuses(basic.anonymous(), 401, "not_authenticated").await;
}

async fn switching_replaces_the_refresh_token(server: Server) {
    let jane = server.person("jane@example.com").await;
    let acme = found(&server, &jane, "acme").await;
    let switched = switch(&server, &jane.access_token, "acme").send().await.expect(200);
    let sessions = server.get("/api/v1/me/sessions").by(&jane).send().await.expect(200);
    assert_eq!((sessions.each("id").len(), &sessions.json[0]["organization_id"]), (1, &acme["id"]));
    // The one before is used up: to come with it is to come with a copy.
    refresh(&server, &jane.refresh_token).send().await.expect(401);
    assert!(!is_good(&server, &access(&switched)).await);
    refresh(&server, &refresh_token(&switched)).send().await.expect(401);
}

async fn many_switches_at_once_leave_a_session(server: Server) {
    let jane = server.person("jane@example.com").await;
    for slug in ["acme", "globex"] {
        found(&server, &jane, slug).await;
    }
    let slug = |n: usize| if n.is_multiple_of(2) { "acme" } else { "globex" };
    let replies = at_once((0..20).map(|n| switch(&server, &jane.access_token, slug(n)).send())).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    for reply in &replies {
        let overtaken = reply.status == 409 && reply["code"] == "overtaken";
        assert!(reply.status == 200 || overtaken, "{reply}");
    }
    assert!(is_good(&server, &jane.access_token).await);
    // The last one of them works, and nothing ended the session.
    let ledger = server.deployment().ledger().await;
    assert_eq!(ledger.number("SELECT count(*) FROM events WHERE event_type = 'SessionEnded'").await, 0);
}

async fn a_bound_token_ends_with_its_organization(server: Server) {
    let jane = server.person("jane@example.com").await;
    found(&server, &jane, "acme").await;
    let tokens = login_to(&server, "jane@example.com", "acme").send().await.expect(200);
    let token = access(&tokens);
    server.post(&format!("{PATH}/acme/suspend")).send().await.expect(200);
    let suspended = server.get(&format!("{PATH}/acme")).bearer(&token);
    server.refuses(suspended, 403, "organization_suspended").await;
    server.refuses(login_to(&server, "jane@example.com", "acme"), 403, "organization_suspended").await;
    server.refuses(refresh(&server, &refresh_token(&tokens)), 403, "organization_suspended").await;
    server.post(&format!("{PATH}/acme/reactivate")).send().await.expect(200);
    server.get(&format!("{PATH}/acme")).bearer(&token).send().await.expect(200);
    let tokens = refresh(&server, &refresh_token(&tokens)).send().await.expect(200);
    server.delete(&format!("{PATH}/acme")).by(&jane).send().await.expect(204);
    let change = server.patch(&format!("{PATH}/acme")).bearer(&access(&tokens)).json(json!({ "name": "x" }));
    server.refuses(change, 404, "organization_not_found").await;
    // It makes no default organization either: it is bound.
    let list = server.get("/api/organizations").bearer(&access(&tokens)).send().await.expect(200);
    assert_eq!(list.json, Value::Array(vec![]));
}
