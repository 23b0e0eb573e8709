//! What keys may do: what they were given, as far as their owner may do it now.

use serde_json::{Value, json};

use super::{Made, SELF, create, create_with, owned, path, personal, teams};
use crate::support::{Person, Request, Server};

both!(
    a_key_sheds_nothing_that_binds_it,
    a_key_has_what_it_was_given,
    nobody_gives_what_they_lack,
    a_key_makes_no_key_that_has_more,
    a_key_with_less_is_told_as_much,
    a_key_keeps_its_own_limits,
    the_classic_door_is_no_way_around,
    a_bound_token_s_keys_are_bound_as_well,
);

/// What a credential may do in an organization: read its teams, write them, read its members.
async fn may(server: &Server, key: &str, org: &str) -> [u16; 3] {
    let name = format!("Team {}", uuid::Uuid::now_v7());
    let read = server.get(&teams(org)).bearer(key).send().await.status;
    let write = server.post(&teams(org)).bearer(key).json(json!({ "name": name })).send().await.status;
    let members = server.get(&format!("/api/v1/organizations/{org}/members")).bearer(key).send().await.status;
    [read, write, members]
}

async fn a_key_has_what_it_was_given(server: Server) {
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let body = json!({ "user_email": jane.email, "role": "developer" });
    server.post("/api/v1/organizations/globex/users").json(body).send().await.expect(201);
    let id = server.get("/api/v1/organizations/acme").send().await.id().to_owned();
    for (scopes, in_acme, in_globex) in [
        (vec!["*:*"], [200, 201, 200], [200, 403, 200]),
        (vec!["org:acme:*"], [200, 201, 200], [403, 403, 403]),
        (vec!["org:acme:teams:*"], [200, 201, 403], [403, 403, 403]),
        (vec!["org:acme:teams:read"], [200, 403, 403], [403, 403, 403]),
        (vec!["org:acme:teams:write"], [403, 201, 403], [403, 403, 403]),
        (vec!["org:acme:members:read", "org:globex:*"], [403, 403, 200], [200, 403, 200]),
        (vec!["org:acme:teams:read", "org:globex:members:read"], [200, 403, 403], [403, 403, 200]),
    ] {
        let request = create(&server, &scopes).by(&jane);
        let made = request.send().await;
        if scopes.contains(&"org:globex:*") {
            // She does not have everything there.
            assert_eq!((made.status, &made["code"]), (403, &json!("exceeds_own_permissions")));
            continue;
        }
        let key = Made::from(made.expect(201)).key;
        assert_eq!(may(&server, &key, "acme").await, in_acme, "{scopes:?}");
        assert_eq!(may(&server, &key, &id).await, in_acme, "{scopes:?}");
        assert_eq!(may(&server, &key, "globex").await, in_globex, "{scopes:?}");
    }
    let read = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let write = server.post(&teams("acme")).bearer(&read.key).json(json!({ "name": "X" }));
    let refused = server.refuses(write, 403, "missing_permission").await;
    assert_eq!(refused["permission"], "teams:write");
    server.refuses(server.get(&teams("globex")).bearer(&read.key), 403, "not_a_member").await;
    let seeing = personal(&server, &jane, &["org:acme:organization:read", "org:acme:teams:read"]).await;
    assert_eq!(graphql(&server, &seeing, "teams { edges { node { id } } }").await["errors"], Value::Null);
    let refused = graphql(&server, &seeing, "members { edges { node { status } } }").await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "missing_permission", "{refused}");
}

async fn graphql(server: &Server, made: &Made, fields: &str) -> Value {
    let query = json!({ "query": format!("{{ organization(slug: \"acme\") {{ {fields} }} }}") });
    server.post("/graphql").bearer(&made.key).json(query).send().await.expect(200).json
}

