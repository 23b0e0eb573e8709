//! Who can see to an issue.

use serde_json::{Value, json};

use super::{
    super::{path, space},
    issue, one,
};
use crate::support::{Person, Server};

both!(only_those_with_access_can_be_given_an_issue, in_a_detached_space_its_members_can, who_loses_access_keeps_it,);

async fn put(server: &Server, person: &Person, role: &str) {
    let member = format!("/api/v1/spaces/data/members/{}", person.id);
    server.put(&member).json(json!({ "role": role })).send().await.expect(200);
}

/// Whether an issue of the space can be given to somebody, new or old.
async fn assert_assignable(server: &Server, issue: &str, to: &str, can: bool) {
    let body = json!({ "title": "x", "assignee_id": to });
    for request in [server.post(&path("data", "issues")), server.patch(issue)] {
        if can {
            assert_eq!(request.json(body.clone()).send().await.json["assignee_id"], to);
        } else {
            let refused = server.refuses(request.json(body.clone()), 422, "invalid").await;
            let expected = json!([{ "pointer": "/assignee_id", "detail": "has no access to the space" }]);
            assert_eq!(refused["errors"], expected);
        }
    }
    server.patch(issue).json(json!({ "assignee_id": null })).send().await.expect(200);
}

async fn only_those_with_access_can_be_given_an_issue(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = one(&issue(&server, "data", "It stops").await);
    let [admin, vera, dora] =
        [("a", "admin"), ("v", "viewer"), ("d", "developer")].map(|(name, role)| (format!("{name}@example.com"), role));
    let admin = server.member("acme", &admin.0, admin.1).await;
    let vera = server.member("acme", &vera.0, vera.1).await;
    let dora = server.member("acme", &dora.0, dora.1).await;
    let outsider = server.person("outsider@example.com").await;
    put(&server, &vera, "viewer").await;
    for (person, can) in [(&admin, true), (&vera, true), (&dora, false), (&outsider, false)] {
        assert_assignable(&server, &made, &person.id, can).await;
    }
    assert_assignable(&server, &made, "0190163d-8694-739b-aea5-966c26f8ad91", false).await;
    // A place in the space counts only with one in the organization.
    for person in [&admin, &vera] {
        let suspend = format!("/api/v1/organizations/acme/members/{}/suspend", person.id);
        server.post(&suspend).send().await.expect(200);
        assert_assignable(&server, &made, &person.id, false).await;
    }
    server.deployment().assert_projections_verify();
}

async fn in_a_detached_space_its_members_can(server: Server) {
    server.organization("acme").await;
    let data = space(&server, "acme", "data").await;
    let made = one(&issue(&server, "data", "It stops").await);
    let admin = server.member("acme", "a@example.com", "admin").await;
    let vera = server.member("acme", "v@example.com", "viewer").await;
    put(&server, &vera, "viewer").await;
    server.delete(&format!("/api/v1/organizations/acme/spaces/{}", data.id())).send().await.expect(204);
    for (person, can) in [(&admin, false), (&vera, true)] {
        assert_assignable(&server, &made, &person.id, can).await;
    }
}

async fn who_loses_access_keeps_it(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let vera = server.member("acme", "v@example.com", "viewer").await;
    put(&server, &vera, "viewer").await;
    let body = json!({ "title": "It stops", "assignee_id": vera.id });
    let made = server.post(&path("data", "issues")).json(body).send().await.expect(201);
    server.delete(&format!("/api/v1/spaces/data/members/{}", vera.id)).send().await.expect(204);
    let again = json!({ "title": "It halts", "assignee_id": vera.id });
    let changed = server.patch(&one(&made)).json(again.clone()).send().await.expect(200);
    assert_eq!(changed["assignee_id"], vera.id.as_str());
    let freed = server.patch(&one(&made)).json(json!({ "assignee_id": null })).send().await.expect(200);
    assert_eq!(freed["assignee_id"], Value::Null);
    server.refuses(server.patch(&one(&made)).json(again), 422, "invalid").await;
}
