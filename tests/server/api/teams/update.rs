//! `PATCH` and `DELETE /api/v1/organizations/{org}/teams/{team}`.

use serde_json::{Value, json};

use super::{path, team};
use crate::support::{Server, at_once};

both!(
    fields_that_are_absent_stay,
    a_name_moves_and_is_free_again,
    a_deleted_team_is_gone,
    fields_are_checked,
    two_that_swap_names_at_once_never_share,
);

async fn fields_that_are_absent_stay(server: Server) {
    server.organization("acme").await;
    let body = json!({ "name": "A", "description": "first" });
    let made = server.post(&path("acme")).json(body).send().await.expect(201);
    let one = format!("{}/{}", path("acme"), made.id());
    let patch = async |body: Value| server.patch(&one).json(body).send().await.expect(200);
    let renamed = patch(json!({ "name": "B" })).await;
    let mut expected = made.json.clone();
    expected["name"] = json!("B");
    expected["updated_at"] = renamed["updated_at"].clone();
    assert_eq!((&renamed.json, renamed.version()), (&expected, 2));
    assert_eq!(patch(json!({ "description": "second" })).await["description"], "second");
    assert_eq!(patch(json!({ "description": null })).await["description"], Value::Null);
    assert_eq!(server.get(&one).send().await.expect(200).version(), 4);
    // What changes nothing appends nothing.
    let head = server.head().await;
    for body in [json!({}), json!({ "name": " B " }), json!({ "description": null })] {
        assert_eq!(patch(body).await.version(), 4);
    }
    assert_eq!(server.head().await, head);
}

async fn a_name_moves_and_is_free_again(server: Server) {
    server.organization("acme").await;
    let (a, b) = (team(&server, "acme", "A").await, team(&server, "acme", "B").await);
    let rename = |id: &str, name: &str| server.patch(&format!("{}/{id}", path("acme"))).json(json!({ "name": name }));
    server.refuses(rename(a.id(), "b"), 409, "name_taken").await;
    assert_eq!(rename(b.id(), "b").send().await.expect(200)["name"], "b", "only the case changes");
    rename(a.id(), "C").send().await.expect(200);
    assert_eq!(rename(b.id(), "a").send().await.expect(200)["name"], "a");
    team(&server, "acme", "B").await;
    server.deployment().assert_projections_verify();
}

async fn a_deleted_team_is_gone(server: Server) {
    let acme = server.organization("acme").await;
    let made = team(&server, "acme", "A").await;
    let one = format!("{}/{}", path("acme"), made.id());
    let owner = acme["owner"]["id"].as_str().expect("an owner");
    server.put(&format!("{one}/members/{owner}")).send().await.expect(200);
    let head = server.head().await;
    let tried = server.delete(&format!("{one}?dry_run=true")).send().await.expect(200);
    assert_eq!((&tried["status"], &tried["result"]), (&json!(204), &Value::Null));
    assert_eq!(tried["events"][0]["data"]["members"], json!([owner]));
    let deleted = server.delete(&one).send().await.expect(204);
    assert_eq!((deleted.body.as_str(), deleted.position()), ("", head + 1));
    server.refuses(server.get(&one), 404, "team_not_found").await;
    server.refuses(server.patch(&one).json(json!({ "name": "B" })), 404, "team_not_found").await;
    server.refuses(server.delete(&one), 404, "team_not_found").await;
    server.refuses(server.put(&format!("{one}/members/{owner}")), 404, "team_not_found").await;
    server.refuses(server.delete(&format!("{one}/members/{owner}")), 404, "team_not_found").await;
    server.refuses(server.get(&format!("{one}/members")), 404, "team_not_found").await;
    let again = team(&server, "acme", "A").await;
    assert_ne!(again.id(), made.id());
    server.deployment().assert_projections_verify();
}

async fn fields_are_checked(server: Server) {
    server.organization("acme").await;
    let one = format!("{}/{}", path("acme"), team(&server, "acme", "A").await.id());
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "name": "" }), "/name"),
        (json!({ "description": "d".repeat(2001) }), "/description"),
        (json!({ "organization_id": null }), "/organization_id"),
        (json!({ "member_count": 3 }), "/member_count"),
    ] {
        let refused = server.refuses(server.patch(&one).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
}

async fn two_that_swap_names_at_once_never_share(server: Server) {
    server.organization("acme").await;
    let (a, b) = (team(&server, "acme", "A").await, team(&server, "acme", "B").await);
    let rename = |id: &str| server.patch(&format!("{}/{id}", path("acme"))).json(json!({ "name": "C" })).send();
    for reply in at_once((0..20).map(|n| rename(if n % 2 == 0 { a.id() } else { b.id() }))).await {
        assert!(reply.status == 200 || reply["code"] == "name_taken", "{reply}");
    }
    let mut names = server.get(&path("acme")).send().await.expect(200).each("name");
    names.sort_unstable();
    assert!(names == ["A", "C"] || names == ["B", "C"], "{names:?}");
}
