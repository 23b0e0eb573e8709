//! What becomes of keys when a member goes.

use serde_json::{Value, json};

use super::{Made, SELF, code, create_with, events_after, path, personal, verify};
use crate::support::{Request, Server};

both!(
    a_removed_member_s_keys_are_revoked,
    a_leaving_member_takes_their_keys_along,
    a_key_for_two_keeps_the_other,
    an_organization_s_keys_stay_unless_they_were_to_go,
    a_key_goes_with_a_member_only,
);

const MEMBERS: &str = "/api/v1/organizations/acme/members";

/// The types of the events of one request, sorted; there must not be others after this position.
async fn events_of(server: &Server, request: Request) -> Vec<String> {
    let head = server.head().await;
    let id = uuid::Uuid::now_v7().to_string();
    let done = request.header("x-request-id", &id).send().await.expect(204);
    let ledger = server.deployment().ledger().await;
    let of_it = format!("CAST(metadata AS text) LIKE '%{id}%'");
    let others = ledger.number(&format!("SELECT count(*) FROM events WHERE position > {head} AND NOT {of_it}")).await;
    let times = format!("SELECT count(DISTINCT recorded_at) FROM events WHERE position > {head}");
    assert_eq!((others, ledger.number(&times).await), (0, 1), "one append");
    ledger.close().await;
    let events = events_after(server, head).await;
    assert_eq!(events.last().map(|(_, position)| *position), Some(done.position()));
    let mut types: Vec<_> = events.into_iter().map(|(name, _)| name).collect();
    types.sort_unstable();
    types
}

async fn status(server: &Server, made: &Made) -> (Value, Value) {
    let shown = server.get(&path(&made.id)).send().await.expect(200);
    (shown["status"].clone(), shown["revocation_reason"].clone())
}

fn revoked() -> (Value, Value) {
    (json!("revoked"), json!("affiliation_changed"))
}

fn active() -> (Value, Value) {
    (json!("active"), Value::Null)
}

async fn a_removed_member_s_keys_are_revoked(server: Server) {
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "developer").await;
    let keys = [
        personal(&server, &joe, &["org:acme:teams:read"]).await,
        personal(&server, &joe, &["org:acme:teams:read", "org:acme:workspaces:*"]).await,
    ];
    let disabled = personal(&server, &joe, &["org:acme:teams:read"]).await;
    server.post(&format!("{}/disable", path(&disabled.id))).by(&joe).json(json!({})).send().await.expect(200);
    let over = personal(&server, &joe, &["org:acme:teams:read"]).await;
    server.post(&format!("{}/revoke", path(&over.id))).by(&joe).json(json!({})).send().await.expect(200);
    let everything = personal(&server, &joe, &["*:*"]).await;
    let hers = personal(&server, &jane, &["org:acme:*"]).await;
    let remove = || server.delete(&format!("{MEMBERS}/{}", joe.id)).by(&jane);
    let tried = server.delete(&format!("{MEMBERS}/{}?dry_run=true", joe.id)).by(&jane).send().await.expect(200);
    assert_eq!(tried["events"].as_array().map(Vec::len), Some(4), "{tried}");
    let types = events_of(&server, remove()).await;
    assert_eq!(types, ["ApiKeyRevoked", "ApiKeyRevoked", "ApiKeyRevoked", "MemberRemoved"]);
    for key in keys.iter().chain([&disabled]) {
        assert_eq!(status(&server, key).await, revoked());
        server.refuses(server.get(SELF).bearer(&key.key), 401, "api_key_revoked").await;
    }
    assert_eq!(status(&server, &over).await, (json!("revoked"), json!("unspecified")));
    // Everything that the person may do is less now.
    assert_eq!(status(&server, &everything).await, active());
    server.refuses(everything.reads(&server, "acme"), 403, "not_a_member").await;
    hers.reads(&server, "acme").send().await.expect(200);
    // The member may come back; the keys do not.
    let back = server.post(&format!("{MEMBERS}/{}/reinstate", joe.id)).send().await;
    assert!([200, 201].contains(&back.status), "{back}");
    everything.reads(&server, "acme").send().await.expect(200);
    server.refuses(keys[0].reads(&server, "acme"), 401, "api_key_revoked").await;
    let again = personal(&server, &joe, &["org:acme:teams:read"]).await;
    assert_eq!(events_of(&server, remove()).await, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!(status(&server, &again).await, revoked());
    server.deployment().assert_projections_verify();
}

