//! Whatever happened, every list shows what can be read one by one, in REST and in the graph.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ALL, one, space};
use crate::support::{Person, Request, Server};

both!(lists_and_decisions_agree_whatever_happened);

const SPACES: [&str; 4] = ["a", "b", "c", "d"];
const ROLES: [&str; 6] = ["owner", "admin", "developer", "member", "viewer", "clerk"];
const CLERK: [&[&str]; 4] =
    [&[], &["spaces:read"], &["catalog:read"], &["spaces:read", "spaces:write", "catalog:read"]];

/// Numbers that look random and are the same each time (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

struct World {
    server: Server,
    people: Vec<Person>,
    ids: Vec<String>,
    keys: Vec<String>,
}

impl World {
    async fn new(server: Server) -> Self {
        server.organization("acme").await;
        let role = json!({ "key": "clerk", "name": "Clerk", "permissions": [] });
        server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
        let mut ids = Vec::new();
        for slug in SPACES {
            let made = space(&server, None, slug).await;
            let product = json!({ "name": format!("of {slug}") });
            server.post(&format!("{}/products", one(slug))).json(product).send().await.expect(201);
            ids.push(made.id().to_owned());
        }
        let (mut people, mut keys) = (Vec::new(), Vec::new());
        for n in 0..3 {
            let person = server.member("acme", &format!("p{n}@acme.example"), "owner").await;
            let scope = ["org:acme:*", "org:acme:catalog:read", "org:acme:spaces:*"][n];
            let key = json!({ "name": "key", "scopes": [scope] });
            let key = server.post("/api/v1/api-keys").by(&person).json(key).send().await.expect(201);
            keys.push(key["key"].as_str().expect("a key").to_owned());
            people.push(person);
        }
        Self { server, people, ids, keys }
    }

    /// Something happens, or is refused.
    async fn happen(&self, numbers: &mut Numbers) {
        let acme = "/api/v1/organizations/acme";
        let person = &self.people[numbers.below(3)].id;
        let (slug, id) = (SPACES[numbers.below(4)], &self.ids[numbers.below(4)]);
        let request = match numbers.below(9) {
            0 => self.server.patch(&format!("{acme}/members/{person}")).json(json!({ "role": numbers.of(&ROLES) })),
            1 => self.server.post(&format!("{acme}/members/{person}/suspend")),
            2 => self.server.post(&format!("{acme}/members/{person}/reinstate")),
            3 | 4 => {
                let role = numbers.of(&["admin", "editor", "viewer"]);
                self.server.put(&format!("{}/members/{person}", one(slug))).json(json!({ "role": role }))
            }
            5 => self.server.delete(&format!("{}/members/{person}", one(slug))),
            6 => self.server.post(&format!("{acme}/spaces")).json(json!({ "space_id": id })),
            7 => self.server.delete(&format!("{acme}/spaces/{id}")),
            _ => {
                let permissions = numbers.of(&CLERK);
                self.server.patch(&format!("{acme}/roles/clerk")).json(json!({ "permissions": permissions }))
            }
        };
        let reply = request.send().await;
        assert!(reply.status < 500, "{reply}");
    }

    /// What one caller sees, asked in every way that there is.
    async fn check(&self, by: impl Fn(Request) -> Request, who: &str) {
        let server = &self.server;
        let (mut spaces, mut products) = (BTreeSet::new(), BTreeSet::new());
        let mut of_acme = BTreeSet::new();
        for slug in SPACES {
            let found = by(server.get(&one(slug))).send().await;
            if found.status == 200 {
                spaces.insert(slug.to_owned());
            }
            let kept = by(server.get(&format!("{}/products", one(slug)))).send().await;
            if kept.status == 200 {
                let organization = server.get(&one(slug)).send().await.expect(200)["organization"].clone();
                let names = kept.each("name");
                assert_eq!(names.len(), 1, "{who}");
                if organization != Value::Null {
                    of_acme.extend(names.clone());
                }
                products.extend(names);
            }
        }
        let listed: BTreeSet<_> = by(server.get(ALL)).send().await.expect(200).each("slug").into_iter().collect();
        assert_eq!(listed, spaces, "{who}");
        let graph = json!({ "query": "{ spaces { edges { node { slug } } } }" });
        let graph = by(server.post("/graphql")).json(graph).send().await.expect(200);
        let edges = graph["data"]["spaces"]["edges"].as_array().expect("edges").clone();
        let shown: BTreeSet<_> =
            edges.iter().filter_map(|edge| edge["node"]["slug"].as_str()).map(str::to_owned).collect();
        assert_eq!(shown, spaces, "{who}");
        let graph = json!({ "query": "{ organization(slug: \"acme\") { spaces { edges { node { slug } } } } }" });
        let graph = by(server.post("/graphql")).json(graph).send().await.expect(200);
        let rest = by(server.get("/api/v1/organizations/acme/spaces")).send().await;
        if let Some(edges) = graph["data"]["organization"]["spaces"]["edges"].as_array() {
            let shown: Vec<_> = edges.iter().filter_map(|edge| edge["node"]["slug"].as_str()).collect();
            assert_eq!(shown, rest.expect(200).each("slug"), "{who}");
        }
        // Members who may not read the catalog of their organization are told so.
        let across = by(server.get("/api/v1/organizations/acme/products")).send().await;
        let (listed, total) = match across.status {
            200 => (
                across.each("name").into_iter().collect(),
                by(server.get("/api/v1/organizations/acme/stats")).send().await.expect(200)["total_products"].clone(),
            ),
            status => {
                assert_eq!(status, 403, "{who}: {across}");
                (BTreeSet::new(), json!(0))
            }
        };
        assert_eq!((listed, total), (of_acme.clone(), json!(of_acme.len())), "{who}");
    }
}

async fn lists_and_decisions_agree_whatever_happened(server: Server) {
    let world = World::new(server).await;
    let mut numbers = Numbers(20_251_124);
    for step in 0..12 {
        for _ in 0..4 {
            world.happen(&mut numbers).await;
        }
        for (n, person) in world.people.iter().enumerate() {
            world.check(|request| request.by(person), &format!("person {n} after step {step}")).await;
            let key = &world.keys[n];
            world.check(|request| request.bearer(key), &format!("key {n} after step {step}")).await;
        }
    }
    world.server.deployment().assert_projections_verify();
}
