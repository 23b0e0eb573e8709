//! Who may read and write teams.

use serde_json::json;

use super::{path, team};
use crate::support::{Person, Request, Server};

both!(
    a_role_decides,
    a_role_of_the_organizations_own_decides,
    whoever_does_not_belong_learns_nothing,
    the_inactive_do_not_count
);

/// Everything that reads teams, and everything that writes them, without credentials.
fn requests(server: &Server, org: &str, id: &str, user: &str) -> (Vec<Request>, Vec<Request>) {
    let (all, one) = (path(org), format!("{}/{id}", path(org)));
    let classic = format!("/api/organizations/{org}/teams");
    let reads = vec![server.get(&all), server.get(&one), server.get(&classic)];
    let writes = vec![
        server.post(&all).json(json!({ "name": "new" })),
        server.post(&classic).json(json!({ "name": "classic" })),
        server.patch(&one).json(json!({ "name": "other" })),
        server.put(&format!("{one}/members/{user}")),
        server.delete(&format!("{one}/members/{user}")),
        server.delete(&one),
    ];
    (reads, writes)
}

async fn a_role_decides(server: Server) {
    server.organization("acme").await;
    for role in ["viewer", "member", "developer", "admin", "owner"] {
        let made = team(&server, "acme", &format!("of {role}")).await;
        let person = server.member("acme", &format!("{role}@acme.com"), role).await;
        let (reads, writes) = requests(&server, "acme", made.id(), &person.id);
        for read in reads {
            read.by(&person).send().await.expect(200);
        }
        // Who is in it is shown with name and address, as in the list of members.
        let members = server.get(&format!("{}/{}/members", path("acme"), made.id())).by(&person);
        if role == "viewer" {
            assert_eq!(server.refuses(members, 403, "missing_permission").await["permission"], "members:read");
        } else {
            members.send().await.expect(200);
        }
        for write in writes {
            let what = write.to_string();
            if ["admin", "owner"].contains(&role) {
                let reply = write.by(&person).send().await;
                assert!((200..300).contains(&reply.status), "{role}: {what}: {reply}");
            } else {
                let refused = server.refuses(write.by(&person), 403, "missing_permission").await;
                assert_eq!(refused["permission"], "teams:write", "{role}: {what}");
            }
        }
        for name in ["new", "classic"] {
            delete(&server, name).await;
        }
    }
}

/// Deletes the team of this name, if there is one.
async fn delete(server: &Server, name: &str) {
    let list = server.get(&path("acme")).send().await.expect(200);
    for row in list.json.as_array().expect("rows").iter().filter(|row| row["name"] == name) {
        let id = row["id"].as_str().expect("an id");
        server.delete(&format!("{}/{id}", path("acme"))).send().await.expect(204);
    }
}

async fn a_role_of_the_organizations_own_decides(server: Server) {
    server.organization("acme").await;
    let made = team(&server, "acme", "A").await;
    let roles = "/api/v1/organizations/acme/roles";
    for (key, permissions) in [("writer", json!(["teams:write"])), ("nobody", json!(["workspaces:read"]))] {
        let body = json!({ "key": key, "name": key, "permissions": permissions });
        server.post(roles).json(body).send().await.expect(201);
    }
    let writer = server.member("acme", "writer@example.com", "writer").await;
    let nobody = server.member("acme", "nobody@example.com", "nobody").await;
    let (reads, writes) = requests(&server, "acme", made.id(), &nobody.id);
    for read in reads {
        for person in [&writer, &nobody] {
            let refused = server.refuses(read.clone().by(person), 403, "missing_permission").await;
            assert_eq!(refused["permission"], "teams:read");
        }
    }
    for write in writes {
        server.refuses(write.clone().by(&nobody), 403, "missing_permission").await;
        let reply = write.by(&writer).send().await;
        assert!((200..300).contains(&reply.status), "{reply}");
    }
    // What a role loses, it has lost from the next request on.
    let lose = server.patch(&format!("{roles}/writer")).json(json!({ "permissions": ["teams:read"] }));
    lose.send().await.expect(200);
    let create = server.post(&path("acme")).json(json!({ "name": "late" }));
    server.refuses(create.by(&writer), 403, "missing_permission").await;
    server.get(&path("acme")).by(&writer).send().await.expect(200);
}

