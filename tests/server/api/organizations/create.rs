//! `POST /api/v1/organizations`.

use serde_json::{Value, json};

use crate::support::{Server, at_once};

const PATH: &str = "/api/v1/organizations";

both!(
    answers_with_the_representation,
    every_field_is_kept,
    the_slug_is_derived_from_the_name,
    fifty_at_once_share_one_slug,
);

async fn answers_with_the_representation(server: Server) {
    let head = server.head().await;
    let acme = server.post(PATH).json(json!({ "name": "  Acme Corp ", "slug": "acme" })).send().await.expect(201);
    assert_eq!(acme.header("location"), Some(format!("{PATH}/{}", acme.id()).as_str()));
    assert_eq!((acme.position(), acme.version()), (head + 2, 1), "the organization and its default workspace");
    assert_eq!(acme.header("content-type"), Some("application/json"));
    assert_eq!((&acme["name"], &acme["slug"]), (&json!("Acme Corp"), &json!("acme")));
    assert_eq!(
        (&acme["status"], &acme["plan"], &acme["is_personal"]),
        (&json!("active"), &json!("free"), &json!(false))
    );
    assert_eq!(
        (&acme["owner"]["email"], &acme["is_owner"], &acme["role"]),
        (&json!("admin@example.com"), &json!(true), &json!("owner"))
    );
    assert_eq!((&acme["user_count"], &acme["workspace_count"]), (&json!(1), &json!(1)));
    assert_eq!(
        acme["limits"],
        json!({ "max_concurrent_agents": 5, "max_runtime_hours": 100.0, "max_workspaces": 5, "max_members": 25, "max_spaces": 10 })
    );
    assert_eq!(acme["usage"], json!({ "running_agents": 0, "runtime_hours": 0.0 }));
    assert_eq!((&acme["jwt_expiry_secs"], &acme["metadata"], &acme["spaces"]), (&json!(3600), &json!({}), &json!([])));
    assert_eq!(acme["created_at"], acme["updated_at"]);

    let read = server.get(acme.header("location").expect("a location")).send().await.expect(200);
    assert_eq!((read.json.clone(), read.etag()), (acme.json.clone(), acme.etag()));
}

async fn every_field_is_kept(server: Server) {
    let sent = json!({
        "name": "Ünïted 日本 & Söhne", "slug": "a-1", "description": "two\nlines", "domain": "Acme.COM", "plan": "enterprise",
        "owner_email": "Owner@Example.org",
    });
    let made = server.post(PATH).json(sent).send().await.expect(201);
    let made = server.get(&format!("{PATH}/{}", made.id())).send().await.expect(200);
    assert_eq!((&made["name"], &made["slug"]), (&json!("Ünïted 日本 & Söhne"), &json!("a-1")));
    assert_eq!(
        (&made["description"], &made["domain"], &made["plan"]),
        (&json!("two\nlines"), &json!("acme.com"), &json!("enterprise"))
    );
    assert_eq!((&made["owner"]["email"], &made["owner"]["name"]), (&json!("Owner@Example.org"), &Value::Null));
    assert_eq!((&made["is_owner"], &made["role"]), (&json!(false), &Value::Null), "a superadmin is not a member");
    assert_eq!(made["limits"]["max_members"], 100_000);
}

async fn the_slug_is_derived_from_the_name(server: Server) {
    let create = async |name: &str| {
        server.post(PATH).json(json!({ "name": name })).send().await.expect(201)["slug"]
            .as_str()
            .expect("a slug")
            .to_owned()
    };
    assert_eq!(create("Acme Corp").await, "acme-corp");
    for n in 2..=9 {
        assert_eq!(create("ACME  corp!").await, format!("acme-corp-{n}"));
    }
    let tenth = create("Acme Corp").await;
    let suffix = tenth.strip_prefix("acme-corp-").expect("a suffix");
    assert!(suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{tenth}");
    for nothing_is_left in ["日本", "---", "New"] {
        let slug = create(nothing_is_left).await;
        assert!(slug.strip_prefix("org-").is_some_and(|random| random.len() == 6), "{slug}");
    }
    let long = create(&"x".repeat(255)).await;
    assert_eq!(long, "x".repeat(63));
    assert_eq!(create(&"x".repeat(255)).await, format!("{}-2", "x".repeat(61)));
}

async fn fifty_at_once_share_one_slug(server: Server) {
    let head = server.head().await;
    let create = server.post(PATH).json(json!({ "name": "Acme", "slug": "acme" }));
    let mut replies = at_once((0..50).map(|_| create.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(201);
    for lost in &replies[1..] {
        assert_eq!((lost.status, &lost["code"]), (409, &json!("slug_taken")), "{lost}");
    }
    assert_eq!(server.head().await, head + 2);

    // Without a slug every creation gets a different one.
    let create = server.post(PATH).json(json!({ "name": "Acme" }));
    let made = at_once((0..20).map(|_| create.clone().send())).await;
    let mut slugs: Vec<_> = made.into_iter().map(|reply| reply.expect(201)["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 20, "{slugs:?}");
}
