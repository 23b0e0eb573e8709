//! What the lists over all organizations show is what each organization shows by itself: the rule that stands in their
//! statements is the one of the decision function.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{path, project};
use crate::support::{Person, Server};

both!(
    a_person_is_shown_what_each_organization_shows,
    a_key_is_shown_what_each_organization_shows,
    a_token_that_is_bound_reaches_one,
);

const ORGANIZATIONS: [&str; 3] = ["active", "suspended", "deleted"];
const PLACES: [&str; 10] =
    ["owner", "admin", "developer", "member", "viewer", "reader", "stranger", "everything", "paused", "removed"];

/// A person of every kind in each of the organizations.
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
    people
}

/// Makes the status of the organizations what their names say.
async fn settle(server: &Server) {
    server.post("/api/v1/organizations/suspended/suspend").json(json!({})).send().await.expect(200);
    server.delete("/api/v1/organizations/deleted").send().await.expect(204);
}

/// The names of the rows, without those of personal organizations.
fn listed(rows: &Value, name: impl Fn(&Value) -> &Value) -> BTreeSet<String> {
    let names = rows.as_array().expect("rows").iter().map(|row| name(row).as_str().expect("a slug").to_owned());
    names.filter(|name| ORGANIZATIONS.contains(&name.as_str())).collect()
}

/// The organizations whose projects a person is shown, and the organizations that they are shown: by the lists over all
/// of them, and one by one.
async fn shown(server: &Server, token: &str, who: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut projects, mut organizations) = (BTreeSet::new(), BTreeSet::new());
    for org in ORGANIZATIONS {
        for (path, shown) in [(path(org), &mut projects), (format!("/api/v1/organizations/{org}"), &mut organizations)]
        {
            if server.get(&path).bearer(token).send().await.status == 200 {
                shown.insert(org.to_owned());
            }
        }
    }
    let list = async |path: &str| server.get(path).bearer(token).send().await.expect(200).json;
    let all = list("/api/v1/projects").await;
    assert_eq!(listed(&all, |row| &row["organization"]["slug"]), projects, "projects of {who}");
    let mut all = listed(&list("/api/v1/organizations").await, |row| &row["slug"]);
    all.extend(listed(&list("/api/v1/organizations?status=deleted").await, |row| &row["slug"]));
    assert_eq!(all, organizations, "organizations of {who}");
    (projects, organizations)
}

async fn a_person_is_shown_what_each_organization_shows(server: Server) {
    let people = people(&server).await;
    settle(&server).await;
    for (place, person) in PLACES.iter().zip(&people) {
        let (projects, _) = shown(&server, &person.access_token, place).await;
        assert_eq!(projects.len(), usize::from(!["stranger", "paused", "removed"].contains(place)), "{place}");
    }
}

async fn a_key_is_shown_what_each_organization_shows(server: Server) {
    let owner = people(&server).await.swap_remove(0);
    let everywhere = |permission: &str| ORGANIZATIONS.map(|org| format!("org:{org}:{permission}"));
    let mut keys = Vec::new();
    for (name, organization, scopes, counts) in [
        ("everything", None, json!(["*:*"]), (1, 2)),
        ("all in each", None, json!(everywhere("*")), (1, 1)),
        ("reads projects", None, json!(everywhere("projects:read")), (1, 0)),
        ("writes projects", None, json!(everywhere("projects:write")), (0, 0)),
        ("reads elsewhere", None, json!(["org:suspended:*", "org:deleted:*"]), (0, 0)),
        ("reads itself", None, json!(everywhere("organization:read")), (0, 1)),
        ("of the organization", Some("active"), json!(["org:active:*"]), (1, 1)),
        ("of the organization, for teams", Some("active"), json!(["org:active:teams:read"]), (0, 0)),
    ] {
        let body = json!({ "name": name, "organization": organization, "scopes": scopes });
        let made = server.post("/api/v1/api-keys").json(body).by(&owner).send().await.expect(201);
        keys.push((name, made["key"].as_str().expect("a key").to_owned(), counts));
    }
    settle(&server).await;
    for (name, key, counts) in keys {
        let (projects, organizations) = shown(&server, &key, name).await;
        assert_eq!((projects.len(), organizations.len()), counts, "{name}");
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
