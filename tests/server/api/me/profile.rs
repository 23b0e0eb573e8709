//! Who the caller is.

use serde_json::{Value, json};

use crate::support::Server;

both!(
    people_see_where_they_belong,
    memberships_have_pages_when_they_are_asked_for,
    a_profile_is_changed_in_parts,
    a_change_holds_to_a_version,
    nobody_changes_what_is_not_theirs_to_change,
    the_classic_door_shows_five_fields,
);

const ME: &str = "/api/v1/me";

async fn people_see_where_they_belong(server: Server) {
    let jane = server.person("jane@example.com").await;
    let acme = server.post("/api/v1/organizations").by(&jane).json(json!({ "name": "Acme", "slug": "acme" }));
    let acme = acme.send().await.expect(201);
    let me = server.get(ME).by(&jane).send().await.expect(200);
    assert_eq!(
        me.keys(),
        [
            "created_at",
            "email",
            "id",
            "is_superadmin",
            "memberships",
            "name",
            "organization",
            "organization_id",
            "session_id"
        ]
    );
    assert_eq!((me.id(), &me["email"], &me["name"]), (jane.id.as_str(), &json!("jane@example.com"), &json!("Jane")));
    assert_eq!((&me["is_superadmin"], &me["organization_id"]), (&json!(false), &Value::Null));
    let memberships = me["memberships"].as_array().expect("memberships");
    assert_eq!(memberships.len(), 2);
    assert_eq!(
        (&memberships[0]["organization"]["id"], &memberships[0]["organization"]["is_personal"]),
        (&json!(jane.organization), &json!(true))
    );
    assert_eq!(
        memberships[1],
        json!({
            "organization": { "id": acme.id(), "name": "Acme", "slug": "acme", "status": "active", "is_personal": false },
            "role": { "key": "owner", "name": "Owner" }, "status": "active",
            "permissions": memberships[1]["permissions"], "joined_at": memberships[1]["joined_at"],
        })
    );
    // Written out: callers who ask what they may do need not know what a wildcard stands for.
    let permissions = memberships[1]["permissions"].as_array().expect("permissions");
    assert!(permissions.contains(&json!("organization:delete")) && !permissions.contains(&json!("*")));
    server.get(ME).by(&jane).header("if-none-match", me.etag()).send().await.expect(304);
    server.delete("/api/v1/organizations/acme").by(&jane).send().await.expect(204);
    let me = server.get(ME).by(&jane).send().await.expect(200);
    assert_eq!(me["memberships"].as_array().map(Vec::len), Some(1));

    // With Basic there is no session.
    let admin = server.get(ME).send().await.expect(200);
    assert_eq!((&admin["is_superadmin"], &admin["session_id"]), (&json!(true), &Value::Null));
}

async fn memberships_have_pages_when_they_are_asked_for(server: Server) {
    let jane = server.person("jane@example.com").await;
    for n in 0..4 {
        let body = json!({ "name": format!("Org {n}"), "slug": format!("org-{n}") });
        server.post("/api/v1/organizations").by(&jane).json(body).send().await.expect(201);
    }
    // What is deleted leaves no hole in a page.
    server.delete("/api/v1/organizations/org-1").by(&jane).send().await.expect(204);
    let slugs = |me: &Value| -> Vec<String> {
        let rows = me["memberships"].as_array().expect("memberships");
        rows.iter().map(|row| row["organization"]["slug"].as_str().expect("a slug").to_owned()).collect()
    };
    let all = server.get(ME).by(&jane).send().await.expect(200);
    assert_eq!((slugs(&all.json).len(), all.header("link")), (4, None));
    let (mut found, mut links) = (Vec::new(), vec![format!("{ME}?limit=2")]);
    for n in 0..2 {
        let page = server.get(&links[n]).by(&jane).send().await.expect(200);
        assert_eq!(page["email"], "jane@example.com");
        assert!(page.header("etag").is_some());
        found.extend(slugs(&page.json));
        links.extend(page.next());
    }
    assert_eq!((found, links.len()), (slugs(&all.json), 2));
    let joe = server.person("joe@example.com").await;
    server.refuses(server.get(&links[1]).by(&joe), 400, "invalid_cursor").await;
    for wrong in ["limit=0", "limit=101", "include=total"] {
        server.refuses(server.get(&format!("{ME}?{wrong}")).by(&jane), 422, "invalid").await;
    }
}

