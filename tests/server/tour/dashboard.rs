//! The two programs of the classic documents, as they stand but for the host and the token.

use std::process::{Command, Output};

use serde_json::json;

use crate::support::Server;

both!(the_dashboard_of_the_classic_documents_runs);

const PROGRAMS: &str = include_str!("dashboard.py");

fn python(program: &str) -> Option<Output> {
    let done = Command::new("python3").env("NO_PROXY", "*").args(["-c", program]).output();
    done.ok()
}

#[expect(clippy::print_stderr, reason = "whoever runs the test hears that it did nothing")]
async fn the_dashboard_of_the_classic_documents_runs(server: Server) {
    if !python("import requests").is_some_and(|done| done.status.success()) {
        eprintln!("there is no python3 with requests here, so that the programs are not run");
        return;
    }
    let jane = server.person("jane@example.com").await;
    let body = json!({ "name": "Acme", "domain": "acme.example" });
    let acme = server.post("/api/v1/organizations").by(&jane).json(body).send().await.expect(201);
    server.member(acme.id(), "joe@example.com", "member").await;
    let personal =
        server.get(&format!("/api/v1/organizations/{}", jane.organization)).by(&jane).send().await.expect(200);
    let program =
        PROGRAMS.replace("https://your-domain.com", &server.url).replace("your-token-here", &jane.access_token);
    let done = python(&program).expect("a run");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let time = |organization: &crate::support::Reply| organization["created_at"].as_str().expect("a time").to_owned();
    let expected = [
        "\nAcme\n  Domain: acme.example\n  Users: 2\n  Workspaces: 5\n",
        &format!("  Created: {}\n", time(&acme)),
        "\nPersonal\n  Domain: \n  Users: 1\n  Workspaces: 5\n",
        &format!("  Created: {}\n", time(&personal)),
        "Total Organizations: 2\nTotal Users: 3\nTotal Workspaces: 10\nActive Sessions: 2\n",
    ];
    assert_eq!(String::from_utf8_lossy(&done.stdout), expected.concat());
}
