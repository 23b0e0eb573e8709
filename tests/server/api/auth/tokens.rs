//! What is accepted as an access token, and what is not.

pub mod forge;

use std::{collections::BTreeSet, net::TcpListener};

use serde_json::{Value, json};

use self::forge::{Forge, header, payload};
use super::{ME, access, login, refresh, refresh_token, reset_link};
use crate::support::{Deployment, Engine, Request, Server, people::PASSWORD};

both!(
    a_forged_token_that_says_what_ours_do_is_accepted,
    whatever_is_no_access_token_is_refused,
    whatever_is_no_refresh_token_is_refused,
    anybody_can_verify_a_token,
    the_scheme_is_compared_in_any_case,
    two_authorization_headers_are_refused,
);

async fn assert_refused(server: &Server, request: Request, what: &str) {
    let reply = request.send().await;
    assert_eq!((reply.status, &reply["code"]), (401, &json!("invalid_token")), "{what}: {reply}");
    assert_eq!(reply["detail"], "Not authenticated", "{what}");
    let challenges: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges, ["Bearer realm=\"tenantry\", error=\"invalid_token\""], "{what}");
    reply.assert_problem(&server.url);
}

/// The forge has the real key, so that what it changes is all that is wrong with its tokens.
async fn a_forged_token_that_says_what_ours_do_is_accepted(server: Server) {
    let jane = server.person("jane@example.com").await;
    let forge = Forge::new(server.deployment(), &jane.access_token);
    let forged = forge.sign(&forge.header, &forge.claims);
    assert_ne!(forged, jane.access_token);
    server.get(ME).bearer(&forged).send().await.expect(200);
    assert_eq!(forge.header, json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": forge.header["kid"] }));
    let claims: BTreeSet<_> = forge.claims.as_object().expect("claims").keys().map(String::as_str).collect();
    assert_eq!(claims, BTreeSet::from(["aud", "exp", "iat", "iss", "jti", "sid", "sub"]));
    assert_eq!((&forge.claims["sub"], &forge.claims["aud"]), (&json!(jane.id), &json!("tenantry")));
    let lifetime = forge.claims["exp"].as_i64().zip(forge.claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
    assert_eq!(lifetime, Some(3600));
}

async fn whatever_is_no_access_token_is_refused(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let forge = Forge::new(server.deployment(), &jane.access_token);
    let mut variants = forge.variants();
    let keys = server.get("/.well-known/jwks.json").anonymous().send().await.expect(200);
    variants.extend(forge.confused(keys["keys"][0]["x"].as_str().expect("a key")));
    let link = reset_link(&server, &joe.id).await;
    variants.extend([
        ("a refresh token".to_owned(), jane.refresh_token.clone()),
        ("a one-time token".to_owned(), link),
        ("a session's id".to_owned(), forge.claims["sid"].as_str().expect("an id").to_owned()),
        ("two tokens".to_owned(), format!("{} {}", jane.access_token, joe.access_token)),
        ("two tokens with a comma".to_owned(), format!("{},{}", jane.access_token, joe.access_token)),
        ("another's session".to_owned(), forge.with_claim("sid", Forge::claim(&joe.access_token, "sid"))),
        ("another's name".to_owned(), forge.with_claim("sub", json!(joe.id))),
    ]);
    let names: BTreeSet<_> = variants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), variants.len());
    assert!(variants.len() >= 60, "only {}", variants.len());
    for (what, token) in &variants {
        assert_refused(&server, server.get(ME).bearer(token), what).await;
        assert_refused(&server, server.post("/api/v1/organizations").bearer(token).json(json!({ "name": "x" })), what)
            .await;
    }
    // It is no use to try them again, and none of them harmed the good one.
    for (what, token) in &variants {
        assert_refused(&server, server.get("/api/organizations").bearer(token), what).await;
    }
    server.get(ME).by(&jane).send().await.expect(200);
}