async fn a_leaving_member_takes_their_keys_along(server: Server) {
    super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "developer").await;
    let key = personal(&server, &joe, &["org:acme:teams:read"]).await;
    let leave = server.post("/api/v1/organizations/acme/leave").by(&joe);
    assert_eq!(events_of(&server, leave).await, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!(status(&server, &key).await, revoked());
    assert_eq!(code(verify(&server, &key.key)).await, "REVOKED");
    // The alias of the route does the same.
    let ann = server.member("acme", "ann@example.com", "developer").await;
    let key = personal(&server, &ann, &["org:acme:teams:read"]).await;
    let remove = server.delete(&format!("/api/v1/organizations/acme/users/{}", ann.id));
    assert_eq!(events_of(&server, remove).await, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!(status(&server, &key).await, revoked());
    // Only suspending the member writes nothing.
    let eve = server.member("acme", "eve@example.com", "developer").await;
    let key = personal(&server, &eve, &["org:acme:teams:read"]).await;
    let head = server.head().await;
    server.post(&format!("{MEMBERS}/{}/suspend", eve.id)).send().await.expect(200);
    assert_eq!(events_after(&server, head).await.len(), 1);
    assert_eq!(status(&server, &key).await, active());
    // A suspended member can be removed, and it is the same.
    let remove = server.delete(&format!("{MEMBERS}/{}", eve.id));
    assert_eq!(events_of(&server, remove).await, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!(status(&server, &key).await, revoked());
}

async fn a_key_for_two_keeps_the_other(server: Server) {
    super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "developer").await;
    let home = format!("org:{}:*", joe.organization);
    let key = personal(&server, &joe, &["org:acme:teams:read", &home, "org:acme:workspaces:read"]).await;
    // What it may do elsewhere is nobody's business here.
    let tried = server.delete(&format!("{MEMBERS}/{}?dry_run=true", joe.id)).send().await.expect(200);
    assert!(!tried.to_string().contains(&joe.organization), "{tried}");
    let types = events_of(&server, server.delete(&format!("{MEMBERS}/{}", joe.id))).await;
    assert_eq!(types, ["ApiKeyWithdrawn", "MemberRemoved"]);
    assert_eq!(status(&server, &key).await, active());
    let own = server.get(SELF).bearer(&key.key).send().await.expect(200);
    assert_eq!(own["scopes"].as_array().map(Vec::len), Some(1), "{own}");
    key.reads(&server, &joe.organization).send().await.expect(200);
    server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
    // When the member comes back, it does not.
    let body = json!({ "user_email": joe.email, "role": "owner" });
    server.post("/api/v1/organizations/acme/users").json(body).send().await.expect(201);
    server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
    // A scope that is given later is taken as well.
    let more = json!({ "scopes": [home, "org:acme:teams:*"] });
    server.patch(&path(&key.id)).by(&joe).json(more).send().await.expect(200);
    key.reads(&server, "acme").send().await.expect(200);
    let types = events_of(&server, server.delete(&format!("{MEMBERS}/{}", joe.id))).await;
    assert_eq!(types, ["ApiKeyWithdrawn", "MemberRemoved"]);
    server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
}

async fn an_organization_s_keys_stay_unless_they_were_to_go(server: Server) {
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "admin").await;
    let make = async |word: Value| {
        let body = json!({ "organization": "acme", "on_creator_leave": word });
        Made::from(create_with(&server, &["org:acme:teams:read"], body).by(&joe).send().await.expect(201))
    };
    let (stays, goes, changed) = (make(Value::Null).await, make(json!("revoke")).await, make(json!("keep")).await);
    assert_eq!(stays.reply["on_creator_leave"], "keep");
    let hers = json!({ "organization": "acme", "on_creator_leave": "revoke" });
    let hers: Made = create_with(&server, &["*:*"], hers).by(&jane).send().await.expect(201).into();
    // Another person may decide so as well.
    let change = json!({ "on_creator_leave": "revoke" });
    server.patch(&path(&changed.id)).by(&jane).json(change).send().await.expect(200);
    let types = events_of(&server, server.delete(&format!("{MEMBERS}/{}", joe.id))).await;
    assert_eq!(types, ["ApiKeyRevoked", "ApiKeyRevoked", "MemberRemoved"]);
    for key in [&goes, &changed] {
        assert_eq!(status(&server, key).await, revoked());
    }
    for key in [&stays, &hers] {
        assert_eq!(status(&server, key).await, active());
        key.reads(&server, "acme").send().await.expect(200);
    }
    assert_eq!(server.get(&path(&stays.id)).send().await["created_by"]["id"], json!(joe.id));
}

