//! A person of every kind, and one of everything to ask for.

use serde_json::{Value, json};

use crate::support::{Person, Request, Server, people::PASSWORD};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    Anonymous,
    /// Signed in, and not a member. An invitation is waiting for this person.
    Outsider,
    Viewer,
    Member,
    Developer,
    /// A member of the organization who is an admin of the space.
    SpaceAdmin,
    Admin,
    Owner,
    Superadmin,
    /// The owner's API key for everything in the organization.
    KeyWithScope,
    /// The owner's API key for something else there.
    KeyWithoutScope,
}

pub const PRINCIPALS: [Principal; 11] = [
    Principal::Anonymous,
    Principal::Outsider,
    Principal::Viewer,
    Principal::Member,
    Principal::Developer,
    Principal::SpaceAdmin,
    Principal::Admin,
    Principal::Owner,
    Principal::Superadmin,
    Principal::KeyWithScope,
    Principal::KeyWithoutScope,
];

pub struct World {
    people: Vec<(Principal, Person)>,
    with_scope: String,
    without_scope: String,
    /// What stands for the segments of paths and the texts of bodies.
    names: Vec<(&'static str, String)>,
}

impl World {
    pub async fn new(server: &Server) -> Self {
        let owner = server.person("owner@example.com").await;
        let acme = json!({ "name": "Acme", "slug": "acme", "owner_email": "owner@example.com" });
        server.post("/api/v1/organizations").json(acme).send().await.expect(201);
        let outsider = server.person("outsider@example.com").await;
        let mut people = vec![(Principal::Owner, owner), (Principal::Outsider, outsider)];
        for (principal, role) in [
            (Principal::Viewer, "viewer"),
            (Principal::Member, "member"),
            (Principal::Developer, "developer"),
            (Principal::Admin, "admin"),
        ] {
            people.push((principal, server.member("acme", &format!("{role}@acme.example"), role).await));
        }
        people.push((Principal::SpaceAdmin, server.member("acme", "space-admin@acme.example", "member").await));
        let target = server.member("acme", "target@example.com", "viewer").await;
        let gone = server.member("acme", "gone@example.com", "viewer").await;
        let make = async |path: &str, body: Value| {
            server.post(&format!("/api/v1/organizations/acme/{path}")).json(body).send().await
        };
        make(&format!("members/{}/suspend", gone.id), json!({})).await.expect(200);
        let invitation = make("members/invite", json!({ "email": "outsider@example.com", "role": "viewer" })).await;
        let invitation = invitation.expect(201);
        make("roles", json!({ "key": "clerk", "name": "Clerk", "permissions": ["organization:read"] }))
            .await
            .expect(201);
        let team = make("teams", json!({ "name": "Engineering" })).await.expect(201);
        let workspace = make("workspaces", json!({ "name": "Lab" })).await.expect(201);
        let project = make("projects", json!({ "name": "Site" })).await.expect(201);
        let space = json!({ "name": "Analytics", "organization": "acme" });
        let space = server.post("/api/v1/spaces").json(space).send().await.expect(201);
        let in_space = [
            (&person(&people, Principal::Viewer).id, "viewer"),
            (&person(&people, Principal::Developer).id, "editor"),
            (&person(&people, Principal::SpaceAdmin).id, "admin"),
            (&target.id, "viewer"),
        ];
        for (user, role) in in_space {
            let member = server.put(&format!("/api/v1/spaces/{}/members/{user}", space.id()));
            member.json(json!({ "role": role })).send().await.expect(200);
        }
        let keep = async |kind: &str, body: Value| {
            server.post(&format!("/api/v1/spaces/{}/{kind}", space.id())).json(body).send().await.expect(201)
        };
        let product = keep("products", json!({ "name": "Orders" })).await;
        let consumer = keep("products", json!({ "name": "Sales" })).await;
        let body = json!({ "name": "Daily", "producer_id": product.id(), "consumer_id": consumer.id() });
        let contract = keep("contracts", body).await;
        let issue = keep("issues", json!({ "title": "It stops" })).await;
        let check = json!({ "name": "Dates", "product_id": product.id(), "severity": "error" });
        let check = keep("quality", check).await;
        let result = server.post(&format!("/api/v1/quality/{}/results", check.id()));
        result.json(json!({ "outcome": "passed" })).send().await.expect(201);
        let owner = &people[0].1;
        let own_space = json!({ "name": "Private" });
        let own_space = server.post("/api/v1/spaces").by(owner).json(own_space).send().await.expect(201);
        let key = async |scope: &str| {
            let body = json!({ "name": "key", "scopes": [scope] });
            let made = server.post("/api/v1/api-keys").by(owner).json(body).send().await.expect(201);
            made["key"].as_str().expect("a key").to_owned()
        };
        let (with_scope, without_scope) = (key("org:acme:*").await, key("org:acme:sso:read").await);
        let body = json!({ "name": "key", "organization": "acme", "scopes": ["org:acme:projects:read"] });
        let of_acme = server.post("/api/v1/api-keys").json(body).send().await.expect(201);
        let names = vec![
            ("{api_key}", of_acme.id().to_owned()),
            ("{shown_key}", of_acme["key"].as_str().expect("a key").to_owned()),
            ("{org}", "acme".to_owned()),
            ("{role}", "clerk".to_owned()),
            ("{code}", "not_found".to_owned()),
            ("{user_id}", target.id.clone()),
            ("{gone}", gone.id),
            ("{invitation}", invitation.id().to_owned()),
            ("{token}", invitation["token"].as_str().expect("a token").to_owned()),
            ("{team}", team.id().to_owned()),
            ("{workspace}", workspace.id().to_owned()),
            ("{project}", project.id().to_owned()),
            ("{space}", space.id().to_owned()),
            ("{space_id}", space.id().to_owned()),
            ("{own_space}", own_space.id().to_owned()),
            ("{product}", product.id().to_owned()),
            ("{consumer}", consumer.id().to_owned()),
            ("{contract}", contract.id().to_owned()),
            ("{issue}", issue.id().to_owned()),
            ("{check}", check.id().to_owned()),
            ("{number}", "1".to_owned()),
            ("{refresh}", target.refresh_token),
            ("{password}", PASSWORD.to_owned()),
        ];
        Self { people, with_scope, without_scope, names }
    }

