//! `PATCH /api/v1/organizations/{org}/limits`.

use serde_json::{Value, json};

use crate::support::Server;

both!(limits_override_the_plan, limits_are_checked);

const PATH: &str = "/api/v1/organizations/acme/limits";

async fn limits_override_the_plan(server: Server) {
    let made = server.organization("acme").await;
    let patch = async |body: Value| server.patch(PATH).json(body).send().await.expect(200)["limits"].clone();
    let mut expected = made["limits"].clone();
    // Above the plan's maximum, because a superadmin asks; and below what is in use.
    for (field, value) in [
        ("max_concurrent_agents", json!(100)),
        ("max_concurrent_agents", json!(1)),
        ("max_runtime_hours", json!(0.0)),
        ("max_runtime_hours", json!(45.2)),
        ("max_runtime_hours", json!(100_000.0)),
        ("max_workspaces", json!(1)),
        ("max_members", json!(1000)),
        ("max_spaces", json!(0)),
    ] {
        expected[field] = value.clone();
        assert_eq!(patch(json!({ field: value })).await, expected, "{field}");
    }
    let mut plan = made["limits"].clone();
    plan["max_spaces"] = json!(0);
    let reset = json!({ "max_concurrent_agents": null, "max_runtime_hours": null, "max_workspaces": null, "max_members": null });
    assert_eq!(patch(reset).await, plan);
    // Own limits stay when the plan changes; the others follow it.
    let pro = server.patch("/api/v1/organizations/acme").json(json!({ "plan": "pro" })).send().await.expect(200);
    assert_eq!(
        pro["limits"],
        json!({ "max_concurrent_agents": 20, "max_runtime_hours": 1000.0, "max_workspaces": 50, "max_members": 250, "max_spaces": 0 })
    );
    let head = server.head().await;
    assert_eq!(patch(json!({ "max_spaces": 0 })).await, pro["limits"]);
    assert_eq!(server.head().await, head);
}

async fn limits_are_checked(server: Server) {
    server.organization("acme").await;
    for (field, values) in [
        ("max_concurrent_agents", vec![json!(0), json!(101), json!(-1), json!(1.5), json!("5")]),
        ("max_runtime_hours", vec![json!(-0.1), json!(1e300), json!("5"), json!(1_000_001)]),
        ("max_workspaces", vec![json!(0), json!(-1), json!(i64::MAX)]),
        ("max_members", vec![json!(0), json!(true)]),
        ("max_spaces", vec![json!(-1), json!([])]),
    ] {
        for value in values {
            let refused = server.refuses(server.patch(PATH).json(json!({ field: value })), 422, "invalid").await;
            assert_eq!(refused.pointers(), [format!("/{field}")], "{value}");
        }
    }
    let several = json!({ "max_concurrent_agents": 0, "max_workspaces": 0 });
    let refused = server.refuses(server.patch(PATH).json(several), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/max_concurrent_agents", "/max_workspaces"]);
    let unknown = server.refuses(server.patch(PATH).json(json!({ "max_agents": 1 })), 422, "invalid").await;
    assert_eq!(unknown.pointers(), ["/max_agents"]);
}
