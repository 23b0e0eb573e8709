//! Values that are refused, when creating and when changing.

use serde_json::json;

use crate::support::Server;

both!(names_are_checked, slugs_are_checked, other_fields_are_checked);

const PATH: &str = "/api/v1/organizations";

async fn names_are_checked(server: Server) {
    server.organization("acme").await;
    for name in ["", "   ", "\t", &"ü".repeat(256), "a\u{0}b", "a\nb", "a\u{7f}b", "a\u{85}b", "a\u{1b}[0m"] {
        let body = json!({ "name": name });
        for request in [
            server.post(PATH),
            server.patch(&format!("{PATH}/acme")),
            server.post("/api/organizations"),
            server.put("/api/organizations/acme"),
        ] {
            let refused = server.refuses(request.json(body.clone()), 422, "invalid").await;
            assert_eq!(refused.pointers(), ["/name"], "{name:?}");
        }
    }
    for name in ["x".to_owned(), "ü".repeat(255), format!("  {}  ", "日".repeat(255)), "👩‍🚀 \u{301}".to_owned()]
    {
        let made = server.post(PATH).json(json!({ "name": name })).send().await.expect(201);
        assert_eq!(made["name"], name.trim());
    }
}

async fn slugs_are_checked(server: Server) {
    server.organization("acme").await;
    let too_long = "a".repeat(64);
    for slug in [
        "",
        "-a",
        "a-",
        "a--b",
        "A",
        "Acme",
        "a_b",
        "a b",
        "a.b",
        "ä",
        " a",
        "a\u{0}",
        "new",
        "me",
        "api",
        "settings",
        "members",
        "billing",
        "admin",
        "docs",
        "graphql",
        "invite",
        "0190163d-8694-739b-aea5-966c26f8ad91",
        "0190163d8694739baea5966c26f8ad91",
        too_long.as_str(),
    ] {
        let create = server.post(PATH).json(json!({ "name": "x", "slug": slug }));
        assert_eq!(server.refuses(create, 422, "invalid").await.pointers(), ["/slug"], "{slug:?}");
        let change = server.post(&format!("{PATH}/acme/slug")).json(json!({ "slug": slug }));
        assert_eq!(server.refuses(change, 422, "invalid").await.pointers(), ["/slug"], "{slug:?}");
    }
    for slug in ["a", "0", "a-b-c", "news", &"a".repeat(63)] {
        let made = server.post(PATH).json(json!({ "name": "x", "slug": slug })).send().await.expect(201);
        assert_eq!(server.get(&format!("{PATH}/{slug}")).send().await.expect(200).id(), made.id());
    }
}

async fn other_fields_are_checked(server: Server) {
    server.organization("acme").await;
    let long = "x".repeat(2001);
    for (field, value) in [
        ("description", json!(long)),
        ("description", json!("a\u{0}")),
        ("domain", json!("acme")),
        ("domain", json!("-x.com")),
        ("domain", json!("a b.com")),
        ("domain", json!("https://acme.com")),
        ("plan", json!("gold")),
        ("plan", json!("")),
    ] {
        for request in [server.post(PATH), server.patch(&format!("{PATH}/acme"))] {
            let refused = server.refuses(request.json(json!({ "name": "x", field: value })), 422, "invalid").await;
            assert_eq!(refused.pointers(), [format!("/{field}")], "{value}");
        }
    }
    for email in
        ["", "jane", "@example.com", "jane@", "jane@example", "a b@example.com", "a@b@", "jane@example.com\u{0}"]
    {
        let create = server.post(PATH).json(json!({ "name": "x", "owner_email": email }));
        assert_eq!(server.refuses(create, 422, "invalid").await.pointers(), ["/owner_email"], "{email}");
        let patch = server.patch(&format!("{PATH}/acme")).json(json!({ "billing_email": email }));
        assert_eq!(server.refuses(patch, 422, "invalid").await.pointers(), ["/billing_email"], "{email}");
    }
    let pair = |key: &str, value: &str| json!({ "metadata": { key: value } });
    let (key, value) = ("k".repeat(41), "v".repeat(501));
    for (body, pointer) in [
        (json!({ "jwt_expiry_secs": 59 }), "/jwt_expiry_secs"),
        (json!({ "jwt_expiry_secs": 86_401 }), "/jwt_expiry_secs"),
        (json!({ "jwt_expiry_secs": -1 }), "/jwt_expiry_secs"),
        (json!({ "settings": { "timezone": "berlin" } }), "/settings/timezone"),
        (json!({ "settings": { "locale": "english please" } }), "/settings/locale"),
        (json!({ "settings": { "logo_url": "http://example.com/x.png" } }), "/settings/logo_url"),
        (json!({ "settings": { "logo_url": "javascript:alert(1)" } }), "/settings/logo_url"),
        (pair("", "x"), "/metadata/"),
        (pair("a b", "x"), "/metadata/a b"),
        (pair("a/b~c", "x"), "/metadata/a~1b~0c"),
        (pair(&key, "x"), &format!("/metadata/{key}")),
        (pair("k", &value), "/metadata/k"),
        (pair("k", "a\u{0}"), "/metadata/k"),
    ] {
        let patch = server.patch(&format!("{PATH}/acme")).json(body);
        assert_eq!(server.refuses(patch, 422, "invalid").await.pointers(), [pointer]);
    }
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    let patch = server.patch(&format!("{PATH}/acme")).json(json!({ "metadata": many }));
    assert_eq!(server.refuses(patch, 422, "invalid").await.pointers(), ["/metadata"]);
}