    /// Puts what there is in the place of names.
    pub fn fill(&self, text: &str) -> String {
        let text = match text {
            // One name in the description, and different things behind it.
            "/api/v1/organizations/{org}/invitations/{id}" => "/api/v1/organizations/{org}/invitations/{invitation}",
            "/api/v1/organizations/{org}/invitations/{id}/resend" => {
                "/api/v1/organizations/{org}/invitations/{invitation}/resend"
            }
            "/api/v1/organizations/{org}/members/{user_id}/reinstate" => {
                "/api/v1/organizations/{org}/members/{gone}/reinstate"
            }
            text if text.starts_with("/api/v1/api-keys/{id}") => &text.replace("{id}", "{api_key}"),
            text if text.starts_with("/api/v1/products/{id}") => &text.replace("{id}", "{product}"),
            text if text.starts_with("/api/v1/contracts/{id}") => &text.replace("{id}", "{contract}"),
            text if text.starts_with("/api/v1/issues/{id}") => &text.replace("{id}", "{issue}"),
            text if text.starts_with("/api/v1/quality/{id}") => &text.replace("{id}", "{check}"),
            text if text.starts_with("/api/organizations/{id}") => &text.replace("{id}", "{org}"),
            text => &text.replace("{id}", "{user_id}"),
        };
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    pub fn json(&self, body: &str) -> Value {
        serde_json::from_str(&self.fill(body)).unwrap_or_else(|error| panic!("{body}: {error}"))
    }

    pub fn by(&self, principal: Principal, request: Request) -> Request {
        match principal {
            Principal::Superadmin => request,
            Principal::Anonymous => request.anonymous(),
            Principal::KeyWithScope => request.bearer(&self.with_scope),
            Principal::KeyWithoutScope => request.bearer(&self.without_scope),
            signed_in => request.by(person(&self.people, signed_in)),
        }
    }
}

fn person(people: &[(Principal, Person)], wanted: Principal) -> &Person {
    people.iter().find(|(known, _)| *known == wanted).map(|(_, person)| person).expect("a person")
}