async fn nobody_gives_what_they_lack(server: Server) {
    server.organization("acme").await;
    let role = json!({ "key": "maker", "name": "Maker", "permissions": ["api_keys:write_own", "teams:read"] });
    server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
    let maker = server.member("acme", "maker@example.com", "maker").await;
    for (scopes, lacking) in [
        (vec!["org:acme:teams:*"], vec!["teams:write"]),
        (vec!["org:acme:teams:read", "org:acme:members:read"], vec!["members:read"]),
        (vec!["org:acme:api_keys:*"], vec!["api_keys:read", "api_keys:write"]),
    ] {
        let refused = create(&server, &scopes).by(&maker);
        let refused = server.refuses(refused, 403, "exceeds_own_permissions").await;
        assert_eq!(refused["permissions"], json!(lacking), "{scopes:?}");
    }
    // Everything there is, is more than they have; everything they have is not.
    server.refuses(create(&server, &["org:acme:*"]).by(&maker), 403, "exceeds_own_permissions").await;
    let made = personal(&server, &maker, &["org:acme:teams:read", "org:acme:api_keys:write_own"]).await;
    assert_eq!(may(&server, &made.key, "acme").await, [200, 403, 403]);
    // Those who write an organization's keys give what they have, and *:* is everything there.
    let admin = server.member("acme", "boss@example.com", "admin").await;
    for scopes in [["*:*"], ["org:acme:*"], ["org:acme:organization:*"]] {
        let request = create_with(&server, &scopes, json!({ "organization": "acme" })).by(&admin);
        let refused = server.refuses(request, 403, "exceeds_own_permissions").await;
        assert_eq!(refused["permissions"], json!(["organization:delete"]));
    }
    let owner = server.member("acme", "owner@example.com", "owner").await;
    let request = create_with(&server, &["*:*"], json!({ "organization": "acme" })).by(&owner);
    let made = Made::from(request.send().await.expect(201));
    assert_eq!(may(&server, &made.key, "acme").await, [200, 201, 200]);
    // A key is not an owner, whoever made it.
    let member = server.member("acme", "member@example.com", "member").await;
    let transfer = json!({ "user_id": member.id });
    for key in [&made, &personal(&server, &owner, &["org:acme:*"]).await] {
        let transfer =
            server.post("/api/v1/organizations/acme/transfer-ownership").bearer(&key.key).json(transfer.clone());
        let refused = transfer.send().await;
        assert_eq!(refused.status, 403, "{refused}");
        let grant = json!({ "user_email": "member@example.com", "role": "owner" });
        let promote = server.patch(&format!("/api/v1/organizations/acme/members/{}", member.id)).bearer(&key.key);
        assert_eq!(promote.json(json!({ "role": "owner" })).send().await.status, 403);
        let add = server.post("/api/v1/organizations/acme/users").bearer(&key.key).json(grant).send().await;
        assert!(add.status == 403 || add.status == 409, "{add}");
    }
}

async fn a_key_makes_no_key_that_has_more(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "user_email": jane.email, "role": "admin" });
    server.organization("globex").await;
    server.post("/api/v1/organizations/globex/users").json(body).send().await.expect(201);
    let scopes = ["org:acme:teams:read", "org:acme:api_keys:write_own", "org:acme:api_keys:write"];
    let key = personal(&server, &jane, &scopes).await;
    let make = |scopes: &[&str], of: Option<&str>| {
        create_with(&server, scopes, json!({ "organization": of })).bearer(&key.key)
    };
    for of in [None, Some("acme")] {
        server.refuses(make(&["org:acme:teams:*"], of), 403, "exceeds_own_permissions").await;
        server.refuses(make(&["org:acme:*"], of), 403, "exceeds_own_permissions").await;
        let made = Made::from(make(&["org:acme:teams:read"], of).send().await.expect(201));
        assert_eq!(may(&server, &made.key, "acme").await, [200, 403, 403]);
        assert_eq!(made.reply["created_by"]["id"], json!(jane.id));
    }
    server.refuses(make(&["*:*"], None), 403, "person_required").await;
    server.refuses(make(&["*:*"], Some("acme")), 403, "exceeds_own_permissions").await;
    assert_eq!(server.refuses(make(&["org:globex:teams:read"], None), 422, "invalid").await.pointers(), ["/scopes"]);
    server.refuses(make(&["org:globex:teams:read"], Some("globex")), 403, "not_a_member").await;
    // It does not see, change or rotate the other keys of its owner, nor give itself more.
    let other = personal(&server, &jane, &["*:*"]).await;
    let wide = personal(&server, &jane, &["org:acme:teams:*"]).await;
    let elsewhere = personal(&server, &jane, &["org:globex:teams:read"]).await;
    for foreign in [&other, &wide, &elsewhere] {
        let of = |method: &str, action: &str| {
            server.request(method, &format!("{}{action}", path(&foreign.id))).bearer(&key.key)
        };
        server.refuses(of("GET", ""), 404, "api_key_not_found").await;
        server.refuses(of("PATCH", "").json(json!({ "name": "x" })), 404, "api_key_not_found").await;
        for action in ["/rotate", "/disable", "/enable", "/revoke"] {
            server.refuses(of("POST", action).json(json!({})), 404, "api_key_not_found").await;
        }
    }
    let more = server.patch(&path(&key.id)).bearer(&key.key).json(json!({ "scopes": ["org:acme:*"] }));
    server.refuses(more, 403, "exceeds_own_permissions").await;
    let more = server.patch(&path(&key.id)).bearer(&key.key).json(json!({ "scopes": ["*:*"] }));
    server.refuses(more, 403, "person_required").await;
    // What an organization's key makes is not more either, and a person answers for it.
    let keeper = owned(&server, "acme", &["org:acme:api_keys:*", "org:acme:teams:read"]).await;
    let make = |scopes: &[&str]| create_with(&server, scopes, json!({ "organization": "acme" })).bearer(&keeper.key);
    server.refuses(make(&["org:acme:teams:write"]), 403, "exceeds_own_permissions").await;
    let made = make(&["org:acme:teams:read"]).send().await.expect(201);
    assert_eq!(made["created_by"], keeper.reply["created_by"]);
    let strong = owned(&server, "acme", &["*:*"]).await;
    let rotate = server.post(&format!("{}/rotate", path(&strong.id))).bearer(&keeper.key).json(json!({}));
    server.refuses(rotate, 403, "exceeds_own_permissions").await;
    let own = create(&server, &["org:acme:teams:read"]).bearer(&keeper.key);
    server.refuses(own, 403, "person_required").await;
}