/// If the creator is not a member, nobody would ever notice that they left.
async fn a_key_goes_with_a_member_only(server: Server) {
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "admin").await;
    let make = |bearer: &str, word: &str| {
        let body = json!({ "organization": "acme", "on_creator_leave": word });
        create_with(&server, &["org:acme:teams:read"], body).bearer(bearer)
    };
    let change = |id: &str| server.patch(&path(id)).by(&jane).json(json!({ "on_creator_leave": "revoke" }));
    let refused = async |request: Request| {
        assert_eq!(server.refuses(request, 422, "invalid").await.pointers(), ["/on_creator_leave"]);
    };
    // Superadmins are not members where they did not join.
    let globex = json!({ "name": "Globex", "slug": "globex", "owner_email": jane.email });
    server.post("/api/v1/organizations").json(globex).send().await.expect(201);
    let create = |word: &str| {
        let body = json!({ "organization": "globex", "on_creator_leave": word });
        create_with(&server, &["*:*"], body)
    };
    refused(create("revoke")).await;
    create("revoke").by(&jane).send().await.expect(201);
    let kept = Made::from(create("keep").send().await.expect(201));
    refused(change(&kept.id)).await;
    // What is not about that is changed as ever.
    server.patch(&path(&kept.id)).by(&jane).json(json!({ "name": "x" })).send().await.expect(200);

    let scopes = ["org:acme:api_keys:*", "org:acme:teams:read"];
    let maker = create_with(&server, &scopes, json!({ "organization": "acme" })).by(&joe).send().await.expect(201);
    let maker = Made::from(maker);
    let keeps = Made::from(make(&maker.key, "keep").send().await.expect(201));
    // Whoever is suspended can still go.
    let member = format!("{MEMBERS}/{}", joe.id);
    server.post(&format!("{member}/suspend")).send().await.expect(200);
    let goes = Made::from(make(&maker.key, "revoke").send().await.expect(201));
    let types = events_of(&server, server.delete(&member)).await;
    assert_eq!(types, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!(status(&server, &goes).await, revoked());
    refused(make(&maker.key, "revoke")).await;
    refused(change(&keeps.id)).await;
    let late = Made::from(make(&maker.key, "keep").send().await.expect(201));
    refused(change(&late.id)).await;
    assert_eq!(status(&server, &late).await, active());
    // As soon as the creator is back, it is possible again.
    let back = server.post(&format!("{member}/reinstate")).send().await;
    assert!([200, 201].contains(&back.status), "{back}");
    change(&late.id).send().await.expect(200);
    assert_eq!(events_of(&server, server.delete(&member)).await, ["ApiKeyRevoked", "MemberRemoved"]);
    assert_eq!((status(&server, &late).await, status(&server, &keeps).await), (revoked(), active()));
    // A person's own key goes with nobody.
    let own = json!({ "on_creator_leave": "revoke" });
    create_with(&server, &["*:*"], own).by(&jane).send().await.expect(201);
}
