//! Replies about members, invitations and roles, held against the description of the API.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::PATH;
use crate::support::{Reply, Server, schema::OpenApi};

both!(every_reply_has_the_described_fields);

/// The operations with these tags.
fn operations(openapi: &OpenApi, tags: &[&str]) -> BTreeSet<String> {
    let paths = openapi.0["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let tagged = item.as_object().expect("operations").iter();
        let tagged = tagged.filter(|(_, operation)| tags.iter().any(|tag| operation["tags"][0] == *tag));
        tagged.map(|(method, _)| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// Goes through every operation on members, invitations and roles.
async fn every_reply_has_the_described_fields(server: Server) {
    let openapi = OpenApi(server.get("/openapi.json").anonymous().send().await.expect(200).json);
    server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let mut checked = BTreeSet::new();
    let one = "/api/v1/organizations/{org}";
    let path = format!("{PATH}/acme");
    let mut check = |method: &str, path: &str, reply: Reply, status: u16| {
        let reply = reply.expect(status);
        openapi.check(method, path, &reply);
        checked.insert(format!("{method} {path}"));
        reply
    };
    let (roles, role) = (format!("{one}/roles"), format!("{one}/roles/{{role}}"));
    let own = json!({ "key": "own", "name": "Own", "description": "x", "permissions": ["teams:read"] });
    check("post", &roles, server.post(&format!("{path}/roles")).json(own).send().await, 201);
    check("post", &roles, server.post(&format!("{path}/roles")).json(json!({})).send().await, 422);
    check("get", &roles, server.get(&format!("{path}/roles")).send().await, 200);
    let own = format!("{path}/roles/own");
    check("get", &role, server.get(&own).send().await, 200);
    check("patch", &role, server.patch(&own).json(json!({ "description": null })).send().await, 200);
    check("patch", &role, server.patch(&format!("{path}/roles/owner")).json(json!({})).send().await, 409);
    check("delete", &role, server.delete(&own).send().await, 204);
    check("get", &role, server.get(&own).send().await, 404);

    let (users, user) = (format!("{one}/users"), format!("{one}/users/{{user_id}}"));
    let add = |email: &str| {
        let body = json!({ "user_email": email, "role": "viewer" });
        server.post(&format!("{path}/users")).json(body)
    };
    check("post", &users, add("new@example.com").send().await, 201);
    check("post", &users, add("new@example.com").send().await, 409);
    check("post", &users, add("jane@example.com").send().await, 201);
    let hers = format!("{path}/users/{}", jane.id);
    check("patch", &user, server.patch(&hers).json(json!({ "role": "admin" })).send().await, 200);
    check("delete", &user, server.delete(&hers).send().await, 204);
    check("delete", &user, server.delete(&hers).send().await, 404);

    let (members, member) = (format!("{one}/members"), format!("{one}/members/{{user_id}}"));
    let hers = format!("{path}/members/{}", jane.id);
    let act = |action: &str| server.post(&format!("{hers}/{action}")).send();
    check("post", &format!("{member}/reinstate"), act("reinstate").await, 200);
    check("post", &format!("{member}/reinstate"), act("reinstate").await, 409);
    check("patch", &member, server.patch(&hers).json(json!({ "role": "owner" })).send().await, 200);
    check("post", &format!("{member}/suspend"), act("suspend").await, 200);
    check("get", &members, server.get(&format!("{path}/members")).send().await, 200);
    act("reinstate").await.expect(200);
    let transfer = server.post(&format!("{path}/transfer-ownership")).json(json!({ "user_id": jane.id }));
    check("post", &format!("{one}/transfer-ownership"), transfer.send().await, 200);
    let leave = || server.post(&format!("{path}/leave"));
    check("post", &format!("{one}/leave"), leave().by(&jane).send().await, 409);
    let made = server.organization("other").await;
    let admin = made["owner"]["id"].as_str().expect("an id").to_owned();
    server.patch(&format!("{path}/members/{admin}")).json(json!({ "role": "owner" })).send().await.expect(200);
    check("post", &format!("{one}/leave"), leave().by(&jane).send().await, 204);
    let leaver = server.member("acme", "leaver@example.com", "viewer").await;
    check("delete", &member, server.delete(&format!("{path}/members/{}", leaver.id)).send().await, 204);

    let invite = || server.post(&format!("{path}/members/invite")).key("k");
    let body = json!({ "email": "jane@example.com", "role": "viewer", "workspace": "default" });
    let made = check("post", &format!("{one}/members/invite"), invite().json(body.clone()).send().await, 201);
    check("post", &format!("{one}/members/invite"), invite().json(body).send().await, 201);
    let (listed, single) = (format!("{one}/invitations"), format!("{one}/invitations/{{id}}"));
    check("get", &listed, server.get(&format!("{path}/invitations")).send().await, 200);
    let its = format!("{path}/invitations/{}", made.id());
    let sent = check("post", &format!("{single}/resend"), server.post(&format!("{its}/resend")).send().await, 200);
    let link = "/api/v1/invitations/{token}";
    let shown = |reply: &Reply, action: &str| {
        format!("/api/v1/invitations/{}{action}", reply["token"].as_str().expect("a token"))
    };
    check("get", link, server.get(&shown(&made, "")).anonymous().send().await, 404);
    check("get", link, server.get(&shown(&sent, "")).anonymous().send().await, 200);
    check("post", &format!("{link}/accept"), server.post(&shown(&sent, "/accept")).send().await, 403);
    check("post", &format!("{link}/accept"), server.post(&shown(&sent, "/accept")).by(&jane).send().await, 200);
    check("post", &format!("{link}/decline"), server.post(&shown(&sent, "/decline")).by(&jane).send().await, 410);
    let bob = server.person("bob@example.com").await;
    let made = invite().key("bob").json(json!({ "email": "bob@example.com", "role": "viewer" }));
    // Two keys are none.
    check("post", &format!("{one}/members/invite"), made.send().await, 400);
    let made = server.post(&format!("{path}/members/invite")).json(json!({ "email": bob.email, "role": "viewer" }));
    let made = made.send().await.expect(201);
    check("post", &format!("{link}/decline"), server.post(&shown(&made, "/decline")).by(&bob).send().await, 204);
    let made = server.post(&format!("{path}/members/invite")).json(json!({ "email": bob.email, "role": "viewer" }));
    let made = made.send().await.expect(201);
    let its = format!("{path}/invitations/{}", made.id());
    check("delete", &single, server.delete(&its).send().await, 204);
    check("delete", &single, server.delete(&its).send().await, 404);
    assert_eq!(checked, operations(&openapi, &["members", "invitations", "roles"]), "an operation is not checked");
}
