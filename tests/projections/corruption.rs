//! What does not match the ledger is named, and repaired.

use projections::PROJECTION_SET;
use serde_json::json;

use crate::server::{Deployment, mix, on_both, text};

on_both! {
    a_mix_of_commands_verifies
    a_corrupt_row_of_any_table_is_named_and_repaired
    missing_and_unfounded_rows_are_told_apart
    a_running_server_forgets_what_a_rebuild_corrected
}

async fn a_mix_of_commands_verifies(deployment: Deployment) {
    let server = deployment.serve().await;
    mix(&server).await;
    deployment.assert_clean().await;
    server.kill();
    // Nobody has to serve for it.
    deployment.assert_clean().await;
    let status = text(&deployment.projections("status").await);
    let head = deployment.sql("SELECT max(position) FROM events").await;
    assert!(status.contains(&format!("head            {}", head.trim())), "{status}");
    assert!(status.contains(&format!("projection set  {PROJECTION_SET} (this binary: {PROJECTION_SET})")), "{status}");
    let counts = [
        ("organizations", 6),
        ("users", 2),
        ("memberships", 7),
        ("invitations", 1),
        ("roles", 1),
        ("teams", 1),
        ("team_members", 1),
        ("workspaces", 8),
    ];
    for (table, rows) in counts {
        assert!(
            status
                .lines()
                .any(|line| line.starts_with(&format!("{table} ")) && line.ends_with(&format!(" {rows} rows"))),
            "{status}"
        );
    }
}

async fn a_corrupt_row_of_any_table_is_named_and_repaired(deployment: Deployment) {
    let server = deployment.serve().await;
    mix(&server).await;
    let corruptions = [
        ("organizations", "description", "'Not so'", "id"),
        ("organization_counters", "seats", "17", "organization_id"),
        ("users", "email", "'canary@example.org'", "id"),
        ("memberships", "role", "'viewer'", "organization_id"),
        ("invitations", "email", "'canary@example.org'", "id"),
        ("roles", "name", "'Not so'", "organization_id"),
        ("teams", "description", "'Not so'", "id"),
        ("team_members", "organization_id", "'00000000-0000-7000-8000-000000000001'", "team_id"),
        ("workspaces", "slug", "'not-so'", "id"),
        ("claims", "holder", "'00000000-0000-7000-8000-000000000001'", "value"),
    ];
    for (table, column, value, key) in corruptions {
        let key_of_one = format!("(SELECT min(CAST({key} AS text)) FROM {table})");
        let id = deployment.sql(&format!("SELECT {key_of_one}")).await;
        deployment
            .sql(&format!("UPDATE {table} SET {column} = {value} WHERE CAST({key} AS text) = {key_of_one}"))
            .await;
        let output = deployment.projections("verify").await;
        let told = text(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.lines().any(|line| line.starts_with(table) && line.ends_with(" 1 differences")), "{told}");
        assert!(told.lines().any(|line| line.contains(id.trim()) && line.ends_with(&format!(": {column}"))), "{told}");
        assert!(!told.contains("canary"), "a personal value is told: {told}");
    }
    deployment.rebuild().await;
    deployment.assert_clean().await;
}

async fn missing_and_unfounded_rows_are_told_apart(deployment: Deployment) {
    let server = deployment.serve().await;
    mix(&server).await;
    let id = deployment.sql("SELECT CAST(id AS text) FROM workspaces ORDER BY id LIMIT 1").await;
    deployment.sql(&format!("DELETE FROM workspaces WHERE CAST(id AS text) = '{}'", id.trim())).await;
    deployment
        .sql("INSERT INTO claims (kind, value, holder) VALUES ('organization_slug', 'zz', '00000000-0000-7000-8000-000000000001')")
        .await;
    let told = text(&deployment.projections("verify").await);
    assert!(told.contains(&format!("{}: missing", id.trim())), "{told}");
    assert!(told.contains("organization_slug zz: not in the ledger"), "{told}");
    deployment.rebuild().await;
    deployment.assert_clean().await;
}

async fn a_running_server_forgets_what_a_rebuild_corrected(deployment: Deployment) {
    let server = deployment.serve().await;
    let id = server.create("Before").await;
    // The row comes into the writer's memory as it is, corrupt; the head stays the same.
    deployment.sql("UPDATE organizations SET description = 'Not so'").await;
    server.kill();
    let server = deployment.serve().await;
    let body = server.rename(&id, "In memory").await;
    assert_eq!(body["description"], "Not so", "the corruption is not in memory, so this test shows nothing");
    deployment.rebuild().await;
    let body = server.rename(&id, "After").await;
    assert_eq!(body["description"], json!(null));
    assert_eq!(body["name"], "After");
    deployment.assert_clean().await;
}