/// `/me` and the lists say what the credential carries, not what the person has.
async fn a_key_with_less_is_told_as_much(server: Server) {
    let jane: Person = super::acme(&server).await;
    let key = personal(&server, &jane, &["org:acme:organization:read", "org:acme:teams:read"]).await;
    let me = server.get("/api/v1/me").bearer(&key.key).send().await.expect(200);
    let memberships = me["memberships"].as_array().expect("memberships");
    assert_eq!(memberships.len(), 1, "{me}");
    assert_eq!(memberships[0]["permissions"], json!(["organization:read", "teams:read"]), "{me}");
    let list = server.get("/api/v1/organizations").bearer(&key.key).send().await.expect(200);
    assert_eq!(list.each("slug"), ["acme"]);
    let blind = personal(&server, &jane, &["org:acme:teams:read"]).await;
    assert_eq!(server.get("/api/v1/organizations").bearer(&blind.key).send().await.expect(200).json, json!([]));
    server.get(SELF).bearer(&blind.key).send().await.expect(200);
}

/// Whoever finds a key cannot make more of it than it is.
async fn a_key_keeps_its_own_limits(server: Server) {
    let jane = super::acme(&server).await;
    let limits = json!({ "ip_allowlist": ["127.0.0.1"], "rate_limit": { "requests": 100, "window_seconds": 60 } });
    for organization in [None, Some("acme")] {
        let mut body = limits.clone();
        body["organization"] = json!(organization);
        let key: Made = create_with(&server, &["org:acme:teams:*"], body).by(&jane).send().await.expect(201).into();
        let body = json!({ "organization": organization });
        let sibling: Made = create_with(&server, &["org:acme:teams:*"], body).by(&jane).send().await.expect(201).into();
        // An organization's key that has nothing to do with keys does not know of any.
        let (status, code) =
            if organization.is_none() { (403, "missing_permission") } else { (404, "api_key_not_found") };
        for target in [&key, &sibling] {
            for body in [json!({ "ip_allowlist": [] }), json!({ "rate_limit": null }), json!({ "name": "x" })] {
                let patch = server.patch(&path(&target.id)).bearer(&key.key).json(body);
                server.refuses(patch, status, code).await;
            }
            for action in ["rotate", "disable", "enable", "revoke"] {
                let request = server.post(&format!("{}/{action}", path(&target.id))).bearer(&key.key).json(json!({}));
                server.refuses(request, status, code).await;
            }
        }
        // It may end itself all the same.
        server.post(&format!("{}/revoke-self", super::KEYS)).bearer(&key.key).send().await.expect(204);
    }
    let permission = ["org:acme:teams:*", "org:acme:api_keys:write_own"];
    let keeper = personal(&server, &jane, &permission).await;
    let other = personal(&server, &jane, &["org:acme:teams:read"]).await;
    // What that one has is not in reach: the permission is for each organization that it names.
    let both =
        personal(&server, &jane, &["org:acme:teams:read", &format!("org:{}:teams:read", jane.organization)]).await;
    let rename = |id: &str| server.patch(&path(id)).bearer(&keeper.key).json(json!({ "name": "x" }));
    rename(&keeper.id).send().await.expect(200);
    server.refuses(rename(&both.id), 404, "api_key_not_found").await;
    rename(&other.id).send().await.expect(200);
}