async fn whoever_does_not_belong_learns_nothing(server: Server) {
    server.organization("acme").await;
    let made = team(&server, "acme", "A").await;
    let outsider = server.person("out@example.com").await;
    let unknown = "0190163d-8694-739b-aea5-966c26f8ad91";
    for id in [made.id(), unknown] {
        let (reads, writes) = requests(&server, "acme", id, &outsider.id);
        for request in reads.into_iter().chain(writes) {
            server.refuses(request.clone().by(&outsider), 403, "not_a_member").await;
            server.refuses(request.anonymous(), 401, "not_authenticated").await;
        }
    }
    // A cursor of one caller does not work for another.
    team(&server, "acme", "B").await;
    let member = server.member("acme", "jane@example.com", "member").await;
    let next = server.get(&format!("{}?limit=1", path("acme"))).send().await.next().expect("a second page");
    server.refuses(server.get(&next).by(&member), 400, "invalid_cursor").await;
    let own = server.get(&format!("{}?limit=1", path("acme"))).by(&member).send().await.next();
    server.get(&own.expect("a second page")).by(&member).send().await.expect(200);
}

async fn the_inactive_do_not_count(server: Server) {
    server.organization("acme").await;
    let made = team(&server, "acme", "A").await;
    let one = format!("{}/{}", path("acme"), made.id());
    let people: Vec<Person> = {
        let mut people = Vec::new();
        for n in 0..3 {
            people.insert(0, server.member("acme", &format!("p{n}@example.com"), "admin").await);
        }
        people
    };
    let admin = &people[2];
    let member = |person: &Person| format!("/api/v1/organizations/acme/members/{}", person.id);
    // A suspended member can be put in, and counts when they are back.
    server.post(&format!("{}/suspend", member(&people[0]))).send().await.expect(200);
    for person in &people {
        server.put(&format!("{one}/members/{}", person.id)).by(admin).send().await.expect(200);
    }
    let shown = async || {
        let list = server.get(&format!("{one}/members?include=total")).by(admin).send().await.expect(200);
        let ids: Vec<_> = list.json.as_array().expect("rows").iter().map(|row| row["user"]["id"].clone()).collect();
        assert_eq!(list.header("x-total-count"), Some(ids.len().to_string().as_str()));
        let counts = [
            server.get(&one).send().await.expect(200)["member_count"].clone(),
            server.patch(&one).json(json!({})).send().await.expect(200)["member_count"].clone(),
            server.get(&path("acme")).send().await.expect(200).json[0]["member_count"].clone(),
        ];
        assert!(counts.iter().all(|count| *count == json!(ids.len())), "{counts:?} of {ids:?}");
        ids
    };
    let ids = |of: &[&Person]| of.iter().map(|person| json!(person.id)).collect::<Vec<_>>();
    assert_eq!(shown().await, ids(&[&people[1], &people[2]]));
    server.post(&format!("{}/reinstate", member(&people[0]))).send().await.expect(200);
    assert_eq!(shown().await, ids(&[&people[0], &people[1], &people[2]]), "the newest account first");
    // A member who leaves the organization is gone from its teams, and there again when they are back.
    server.delete(&member(&people[1])).send().await.expect(204);
    assert_eq!(shown().await, ids(&[&people[0], &people[2]]));
    let put = server.put(&format!("{one}/members/{}", people[1].id));
    server.refuses(put, 404, "member_not_found").await;
    server.post(&format!("{}/reinstate", member(&people[1]))).send().await.expect(200);
    assert_eq!(shown().await.len(), 3);
    // Pages.
    let mut seen = Vec::new();
    let mut next = Some(format!("{one}/members?limit=2"));
    while let Some(link) = next {
        let page = server.get(&link).send().await.expect(200);
        seen.extend(page.json.as_array().expect("rows").iter().map(|row| row["user"]["email"].clone()));
        next = page.next();
    }
    assert_eq!(seen, ["p2@example.com", "p1@example.com", "p0@example.com"].map(|email| json!(email)));
    server.deployment().assert_projections_verify();
}
