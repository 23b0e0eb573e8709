//! The price list of a deployment.

use std::fs;

use serde_json::json;

use super::{KEY, billing, due, until_recorded};
use crate::support::{Deployment, Engine, Server};

const LIST: &str = "\
currency = \"EUR\"
[plans.free]
api_requests = { included = 10, unit = 5, unit_price = 7 }
key_verifications = { included = 0, unit = 1, unit_price = 1000 }
[plans.pro]
api_requests = { included = 0, unit = 1, unit_price = 0 }
key_verifications = { included = 0, unit = 1, unit_price = 0 }
[plans.enterprise]
api_requests = { included = 0, unit = 1, unit_price = 0 }
key_verifications = { included = 0, unit = 1, unit_price = 0 }
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_has_prices_of_its_own() {
    let deployment = Deployment::new(Engine::Sqlite);
    let path = deployment.folder().join("prices.toml");
    fs::write(&path, LIST).expect("written");
    let path = path.display().to_string();
    let mut server = Server::over(&deployment);
    let acme = server.organization("acme").await.id().to_owned();
    server.count(&[due(&acme, "2026-03-02T10:00:00Z", KEY, 21, 3)]).await;
    until_recorded(&server, 1, 0).await;
    server.kill();
    let server = Server::with(&deployment, deployment.program().env("TENANTRY_PRICE_LIST", &path));
    let bill = server.get(&billing("acme", "?period=2026-03")).send().await.expect(200);
    let amounts: Vec<_> = bill["lines"].as_array().expect("lines").iter().map(|line| &line["amount"]).collect();
    // Eleven beyond the included are three units that have begun.
    assert_eq!(amounts, [&json!(21), &json!(3000)], "{bill}");
    assert_eq!((&bill["currency"], &bill["total"]), (&json!("EUR"), &json!(3021)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_not_valid_is_refused_at_the_start() {
    let deployment = Deployment::new(Engine::Sqlite);
    let path = deployment.folder().join("prices.toml");
    let start = || deployment.program().env("TENANTRY_PRICE_LIST", &path.display().to_string()).run();
    let missing = start();
    assert!(!missing.status.success() && missing.stderr.contains("prices.toml cannot be read"), "{missing:?}");
    for (from, to, why) in [
        ("unit = 5", "unit = 0", "line 3: unit must be at least 1"),
        ("unit_price = 1000", "unit_price = -1000", "line 4: unit_price must not be negative"),
        ("[plans.pro]", "[plans.gold]", "line 5: unknown field `gold`"),
        (
            "key_verifications = { included = 0, unit = 1, unit_price = 1000 }\n",
            "",
            "line 2: missing field `key_verifications`",
        ),
    ] {
        fs::write(&path, LIST.replacen(from, to, 1)).expect("written");
        let refused = start();
        assert!(!refused.status.success(), "{to}: {refused:?}");
        assert!(refused.stderr.contains(why), "{to}: {refused:?}");
    }
    assert!(!deployment.folder().join("tenantry.db").exists(), "nothing was begun");
}
