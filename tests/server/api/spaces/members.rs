//! `/api/v1/spaces/{space}/members`.

use serde_json::json;

use super::{bring, one, space};
use crate::support::Server;

both!(
    strangers_are_not_found,
    members_come_change_and_go,
    an_admin_is_always_left,
    only_those_who_belong_come_into_an_organizations_space,
    those_who_leave_the_organization_see_nothing,
    members_can_leave_by_themselves,
);

async fn members_come_change_and_go(server: Server) {
    server.organization("acme").await;
    let made = space(&server, Some("acme"), "data").await;
    let jane = server.member("acme", "jane@acme.example", "viewer").await;
    let path = format!("{}/members/{}", one("data"), jane.id);
    server.refuses(server.get(&path), 404, "member_not_found").await;
    let added = server.put(&path).json(json!({ "role": "viewer" })).send().await.expect(200);
    let user = json!({ "id": jane.id, "email": "jane@acme.example", "name": added["user"]["name"] });
    assert_eq!(added.json, json!({ "user": user, "role": "viewer", "added_at": added["added_at"] }));
    assert_eq!((added.version(), made.version()), (2, 1), "the tag is that of the space");
    let read = server.get(&path).by(&jane).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&added.json, added.etag()));
    server.refuses(server.put(&path).json(json!({ "role": "owner" })), 422, "invalid").await;
    // What is so already is nothing new.
    let head = server.head().await;
    bring(&server, "data", &jane.id, "viewer").await;
    assert_eq!(server.head().await, head);
    assert_eq!(bring(&server, "data", &jane.id, "editor").await["role"], "editor");
    let list = server.get(&format!("{}/members?include=total", one("data"))).by(&jane).send().await.expect(200);
    assert_eq!((list.json.as_array().map(Vec::len), list.header("x-total-count")), (Some(2), Some("2")));
    server.delete(&path).send().await.expect(204);
    server.refuses(server.get(&path), 404, "member_not_found").await;
    server.refuses(server.get(&one("data")).by(&jane), 404, "space_not_found").await;
    server.deployment().assert_projections_verify();
}

async fn an_admin_is_always_left(server: Server) {
    let made = space(&server, None, "data").await;
    let admin = server.get("/api/v1/me").send().await.expect(200).id().to_owned();
    let path = |user: &str| format!("{}/members/{user}", one(made.id()));
    server.refuses(server.delete(&path(&admin)), 409, "last_space_admin").await;
    server.refuses(server.put(&path(&admin)).json(json!({ "role": "viewer" })), 409, "last_space_admin").await;
    let jane = server.person("jane@example.com").await;
    bring(&server, made.id(), &jane.id, "admin").await;
    server.delete(&path(&admin)).send().await.expect(204);
    server.refuses(server.delete(&path(&jane.id)).by(&jane), 409, "last_space_admin").await;
}

async fn only_those_who_belong_come_into_an_organizations_space(server: Server) {
    server.organization("acme").await;
    space(&server, Some("acme"), "data").await;
    space(&server, None, "own").await;
    let outsider = server.person("outsider@example.com").await;
    let set = |space: &str, user: &str| {
        server.put(&format!("{}/members/{user}", one(space))).json(json!({ "role": "viewer" }))
    };
    server.refuses(set("data", &outsider.id), 404, "member_not_found").await;
    set("own", &outsider.id).send().await.expect(200);
    let unknown = "0190163d-8694-739b-aea5-966c26f8ad91";
    server.refuses(set("data", unknown), 404, "member_not_found").await;
    server.refuses(set("own", unknown), 404, "user_not_found").await;
    server.refuses(set("own", "x"), 404, "member_not_found").await;
}

async fn those_who_leave_the_organization_see_nothing(server: Server) {
    server.organization("acme").await;
    space(&server, Some("acme"), "data").await;
    let jane = server.member("acme", "jane@acme.example", "viewer").await;
    bring(&server, "data", &jane.id, "admin").await;
    server.patch(&one("data")).by(&jane).json(json!({ "name": "Data" })).send().await.expect(200);
    let member = format!("/api/v1/organizations/acme/members/{}", jane.id);
    for (taken, given) in [("suspend", "reinstate"), ("remove", "reinstate")] {
        match taken {
            "suspend" => drop(server.post(&format!("{member}/suspend")).send().await.expect(200)),
            _ => drop(server.delete(&member).send().await.expect(204)),
        }
        server.refuses(server.get(&one("data")).by(&jane), 404, "space_not_found").await;
        server.refuses(server.patch(&one("data")).by(&jane).json(json!({ "name": "x" })), 404, "space_not_found").await;
        assert_eq!(server.get("/api/v1/spaces").by(&jane).send().await.expect(200).json, json!([]));
        server.post(&format!("{member}/{given}")).send().await.expect(200);
        server.get(&one("data")).by(&jane).send().await.expect(200);
    }
}

async fn members_can_leave_by_themselves(server: Server) {
    server.organization("acme").await;
    space(&server, Some("acme"), "data").await;
    let (jane, john) = (
        server.member("acme", "jane@acme.example", "viewer").await,
        server.member("acme", "john@acme.example", "viewer").await,
    );
    for person in [&jane, &john] {
        bring(&server, "data", &person.id, "viewer").await;
    }
    let path = |user: &str| format!("{}/members/{user}", one("data"));
    server.refuses(server.delete(&path(&john.id)).by(&jane), 403, "missing_permission").await;
    server.delete(&path(&jane.id)).by(&jane).send().await.expect(204);
    server.refuses(server.delete(&path(&jane.id)).by(&jane), 404, "space_not_found").await;
}

/// An id is no way to a name, nor to bringing somebody in whom one has nothing to do with.
async fn strangers_are_not_found(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@acme.example", "viewer").await;
    let john = server.member("acme", "john@acme.example", "viewer").await;
    let stranger = server.person("stranger@example.com").await;
    let own = server.post(super::ALL).by(&jane).json(json!({ "name": "Own" })).send().await.expect(201);
    let set = |user: &str, query: &str| {
        let path = format!("{}/members/{user}{query}", one(own.id()));
        server.put(&path).by(&jane).json(json!({ "role": "viewer" }))
    };
    for query in ["", "?dry_run=true"] {
        server.refuses(set(&stranger.id, query), 404, "user_not_found").await;
    }
    set(&john.id, "").send().await.expect(200);
    // A credential for the organization alone is enough to leave one of its spaces.
    space(&server, Some("acme"), "data").await;
    bring(&server, "data", &jane.id, "viewer").await;
    let switch = server.post("/api/v1/auth/switch").by(&jane).json(json!({ "organization": "acme" }));
    let switched = switch.send().await.expect(200);
    let token = switched["access_token"].as_str().expect("a token");
    let leave = server.delete(&format!("{}/members/{}", one("data"), jane.id)).bearer(token);
    leave.send().await.expect(204);
    // Who is suspended is not brought in.
    server.post(&format!("/api/v1/organizations/acme/members/{}/suspend", john.id)).send().await.expect(200);
    let bring_john = server.put(&format!("{}/members/{}", one("data"), john.id)).json(json!({ "role": "viewer" }));
    server.refuses(bring_john, 404, "member_not_found").await;
}
