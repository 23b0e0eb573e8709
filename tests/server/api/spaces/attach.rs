//! Giving a space to an organization, and taking it from there.

use serde_json::json;

use super::{bring, one, space};
use crate::support::{Server, at_once};

both!(
    those_who_left_before_do_not_get_it_back,
    it_takes_those_who_manage_both,
    a_space_belongs_to_one_organization_at_most,
    of_two_at_once_one_gets_it,
    a_detached_space_belongs_to_its_members,
    requests_are_checked,
);

fn spaces_of(org: &str) -> String {
    format!("/api/v1/organizations/{org}/spaces")
}

async fn it_takes_those_who_manage_both(server: Server) {
    server.organization("acme").await;
    let made = space(&server, None, "data").await;
    let admin = server.member("acme", "admin@acme.example", "admin").await;
    let attach = server.post(&spaces_of("acme")).json(json!({ "space_id": made.id() }));
    // Nobody takes what they do not have.
    server.refuses(attach.clone().by(&admin), 404, "space_not_found").await;
    bring(&server, made.id(), &admin.id, "editor").await;
    server.refuses(attach.clone().by(&admin), 403, "missing_permission").await;
    bring(&server, made.id(), &admin.id, "admin").await;
    let member = server.member("acme", "member@acme.example", "developer").await;
    bring(&server, made.id(), &member.id, "admin").await;
    server.refuses(attach.clone().by(&member), 403, "missing_permission").await;
    let attached = attach.by(&admin).send().await.expect(200);
    assert_eq!(attached["organization"]["slug"], "acme");
    assert_eq!(server.get(&one("data")).send().await.expect(200)["organization"]["slug"], "acme");
    let detach = server.delete(&format!("{}/{}", spaces_of("acme"), made.id()));
    server.refuses(detach.clone().by(&member), 403, "missing_permission").await;
    detach.by(&admin).send().await.expect(204);
    assert_eq!(server.get(&one("data")).send().await.expect(200)["organization"], json!(null));
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.expect(200)["space_count"], 0);
    server.deployment().assert_projections_verify();
}

async fn a_space_belongs_to_one_organization_at_most(server: Server) {
    server.organization("acme").await;
    server.organization("beta").await;
    let made = space(&server, Some("acme"), "data").await;
    for org in ["acme", "beta"] {
        let attach = server.post(&spaces_of(org)).json(json!({ "space_id": made.id() }));
        server.refuses(attach, 409, "space_attached").await;
    }
    let elsewhere = server.delete(&format!("{}/{}", spaces_of("beta"), made.id()));
    server.refuses(elsewhere, 404, "space_not_found").await;
    server.delete(&format!("{}/{}", spaces_of("acme"), made.id())).send().await.expect(204);
    let again = server.delete(&format!("{}/{}", spaces_of("acme"), made.id()));
    server.refuses(again, 404, "space_not_found").await;
    server.post(&spaces_of("beta")).json(json!({ "space_id": made.id() })).send().await.expect(200);
}

async fn of_two_at_once_one_gets_it(server: Server) {
    for org in ["acme", "beta"] {
        server.organization(org).await;
    }
    let made = space(&server, None, "data").await;
    let attach = |n: usize| {
        let org = if n.is_multiple_of(2) { "acme" } else { "beta" };
        server.post(&spaces_of(org)).json(json!({ "space_id": made.id() })).send()
    };
    let replies = at_once((0..10).map(attach)).await;
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![409; 9]].concat());
    assert!(replies.iter().filter(|reply| reply.status == 409).all(|reply| reply["code"] == "space_attached"));
    server.deployment().assert_projections_verify();
}

async fn a_detached_space_belongs_to_its_members(server: Server) {
    server.organization("acme").await;
    let made = space(&server, Some("acme"), "data").await;
    let (owner, editor) = (
        server.member("acme", "owner@acme.example", "owner").await,
        server.member("acme", "editor@acme.example", "viewer").await,
    );
    bring(&server, made.id(), &editor.id, "editor").await;
    for person in [&owner, &editor] {
        server.get(&one("data")).by(person).send().await.expect(200);
    }
    server.delete(&format!("{}/{}", spaces_of("acme"), made.id())).by(&owner).send().await.expect(204);
    // The owner of the organization is nothing to it any more.
    server.refuses(server.get(&one("data")).by(&owner), 404, "space_not_found").await;
    assert_eq!(server.get(&one("data")).by(&editor).send().await.expect(200)["role"], "editor");
    // And it takes no membership of anything to be in it.
    server.delete(&format!("/api/v1/organizations/acme/members/{}", editor.id)).send().await.expect(204);
    server.get(&one("data")).by(&editor).send().await.expect(200);
    assert_eq!(server.get("/api/v1/spaces").by(&editor).send().await.expect(200).each("slug"), ["data"]);
}

async fn requests_are_checked(server: Server) {
    server.organization("acme").await;
    let made = space(&server, Some("acme"), "data").await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "space_id": null }), "/space_id"),
        (json!({ "space_id": "x" }), "/space_id"),
        (json!({ "space_id": "data" }), "/space_id"),
    ] {
        let refused = server.refuses(server.post(&spaces_of("acme")).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
    }
    let unknown = json!({ "space_id": "0190163d-8694-739b-aea5-966c26f8ad91" });
    server.refuses(server.post(&spaces_of("acme")).json(unknown), 404, "space_not_found").await;
    let stale = server.delete(&format!("{}/{}", spaces_of("acme"), made.id())).header("if-match", "\"v9-x\"");
    server.refuses(stale, 412, "version_mismatch").await;
    // A name where an id is asked for names nothing.
    server.refuses(server.delete(&format!("{}/data", spaces_of("acme"))), 404, "space_not_found").await;
}

async fn those_who_left_before_do_not_get_it_back(server: Server) {
    server.organization("acme").await;
    let made = space(&server, Some("acme"), "data").await;
    let (left, suspended, stays) = (
        server.member("acme", "left@acme.example", "member").await,
        server.member("acme", "suspended@acme.example", "member").await,
        server.member("acme", "stays@acme.example", "member").await,
    );
    for (person, role) in [(&left, "admin"), (&suspended, "editor"), (&stays, "viewer")] {
        bring(&server, made.id(), &person.id, role).await;
    }
    let admin = server.get("/api/v1/me").send().await.expect(200).id().to_owned();
    server.delete(&format!("{}/members/{admin}", one("data"))).send().await.expect(204);
    server.delete(&format!("/api/v1/organizations/acme/members/{}", left.id)).send().await.expect(204);
    server.post(&format!("/api/v1/organizations/acme/members/{}/suspend", suspended.id)).send().await.expect(200);
    // Whoever takes it manages it where nobody is left who does.
    let second = server.member("acme", "second@acme.example", "admin").await;
    server.delete(&format!("{}/{}", spaces_of("acme"), made.id())).by(&second).send().await.expect(204);
    for gone in [&left, &suspended] {
        server.refuses(server.get(&one("data")).by(gone), 404, "space_not_found").await;
        assert_eq!(server.get("/api/v1/spaces").by(gone).send().await.expect(200).json, json!([]));
    }
    for (person, role) in [(&stays, "viewer"), (&second, "admin")] {
        assert_eq!(server.get(&one("data")).by(person).send().await.expect(200)["role"], role);
    }
    server.deployment().assert_projections_verify();
}