async fn a_profile_is_changed_in_parts(server: Server) {
    let jane = server.person("jane@example.com").await;
    let patch = |body: Value| server.patch(ME).by(&jane).json(body);
    let changed = patch(json!({ "name": " Jane Miller ", "organization": "Acme" })).send().await.expect(200);
    assert_eq!((&changed["name"], &changed["organization"]), (&json!("Jane Miller"), &json!("Acme")));
    let cleared = patch(json!({ "organization": null })).send().await.expect(200);
    assert_eq!((&cleared["name"], &cleared["organization"]), (&json!("Jane Miller"), &Value::Null));
    let head = server.head().await;
    for unchanged in [json!({}), json!({ "name": "Jane Miller" }), json!({ "organization": null })] {
        assert_eq!(patch(unchanged).send().await.expect(200).json, cleared.json);
    }
    let dry = server.patch(&format!("{ME}?dry_run=true")).by(&jane).json(json!({ "name": "Other" }));
    assert_eq!(dry.send().await.expect(200)["events"][0]["type"], "UserUpdated");
    assert_eq!(server.head().await, head);
    assert_eq!(server.get(ME).by(&jane).send().await["name"], "Jane Miller");
    // It is known as that elsewhere, and the session goes on.
    let user = server.get(&format!("/api/v1/users/{}", jane.id)).send().await.expect(200);
    assert_eq!(user["name"], "Jane Miller");
    let keyed = patch(json!({ "name": "Jane" })).key("k").send().await.expect(200);
    let again = patch(json!({ "name": "Jane" })).key("k").send().await.expect(200);
    assert!(again.is_replayed() && again.json == keyed.json);
    server.deployment().assert_projections_verify();
}

async fn a_change_holds_to_a_version(server: Server) {
    let jane = server.person("jane@example.com").await;
    let me = server.get(ME).by(&jane).send().await.expect(200);
    let patch = |name: &str| server.patch(ME).by(&jane).json(json!({ "name": name })).header("if-match", me.etag());
    let changed = patch("One").send().await.expect(200);
    assert_eq!(changed.version(), me.version() + 1);
    server.refuses(patch("Two"), 412, "version_mismatch").await;
}

async fn nobody_changes_what_is_not_theirs_to_change(server: Server) {
    let jane = server.person("jane@example.com").await;
    for field in ["id", "email", "is_superadmin", "status", "password", "memberships"] {
        let refused = server.refuses(server.patch(ME).by(&jane).json(json!({ field: true })), 422, "invalid").await;
        assert_eq!(refused.pointers(), [format!("/{field}")]);
    }
    let bad = json!({ "name": "", "organization": "x".repeat(256) });
    let refused = server.refuses(server.patch(ME).by(&jane).json(bad), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/name", "/organization"]);
    server.refuses(server.patch(ME).anonymous().json(json!({ "name": "x" })), 401, "not_authenticated").await;
    server.refuses(server.get(ME).anonymous(), 401, "not_authenticated").await;
}

async fn the_classic_door_shows_five_fields(server: Server) {
    let body = json!({
        "email": "jane@example.com", "password": crate::support::people::PASSWORD, "name": "Jane", "organization": "Acme",
    });
    let made = server.post("/api/v1/auth/signup").anonymous().json(body).send().await.expect(201);
    let token = made["tokens"]["access_token"].as_str().expect("a token").to_owned();
    let me = async || server.get("/api/me").bearer(&token).send().await.expect(200);
    let id = &made["user"]["id"];
    let expected =
        json!({ "id": id, "email": "jane@example.com", "name": "Jane", "organization": "Acme", "role": "admin" });
    assert_eq!(me().await.json, expected);
    let path = format!("/api/v1/organizations/{}", made["organization"]["id"].as_str().expect("an id"));
    server.patch(&path).bearer(&token).json(json!({ "name": "Globex" })).send().await.expect(200);
    assert_eq!(me().await["organization"], "Globex");
    server.delete(&path).bearer(&token).send().await.expect(204);
    let nowhere = me().await;
    assert_eq!((&nowhere["organization"], &nowhere["role"]), (&Value::Null, &json!("user")));
    let admin = server.get("/api/me").send().await.expect(200);
    assert_eq!((&admin["email"], &admin["role"]), (&json!("admin@example.com"), &json!("admin")));
    let refused = server.refuses(server.get("/api/me").anonymous(), 401, "not_authenticated").await;
    assert_eq!(refused["detail"], "Not authenticated");
}
