//! `/api/organizations/{id}/teams`, with exactly the fields and statuses of its document.

use serde_json::{Value, json};

use super::{path, team};
use crate::support::{Server, at_once};

both!(creating_answers_five_fields, a_list_is_complete_and_has_three_fields, problems_are_the_same_as_everywhere);

fn classic(org: &str) -> String {
    format!("/api/organizations/{org}/teams")
}

async fn creating_answers_five_fields(server: Server) {
    let acme = server.organization("acme").await;
    let body = json!({ "name": "Engineering", "description": "Backend services" });
    for org in [acme.id(), "acme"] {
        let name = format!("Engineering {org}");
        let mut body = body.clone();
        body["name"] = json!(name);
        let made = server.post(&classic(org)).json(body).send().await.expect(201);
        let shown = json!({
            "id": made.id(), "name": name, "description": "Backend services", "organization_id": acme.id(),
            "created_at": made["created_at"],
        });
        assert_eq!(made.json, shown);
        let location = made.header("location").expect("a location");
        assert_eq!(location, format!("{}/{}", path(acme.id()), made.id()));
        assert_eq!(server.get(location).send().await.expect(200)["created_at"], made["created_at"]);
    }
}

async fn a_list_is_complete_and_has_three_fields(server: Server) {
    server.organization("acme").await;
    assert_eq!(server.get(&classic("acme")).send().await.expect(200).json, json!({ "teams": [] }));
    // More than any page and more than one chunk has.
    let create = |n: usize| server.post(&classic("acme")).json(json!({ "name": format!("team {n}") })).send();
    at_once((0..201).map(create)).await.into_iter().for_each(|reply| drop(reply.expect(201)));
    let last = team(&server, "acme", "last").await;
    let all = server.get(&classic("acme")).send().await.expect(200);
    let rows = all["teams"].as_array().expect("rows");
    assert_eq!((all.keys(), rows.len()), (vec!["teams"], 202));
    assert_eq!(rows[0], json!({ "id": last.id(), "name": "last", "description": Value::Null }));
    let mut ids: Vec<_> = rows.iter().map(|row| row["id"].to_string()).collect();
    ids.dedup();
    assert!(ids.len() == 202 && ids.is_sorted_by(|a, b| a > b), "newest first, each once");
    let few = server.get(&format!("{}?limit=3", classic("acme"))).send().await.expect(200);
    assert_eq!(few["teams"].as_array().map(Vec::as_slice), Some(&rows[..3]));
    for limit in ["0", "-1", "x"] {
        let refused = server.refuses(server.get(&format!("{}?limit={limit}", classic("acme"))), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["?limit"]);
    }
}

async fn problems_are_the_same_as_everywhere(server: Server) {
    server.organization("acme").await;
    team(&server, "acme", "A").await;
    let create = |org: &str, body: Value| server.post(&classic(org)).json(body);
    server.refuses(create("acme", json!({ "name": "a" })), 409, "name_taken").await;
    server.refuses(create("nobody", json!({ "name": "a" })), 404, "organization_not_found").await;
    assert_eq!(server.refuses(create("acme", json!({ "name": "", "x": 1 })), 422, "invalid").await.pointers(), ["/x"]);
    server.refuses(server.get(&classic("nobody")), 404, "organization_not_found").await;
    let anonymous = server.get(&classic("acme")).anonymous();
    server.refuses(anonymous, 401, "not_authenticated").await;
    // A deleted organization is gone here at once.
    server.delete("/api/organizations/acme").send().await.expect(204);
    server.refuses(server.get(&classic("acme")), 404, "organization_not_found").await;
    server.refuses(create("acme", json!({ "name": "B" })), 404, "organization_not_found").await;
}
