//! What the lists over all organizations show is what each organization shows by itself: the rule that stands in their
//! statements is the one of the decision function.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{path, project};
use crate::support::{Person, Request, Server};

both!(the_lists_over_all_organizations_show_what_each_one_shows, a_token_that_is_bound_reaches_one);

const ORGANIZATIONS: [&str; 3] = ["active", "suspended", "deleted"];
const PLACES: [&str; 10] =
    ["owner", "admin", "developer", "member", "viewer", "reader", "stranger", "everything", "paused", "removed"];

/// Somebody of every kind in each of the organizations, whose status is then as their names say.
async fn people(server: &Server) -> Vec<Person> {
    let mut people = Vec::new();
    for place in PLACES {
        people.push(server.person(&format!("{place}@people.example")).await);
    }
    for org in ORGANIZATIONS {
        server.organization(org).await;
        project(server, org, &format!("of-{org}")).await;
        let all = format!("/api/v1/organizations/{org}");
        for (key, permissions) in [
            ("reader", json!(["projects:read"])),
            // Like enough to be taken for it.
            ("stranger", json!(["projects:write", "workspaces:read"])),
            ("everything", json!(["*"])),
        ] {
            let role = json!({ "key": key, "name": key, "permissions": permissions });
            server.post(&format!("{all}/roles")).json(role).send().await.expect(201);
        }
        for (place, person) in PLACES.iter().zip(&people) {
            let role = if ["paused", "removed"].contains(place) { "owner" } else { place };
            let body = json!({ "user_email": person.email, "role": role });
            server.post(&format!("{all}/users")).json(body).send().await.expect(201);
            let member = format!("{all}/members/{}", person.id);
            match *place {
                "paused" => drop(server.post(&format!("{member}/suspend")).send().await.expect(200)),
                "removed" => drop(server.delete(&member).send().await.expect(204)),
                _ => {}
            }
        }
    }
    server.post("/api/v1/organizations/suspended/suspend").json(json!({})).send().await.expect(200);
    server.delete("/api/v1/organizations/deleted").send().await.expect(204);
    people
}

/// The names of the rows, without those of personal organizations.
fn listed(rows: &Value, name: impl Fn(&Value) -> &Value) -> BTreeSet<String> {
    let names = rows.as_array().expect("rows").iter().map(|row| name(row).as_str().expect("a slug").to_owned());
    names.filter(|name| ORGANIZATIONS.contains(&name.as_str())).collect()
}

async fn the_lists_over_all_organizations_show_what_each_one_shows(server: Server) {
    let people = people(&server).await;
    for (place, person) in PLACES.iter().zip(&people) {
        let shown = async |request: Request| request.by(person).send().await.status == 200;
        let (mut projects, mut organizations) = (BTreeSet::new(), BTreeSet::new());
        for org in ORGANIZATIONS {
            if shown(server.get(&path(org))).await {
                projects.insert(org.to_owned());
            }
            if shown(server.get(&format!("/api/v1/organizations/{org}"))).await {
                organizations.insert(org.to_owned());
            }
        }
        let list = async |path: &str| server.get(path).by(person).send().await.expect(200).json;
        let all = list("/api/v1/projects").await;
        assert_eq!(listed(&all, |row| &row["organization"]["slug"]), projects, "projects of {place}");
        let mut all = listed(&list("/api/v1/organizations").await, |row| &row["slug"]);
        all.extend(listed(&list("/api/v1/organizations?status=deleted").await, |row| &row["slug"]));
        assert_eq!(all, organizations, "organizations of {place}");
        assert_eq!(projects.len(), usize::from(!["stranger", "paused", "removed"].contains(place)), "{place}");
    }
}

async fn a_token_that_is_bound_reaches_one(server: Server) {
    for org in ["acme", "beta"] {
        server.organization(org).await;
        project(&server, org, &format!("of-{org}")).await;
    }
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let body = json!({ "user_email": jane.email, "role": "owner" });
    server.post("/api/v1/organizations/beta/users").json(body).send().await.expect(201);
    let switch = server.post("/api/v1/auth/switch").json(json!({ "organization": "acme" })).by(&jane);
    let bound = switch.send().await.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let list = async |query: &str| {
        server.get(&format!("/api/v1/projects{query}")).bearer(&bound).send().await.expect(200).each("slug")
    };
    assert_eq!(list("").await, ["of-acme"]);
    assert_eq!(list("?organization=acme").await, ["of-acme"]);
    assert!(list("?organization=beta").await.is_empty());
    server.refuses(server.get(&path("beta")).bearer(&bound), 403, "not_a_member").await;
}
