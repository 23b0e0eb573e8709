//! When a key was used last.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Made, SELF, VERIFY, create_with, near_misses::slipped, owned, path, personal, verify};
use crate::support::{Server, eventually};

both!(the_last_use_is_known_within_a_second, what_is_no_use_does_not_count);

async fn last_use(server: &Server, made: &Made) -> Option<DateTime<Utc>> {
    let shown = server.get(&path(&made.id)).send().await.expect(200);
    let text = shown["last_used_at"].as_str()?;
    Some(DateTime::parse_from_rfc3339(text).expect("a time").to_utc())
}

async fn the_last_use_is_known_within_a_second(server: Server) {
    let jane = super::acme(&server).await;
    for made in [
        personal(&server, &jane, &["*:*"]).await,
        personal(&server, &jane, &["org:acme:teams:read"]).await,
        owned(&server, "acme", &["*:*"]).await,
    ] {
        assert_eq!(last_use(&server, &made).await, None);
        let asker = personal(&server, &jane, &["*:*"]).await;
        let mut known = None;
        for n in 0..4 {
            let before = Utc::now() - Duration::from_millis(1);
            match n % 4 {
                0 => made.reads(&server, "acme").send().await.expect(200),
                1 => verify(&server, &made.key).send().await.expect(200),
                2 => server.get(SELF).bearer(&made.key).send().await.expect(200),
                // A refusal of what it may not do is a use.
                _ => server.get("/api/v1/users").bearer(&made.key).send().await.expect(403),
            };
            let (after, begun) = (Utc::now(), Instant::now());
            eventually("it is known", async || last_use(&server, &made).await != known).await;
            assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
            known = last_use(&server, &made).await;
            assert!(known.is_some_and(|at| before <= at && at <= after), "{before} {known:?} {after}");
        }
        // So is asking about others.
        assert_eq!(last_use(&server, &asker).await, None);
        verify(&server, &made.key).bearer(&asker.key).send().await.expect(200);
        eventually("it is known", async || last_use(&server, &asker).await.is_some()).await;
    }
    let list = server.get("/api/v1/api-keys?organization=acme").send().await.expect(200);
    assert!(list.json[0]["last_used_at"].is_string(), "{list}");
}

async fn what_is_no_use_does_not_count(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["*:*"]).await;
    let elsewhere = create_with(&server, &["*:*"], json!({ "ip_allowlist": ["192.0.2.1"] }));
    let elsewhere: Made = elsewhere.by(&jane).send().await.expect(201).into();
    server.post(&format!("{VERIFY}?dry_run=true")).json(json!({ "key": made.key })).send().await.expect(200);
    server.get(SELF).bearer(&elsewhere.key).send().await.expect(403);
    verify(&server, &elsewhere.key).send().await.expect(200);
    server.get(SELF).bearer(&slipped(&made.key, made.key.len() - 1)).send().await.expect(401);
    // What comes after has been counted, and what was before has not.
    let witness = personal(&server, &jane, &["*:*"]).await;
    server.get(SELF).bearer(&witness.key).send().await.expect(200);
    eventually("a use is known", async || last_use(&server, &witness).await.is_some()).await;
    for unused in [&made, &elsewhere] {
        assert_eq!(server.get(&path(&unused.id)).send().await["last_used_at"], Value::Null);
    }
}
