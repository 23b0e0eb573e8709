//! Sessions that were not refreshed in time.

use sqlx::Executor;

use super::{access, is_good, refresh, refresh_token};
use crate::support::{Deployment, Engine, Server, eventually};

both!(a_session_ends_when_its_time_has_passed, a_session_that_is_refreshed_goes_on);

/// Lets the time of all refresh tokens but one pass, while no server runs.
async fn let_pass(deployment: &Deployment, but: &str) {
    let url = &deployment.database_url;
    match deployment.engine {
        Engine::Sqlite => {
            let sql = format!("UPDATE session_refreshes SET expires_at = 1000 WHERE session_id <> '{but}'");
            let pool = sqlx::SqlitePool::connect(url).await.expect("a database");
            pool.execute(sql.as_str()).await.expect("an update");
            pool.close().await;
        }
        Engine::Postgres => {
            let sql = format!("UPDATE session_refreshes SET expires_at = to_timestamp(1) WHERE session_id <> '{but}'");
            let pool = sqlx::PgPool::connect(url).await.expect("a database");
            pool.execute(sql.as_str()).await.expect("an update");
            pool.close().await;
        }
    }
}

async fn ended(server: &Server) -> i64 {
    let ledger = server.deployment().ledger().await;
    let count = ledger.number("SELECT count(*) FROM events WHERE event_type = 'SessionEnded'").await;
    ledger.close().await;
    count
}

async fn session(server: &Server, token: &str) -> String {
    let me = server.get("/api/v1/me").bearer(token).send().await.expect(200);
    me["session_id"].as_str().expect("a session").to_owned()
}

async fn a_session_ends_when_its_time_has_passed(mut server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let elsewhere = server.login("jane@example.com").send().await.expect(200);
    let kept = session(&server, &access(&elsewhere)).await;
    server.kill();
    let_pass(server.deployment(), &kept).await;
    server.start_again();
    // It is over whether or not that was recorded already.
    refresh(&server, &jane.refresh_token).send().await.expect(401);
    let listed = server.get("/api/v1/me/sessions").bearer(&access(&elsewhere)).send().await.expect(200);
    assert_eq!(listed.each("id"), [kept]);
    eventually("the sessions are ended", async || ended(&server).await == 2).await;
    for token in [&jane.access_token, &joe.access_token] {
        assert!(!is_good(&server, token).await);
    }
    assert!(is_good(&server, &access(&elsewhere)).await);
    refresh(&server, &refresh_token(&elsewhere)).send().await.expect(200);
    // By the system, once; nothing is left to do after another start.
    let ledger = server.deployment().ledger().await;
    let sql = "SELECT metadata->>'actor_type', count(*) FROM events WHERE event_type = 'SessionEnded' GROUP BY 1";
    assert_eq!(ledger.rows(sql).await, [("system".to_owned(), 2)]);
    let left = "SELECT count(*) FROM session_refreshes";
    assert_eq!(ledger.number(left).await, 1);
    ledger.close().await;
    server.deployment().assert_projections_verify();
}

/// The time begins anew with every refresh, 30 days of it.
async fn a_session_that_is_refreshed_goes_on(server: Server) {
    let jane = server.person("jane@example.com").await;
    let expires = async || {
        let sessions = server.get("/api/v1/me/sessions").by(&jane).send().await.expect(200);
        let time = |field: &str| {
            let text = sessions.json[0][field].as_str().expect("a time");
            chrono::DateTime::parse_from_rfc3339(text).expect("a time")
        };
        (time("started_at"), time("expires_at"))
    };
    let (started, first) = expires().await;
    assert!((first - started - chrono::TimeDelta::days(30)).abs() < chrono::TimeDelta::minutes(1));
    refresh(&server, &jane.refresh_token).send().await.expect(200);
    let (same, second) = expires().await;
    assert!(same == started && second > first);
    assert_eq!(ended(&server).await, 0);
}
