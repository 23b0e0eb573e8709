//! Refreshing: a token works once.

use serde_json::{Value, json};

use super::{ME, REFRESH, access, is_good, refresh, refresh_token};
use crate::support::{Server, at_once};

both!(
    refreshing_rotates,
    a_token_that_is_used_again_ends_the_session,
    an_older_token_ends_the_session_too,
    twenty_at_once_have_one_success_at_most,
    a_session_that_is_over_is_not_refreshed,
    tokens_survive_a_crash,
    a_dry_run_uses_nothing,
);

async fn refreshing_rotates(server: Server) {
    let jane = server.person("jane@example.com").await;
    let mut token = jane.refresh_token.clone();
    let mut seen = vec![token.clone()];
    let head = server.head().await;
    for _ in 0..5 {
        let tokens = refresh(&server, &token).send().await.expect(200);
        assert_eq!(tokens.keys(), ["access_token", "expires_in", "refresh_token", "token_type"]);
        assert!(is_good(&server, &access(&tokens)).await);
        token = refresh_token(&tokens);
        assert!(!seen.contains(&token));
        seen.push(token.clone());
    }
    // It is one session, and it is the same one; refreshing writes no event.
    let sessions = server.get("/api/v1/me/sessions").by(&jane).send().await.expect(200);
    assert_eq!((sessions.each("id").len(), server.head().await), (1, head));
    // An access token is valid as long as it says.
    assert!(is_good(&server, &jane.access_token).await);
}

async fn a_token_that_is_used_again_ends_the_session(server: Server) {
    let jane = server.person("jane@example.com").await;
    let elsewhere = server.login("jane@example.com").send().await.expect(200);
    let tokens = refresh(&server, &jane.refresh_token).send().await.expect(200);
    let head = server.head().await;
    refused(&server, &jane.refresh_token).await;
    // Thief and owner are both out, at once.
    assert_eq!(server.head().await, head + 1);
    for token in [&jane.access_token, &access(&tokens)] {
        assert!(!is_good(&server, token).await);
    }
    refused(&server, &refresh_token(&tokens)).await;
    refused(&server, &jane.refresh_token).await;
    assert_eq!(server.head().await, head + 1);
    // Other sessions go on.
    assert!(is_good(&server, &access(&elsewhere)).await);
    let ledger = server.deployment().ledger().await;
    let sql = "SELECT event_type, count(*) FROM events WHERE event_type = 'SessionEnded' GROUP BY 1";
    assert_eq!(ledger.rows(sql).await, [("SessionEnded".to_owned(), 1)]);
    server.deployment().assert_projections_verify();
}

async fn refused(server: &Server, token: &str) {
    let reply = refresh(server, token).send().await;
    assert_eq!((reply.status, &reply["code"]), (401, &json!("invalid_token")), "{reply}");
    let challenge = reply.header("www-authenticate");
    assert_eq!(challenge, Some("Bearer realm=\"tenantry\", error=\"invalid_token\""));
}

async fn an_older_token_ends_the_session_too(server: Server) {
    let jane = server.person("jane@example.com").await;
    let mut tokens = vec![jane.refresh_token.clone()];
    for n in 0..3 {
        let next = refresh(&server, &tokens[n]).send().await.expect(200);
        tokens.push(refresh_token(&next));
    }
    refused(&server, &tokens[1]).await;
    refused(&server, &tokens[3]).await;
    assert!(!is_good(&server, &jane.access_token).await);
}

async fn twenty_at_once_have_one_success_at_most(server: Server) {
    for round in 0..5 {
        let person = server.person(&format!("user-{round}@example.com")).await;
        let replies = at_once((0..20).map(|_| refresh(&server, &person.refresh_token).send())).await;
        let (good, bad): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
        assert!(good.len() <= 1, "{good:?}");
        for reply in bad {
            assert_eq!((reply.status, &reply["code"]), (401, &json!("invalid_token")), "{reply}");
        }
        assert!(!is_good(&server, &person.access_token).await);
        for tokens in good {
            assert!(!is_good(&server, &access(tokens)).await);
            refused(&server, &refresh_token(tokens)).await;
        }
    }
    let ledger = server.deployment().ledger().await;
    assert_eq!(ledger.number("SELECT count(*) FROM events WHERE event_type = 'SessionEnded'").await, 5);
}

async fn a_session_that_is_over_is_not_refreshed(server: Server) {
    let jane = server.person("jane@example.com").await;
    server.post("/api/v1/auth/logout").by(&jane).send().await.expect(204);
    refused(&server, &jane.refresh_token).await;

    let joe = server.person("joe@example.com").await;
    server.post(&format!("/api/v1/users/{}/disable", joe.id)).send().await.expect(200);
    refused(&server, &joe.refresh_token).await;
    server.post(&format!("/api/v1/users/{}/enable", joe.id)).send().await.expect(200);
    refused(&server, &joe.refresh_token).await;
}

async fn tokens_survive_a_crash(mut server: Server) {
    let jane = server.person("jane@example.com").await;
    let mut token = jane.refresh_token.clone();
    for _ in 0..2 {
        server.kill();
        server.start_again();
        assert!(is_good(&server, &jane.access_token).await);
        let tokens = refresh(&server, &token).send().await.expect(200);
        assert!(is_good(&server, &access(&tokens)).await);
        token = refresh_token(&tokens);
    }
    // Which of them was used survives as well.
    refused(&server, &jane.refresh_token).await;
    server.kill();
    server.start_again();
    server.get(ME).by(&jane).send().await.expect(401);
    refused(&server, &token).await;
}

async fn a_dry_run_uses_nothing(server: Server) {
    let jane = server.person("jane@example.com").await;
    let dry = |token: &str| {
        server.post(&format!("{REFRESH}?dry_run=true")).anonymous().json(json!({ "refresh_token": token }))
    };
    let tried = dry(&jane.refresh_token).send().await.expect(200);
    assert_eq!((&tried["events"], &tried["result"]), (&json!([]), &Value::Null));
    let tokens = refresh(&server, &jane.refresh_token).send().await.expect(200);
    // A dry run with a used token is refused, and ends nothing.
    dry(&jane.refresh_token).send().await.expect(401);
    assert!(is_good(&server, &access(&tokens)).await);
}