async fn whatever_is_no_refresh_token_is_refused(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let good = &jane.refresh_token;
    let mut variants = vec![
        jane.access_token.clone(),
        reset_link(&server, &joe.id).await,
        String::new(),
        "rt_".to_owned(),
        good.trim_start_matches("rt_").to_owned(),
        good.to_uppercase(),
        format!("{good}="),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}{good}"),
        format!("RT_{}", &good[3..]),
        "x".repeat(10_000),
    ];
    variants.extend((0..good.len()).step_by(3).map(|end| good[..end].to_owned()));
    variants.extend((3..good.len()).map(|place| forge::flipped(good, place)));
    for token in variants {
        assert_refused(&server, refresh(&server, &token), &token).await;
    }
    // None of them was taken for a token that is used again.
    refresh(&server, good).send().await.expect(200);
}

async fn anybody_can_verify_a_token(server: Server) {
    let jane = server.person("jane@example.com").await;
    let keys = server.get("/.well-known/jwks.json").anonymous().send().await.expect(200);
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.json).expect("a JWK Set");
    assert_eq!(keys.keys.len(), 1);
    let kid = header(&jane.access_token)["kid"].as_str().expect("a kid").to_owned();
    let jwk = keys.find(&kid).expect("the key of the token");
    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).expect("a key");
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["tenantry"]);
    validation.set_issuer(&["tenantry"]);
    let decoded = jsonwebtoken::decode::<Value>(&jane.access_token, &key, &validation).expect("a good token");
    assert_eq!((decoded.header.typ.as_deref(), &decoded.claims), (Some("at+jwt"), &payload(&jane.access_token)));
}

async fn the_scheme_is_compared_in_any_case(server: Server) {
    let jane = server.person("jane@example.com").await;
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
        let value = format!("{scheme} {}", jane.access_token);
        server.get(ME).anonymous().header("authorization", &value).send().await.expect(200);
    }
    for value in [format!("Token {}", jane.access_token), jane.access_token.clone(), "Bearer".to_owned()] {
        let request = server.get(ME).anonymous().header("authorization", &value);
        server.refuses(request, 401, "not_authenticated").await;
    }
    // Only the header is looked at.
    let elsewhere = server.get(&format!("{ME}?access_token={}", jane.access_token)).anonymous();
    server.refuses(elsewhere, 401, "not_authenticated").await;
}

async fn two_authorization_headers_are_refused(server: Server) {
    let jane = server.person("jane@example.com").await;
    let value = format!("Bearer {}", jane.access_token);
    let twice = server.get(ME).anonymous().header("authorization", &value).header("authorization", &value);
    server.refuses(twice, 400, "invalid_header").await;
    server.refuses(server.get(ME).by(&jane).header("authorization", "Basic eDp4"), 400, "invalid_header").await;
}

/// Tokens of a deployment mean nothing to another one, though it has the same accounts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_another_deployment_are_refused() {
    let (ours, theirs) = (Server::start(Engine::Sqlite), Server::start(Engine::Sqlite));
    let jane = theirs.person("jane@example.com").await;
    ours.person("jane@example.com").await;
    assert_refused(&ours, ours.get(ME).by(&jane), "a foreign access token").await;
    assert_refused(&ours, refresh(&ours, &jane.refresh_token), "a foreign refresh token").await;
    let tokens = login(&ours, "jane@example.com", PASSWORD).send().await.expect(200);
    refresh(&ours, &refresh_token(&tokens)).send().await.expect(200);
}

/// A deployment with a public URL issues in its name, and takes nothing that was issued in another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_url_is_the_issuer() {
    let deployment = Deployment::new(Engine::Sqlite);
    let before = Server::with(&deployment, deployment.program().own_admin());
    let jane = before.person("jane@example.com").await;
    drop(before);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let program = deployment.program().own_admin().env("TENANTRY_LISTEN", &free.to_string());
    let mut server = Server::with(&deployment, program.env("TENANTRY_PUBLIC_URL", "https://accounts.example/"));
    server.url = format!("http://{free}");
    assert_eq!(server.get(ME).by(&jane).send().await.expect(401)["code"], "invalid_token");
    let tokens = server.login("jane@example.com").send().await.expect(200);
    assert_eq!(payload(&access(&tokens))["iss"], "https://accounts.example");
    server.get(ME).bearer(&access(&tokens)).send().await.expect(200);
}
