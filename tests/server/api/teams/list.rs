//! `GET /api/v1/organizations/{org}/teams`.

use serde_json::json;

use super::{path, team};
use crate::support::Server;

both!(a_list_is_a_bare_array_newest_first,);

async fn a_list_is_a_bare_array_newest_first(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    assert_eq!(server.get(&path("acme")).send().await.expect(200).json, json!([]));
    let made = [team(&server, "acme", "A").await, team(&server, "acme", "B").await];
    team(&server, "other", "A").await;
    let list = server.get(&path("acme")).send().await.expect(200);
    assert_eq!(list.json, json!([made[1].json, made[0].json]));
    assert_eq!((list.next(), list.header("x-total-count")), (None, None));
    server.delete(&format!("{}/{}", path("acme"), made[1].id())).send().await.expect(204);
    assert_eq!(server.get(&path("acme")).send().await.expect(200).each("name"), ["A"]);
}