async fn the_classic_door_is_no_way_around(server: Server) {
    let jane = super::acme(&server).await;
    let globex = server.organization("globex").await;
    let body = json!({ "user_email": jane.email, "role": "owner" });
    server.post("/api/v1/organizations/globex/users").json(body).send().await.expect(201);
    let scoped = personal(&server, &jane, &["org:acme:organization:read", "org:acme:teams:read"]).await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let organization = owned(&server, "acme", &["*:*"]).await;
    let names = async |key: &Made| {
        let list = server.get("/api/organizations").bearer(&key.key).send().await.expect(200);
        let mut names = list.each("name");
        names.sort_unstable();
        names
    };
    assert_eq!(names(&scoped).await, ["acme"]);
    assert_eq!(names(&organization).await, ["acme"]);
    assert_eq!(names(&everything).await.len(), 3);
    let of = |method: &str, path: &str, key: &Made| server.request(method, &format!("/api{path}")).bearer(&key.key);
    of("GET", "/organizations/acme/teams", &scoped).send().await.expect(200);
    for (method, path, status) in [
        ("POST", "/organizations/acme/teams", 403),
        ("PUT", "/organizations/acme", 403),
        ("DELETE", "/organizations/acme", 403),
        ("GET", &format!("/organizations/{}", globex.id()), 403),
        ("GET", "/organizations/globex/teams", 403),
        ("PUT", "/organizations/globex", 403),
        ("DELETE", "/organizations/globex", 403),
    ] {
        let request = of(method, path, &scoped);
        let request = if method.starts_with('P') { request.json(json!({ "name": "x" })) } else { request };
        let refused = request.send().await;
        assert_eq!(refused.status, status, "{method} {path}: {refused}");
    }
    let me = server.get("/api/me").bearer(&organization.key).send().await;
    assert_eq!(me.status, 403, "{me}");
}

/// A token that works for one organization makes keys for that one.
async fn a_bound_token_s_keys_are_bound_as_well(server: Server) {
    let jane = super::acme(&server).await;
    let home = format!("org:{}:*", jane.organization);
    let elsewhere = personal(&server, &jane, &[&home]).await;
    let everything = personal(&server, &jane, &["*:*"]).await;
    let switch = server.post("/api/v1/auth/switch").by(&jane).json(json!({ "organization": "acme" }));
    let tokens = switch.send().await.expect(200);
    let bound = tokens["access_token"].as_str().expect("a token");
    let made = Made::from(create(&server, &["org:acme:*"]).bearer(bound).send().await.expect(201));
    assert_eq!(may(&server, &made.key, "acme").await, [200, 201, 200]);
    server.refuses(create(&server, &["*:*"]).bearer(bound), 403, "person_required").await;
    server.refuses(create(&server, &[&home]).bearer(bound), 422, "invalid").await;
    let more = server.patch(&path(&made.id)).bearer(bound).json(json!({ "scopes": ["*:*"] }));
    server.refuses(more, 403, "person_required").await;
    for foreign in [&elsewhere, &everything] {
        server.refuses(server.get(&path(&foreign.id)).bearer(bound), 404, "api_key_not_found").await;
        let rotate = server.post(&format!("{}/rotate", path(&foreign.id))).bearer(bound).json(json!({}));
        server.refuses(rotate, 404, "api_key_not_found").await;
    }
    server.post(&format!("{}/rotate", path(&made.id))).bearer(bound).json(json!({})).send().await.expect(200);
}

async fn a_key_sheds_nothing_that_binds_it(server: Server) {
    let jane = super::acme(&server).await;
    let bound = json!({ "expires_in": "30d", "ip_allowlist": ["127.0.0.0/8"] });
    let scopes = ["org:acme:teams:read", "org:acme:api_keys:write_own"];
    let made = Made::from(create_with(&server, &scopes, bound).by(&jane).send().await.expect(201));
    let by_it = |request: Request| request.bearer(&made.key);
    let new = |more: Value| by_it(create_with(&server, &scopes[..1], more));
    for (more, pointer) in [
        (json!({ "ip_allowlist": ["127.0.0.1"] }), "/expires_at"),
        (json!({ "expires_in": "90d", "ip_allowlist": ["127.0.0.1"] }), "/expires_at"),
        (json!({ "expires_at": made.reply["expires_at"] }), "/ip_allowlist"),
        (json!({ "expires_at": made.reply["expires_at"], "ip_allowlist": ["0.0.0.0/0"] }), "/ip_allowlist"),
    ] {
        assert_eq!(server.refuses(new(more), 422, "invalid").await.pointers(), [pointer]);
    }
    new(json!({ "expires_at": made.reply["expires_at"], "ip_allowlist": ["127.0.0.1"] })).send().await.expect(201);
    let rotate = by_it(server.post(&format!("{}/rotate", path(&made.id)))).json(json!({ "expires_in": "never" }));
    assert_eq!(server.refuses(rotate, 422, "invalid").await.pointers(), ["/expires_at"]);
    let widen = by_it(server.patch(&path(&made.id))).json(json!({ "ip_allowlist": [] }));
    assert_eq!(server.refuses(widen, 422, "invalid").await.pointers(), ["/ip_allowlist"]);
    // She herself may.
    server.patch(&path(&made.id)).by(&jane).json(json!({ "ip_allowlist": [] })).send().await.expect(200);
}
