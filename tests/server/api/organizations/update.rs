//! `PATCH /api/v1/organizations/{org}`.

use serde_json::{Value, json};

use crate::support::{Server, at_once};

both!(fields_that_are_absent_stay, metadata_is_merged, the_plan_changes_the_limits, many_at_once_all_take_effect);

const PATH: &str = "/api/v1/organizations";

async fn fields_that_are_absent_stay(server: Server) {
    let made = server.organization("acme").await;
    let path = format!("{PATH}/{}", made.id());
    let all = json!({
        "name": "B", "description": "text", "domain": "b.example", "billing_email": "Bills@B.example", "jwt_expiry_secs": 60,
        "settings": { "timezone": "Europe/Berlin", "locale": "en-GB", "logo_url": "https://b.example/logo.png" },
        "metadata": { "tier": "gold" },
    });
    let patched = server.patch(&path).json(all.clone()).send().await.expect(200);
    let mut expected = made.json.clone();
    for (name, value) in all.as_object().expect("an object") {
        expected[name] = value.clone();
    }
    expected["updated_at"] = patched["updated_at"].clone();
    assert_eq!(patched.json, expected);
    assert_eq!(server.get("/api/v1/organizations/acme").send().await.json, expected);
    assert!(patched["updated_at"].as_str() > made["updated_at"].as_str());

    let patched = server
        .patch(&path)
        .json(json!({ "settings": { "locale": null }, "jwt_expiry_secs": 86_400 }))
        .send()
        .await
        .expect(200);
    assert_eq!(
        patched["settings"],
        json!({ "timezone": "Europe/Berlin", "locale": null, "logo_url": "https://b.example/logo.png" })
    );
    assert_eq!((&patched["description"], &patched["jwt_expiry_secs"]), (&json!("text"), &json!(86_400)));

    let cleared = json!({ "description": null, "domain": null, "billing_email": null });
    let patched = server.patch(&path).json(cleared).send().await.expect(200);
    for field in ["description", "domain", "billing_email"] {
        assert_eq!(patched[field], Value::Null, "{field}");
    }
    assert_eq!(patched["name"], "B");
}

async fn metadata_is_merged(server: Server) {
    server.organization("acme").await;
    let patch = async |metadata: Value| {
        let request = server.patch(&format!("{PATH}/acme")).json(json!({ "metadata": metadata }));
        request.send().await.expect(200)["metadata"].clone()
    };
    assert_eq!(patch(json!({ "a": "1", "b": "2" })).await, json!({ "a": "1", "b": "2" }));
    assert_eq!(patch(json!({ "b": null, "c": "" })).await, json!({ "a": "1", "c": "" }));
    assert_eq!(patch(json!({ "unknown": null })).await, json!({ "a": "1", "c": "" }));
    assert_eq!(patch(json!({})).await, json!({ "a": "1", "c": "" }));
    let fill: serde_json::Map<_, _> = (0..48).map(|n| (format!("k.{n}"), json!("v".repeat(500)))).collect();
    assert_eq!(patch(Value::Object(fill)).await.as_object().map(serde_json::Map::len), Some(50));
    let one_more = server.patch(&format!("{PATH}/acme")).json(json!({ "metadata": { "more": "x" } }));
    assert_eq!(server.refuses(one_more, 422, "invalid").await.pointers(), ["/metadata"]);
}

async fn the_plan_changes_the_limits(server: Server) {
    server.organization("acme").await;
    let path = format!("{PATH}/acme");
    let head = server.head().await;
    let pro = server.patch(&path).json(json!({ "plan": "pro", "name": "Pro" })).send().await.expect(200);
    assert_eq!((&pro["plan"], &pro["name"]), (&json!("pro"), &json!("Pro")));
    assert_eq!((&pro["limits"]["max_members"], &pro["limits"]["max_runtime_hours"]), (&json!(250), &json!(1000.0)));
    assert_eq!((pro.position(), pro.version()), (head + 2, server.get(&path).send().await.version()));
    let free = server.patch(&path).json(json!({ "plan": "free" })).send().await.expect(200);
    assert_eq!(free["limits"]["max_members"], 25);
}

async fn many_at_once_all_take_effect(server: Server) {
    let path = format!("{PATH}/acme");
    let first = server.organization("acme").await;
    let patch = |n: usize| server.patch(&path).json(json!({ "metadata": { format!("k{n}"): "v" } })).send();
    for reply in at_once((0..40).map(patch)).await {
        reply.expect(200);
    }
    let last = server.get(&path).send().await;
    assert_eq!(last["metadata"].as_object().map(serde_json::Map::len), Some(40));
    assert_eq!(last.version(), first.version() + 40);
    assert_eq!(server.head().await, first.position() + 40);
}
