//! `GET /api/v1/spaces/{space}/contracts`.

use serde_json::Value;

use super::{super::path, contract, one, two_products};
use crate::support::Server;

both!(status_and_archive_say_which_are_listed, parameters_are_checked);

async fn status_and_archive_say_which_are_listed(server: Server) {
    let products = two_products(&server).await;
    let mut ids = Vec::new();
    for verbs in [&[][..], &["activate"], &["activate", "deprecate"], &["archive"], &["activate", "archive"]] {
        let made = contract(&server, &products, Value::Null).await;
        for verb in verbs {
            server.post(&format!("{}/{verb}", one(&made))).send().await.expect(200);
        }
        ids.push(made.id().to_owned());
    }
    for (query, which) in [
        ("", &[2, 1, 0][..]),
        ("include_archived=false", &[2, 1, 0]),
        ("include_archived=true", &[4, 3, 2, 1, 0]),
        ("status=draft", &[0]),
        ("status=active", &[1]),
        ("status=deprecated", &[2]),
        ("status=expired", &[]),
        ("status=draft&include_archived=true", &[3, 0]),
        ("status=active&include_archived=true", &[4, 1]),
    ] {
        let list = server.get(&format!("{}?{query}&include=total", path("data", "contracts")));
        let list = list.send().await.expect(200);
        assert_eq!(list.each("id"), which.iter().map(|at| ids[*at].clone()).collect::<Vec<_>>(), "{query}");
        assert_eq!(list.header("x-total-count"), Some(which.len().to_string().as_str()), "{query}");
    }
}

async fn parameters_are_checked(server: Server) {
    two_products(&server).await;
    for (query, pointer) in
        [("status=archived", "?status"), ("status=", "?status"), ("include_archived=1", "?include_archived")]
    {
        let request = server.get(&format!("{}?{query}", path("data", "contracts")));
        let refused = server.refuses(request, 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
        assert!(pointer != "?status" || refused.body.contains("draft, active, expired or deprecated"), "{refused}");
    }
}
