//! What becomes of a contract: `PATCH /api/v1/contracts/{id}`, and its verbs.

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{contract, create, one, two_products};
use crate::support::{Server, at_once, eventually};

both!(
    a_draft_becomes_active_and_an_active_one_deprecated,
    its_time_passes_whether_that_is_recorded_or_not,
    that_its_time_has_passed_is_recorded_once,
    an_archived_contract_stays_as_it_is,
    a_product_that_is_archived_keeps_its_contracts,
    of_many_at_once_one_activates,
);

fn soon(milliseconds: i64) -> Value {
    (Utc::now() + TimeDelta::milliseconds(milliseconds)).to_rfc3339_opts(SecondsFormat::Millis, true).into()
}

async fn a_draft_becomes_active_and_an_active_one_deprecated(server: Server) {
    let products = two_products(&server).await;
    let made = contract(&server, &products, Value::Null).await;
    let act = |verb: &str| server.post(&format!("{}/{verb}", one(&made)));
    let rename = |name: &str| server.patch(&one(&made)).json(json!({ "name": name }));
    server.refuses(act("deprecate"), 409, "contract_not_active").await;
    assert_eq!(rename("Orders").send().await.expect(200)["status"], "draft");
    assert_eq!(act("activate").send().await.expect(200)["status"], "active");
    server.refuses(act("activate"), 409, "contract_not_draft").await;
    assert_eq!(rename("Sales").send().await.expect(200)["status"], "active");
    let deprecated = act("deprecate").send().await.expect(200);
    assert_eq!((&deprecated["status"], deprecated.version()), (&json!("deprecated"), 5));
    server.refuses(act("deprecate"), 409, "contract_not_active").await;
    server.refuses(act("activate"), 409, "contract_not_draft").await;
    server.refuses(rename("Other"), 409, "contract_over").await;
    assert_eq!(server.get(&one(&made)).send().await.expect(200).json, deprecated.json);
    server.deployment().assert_projections_verify();
}

async fn its_time_passes_whether_that_is_recorded_or_not(server: Server) {
    let products = two_products(&server).await;
    let draft = contract(&server, &products, json!({ "expires_at": soon(1500) })).await;
    let active = contract(&server, &products, json!({ "expires_at": soon(1500) })).await;
    let act = |of, verb: &str| server.post(&format!("{}/{verb}", one(of)));
    act(&active, "activate").send().await.expect(200);
    let expired = async || server.get(&one(&active)).send().await.expect(200)["status"] == "expired";
    eventually("its time has passed", expired).await;
    let read = server.get(&one(&active)).send().await.expect(200);
    assert_eq!(read.version(), 2, "nothing was recorded");
    server.refuses(act(&active, "deprecate"), 409, "contract_not_active").await;
    let later = json!({ "expires_at": soon(60_000) });
    server.refuses(server.patch(&one(&active)).json(later.clone()), 409, "contract_over").await;
    // A draft waits for another time.
    assert_eq!(server.get(&one(&draft)).send().await.expect(200)["status"], "draft");
    server.refuses(act(&draft, "activate"), 409, "contract_over").await;
    server.patch(&one(&draft)).json(later).send().await.expect(200);
    assert_eq!(act(&draft, "activate").send().await.expect(200)["status"], "active");
    let archived = act(&active, "archive").parameter("dry_run=true").send().await.expect(200);
    let events: Vec<_> = archived["events"].as_array().expect("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(events, ["ContractExpired", "ContractArchived"]);
    let archived = act(&active, "archive").send().await.expect(200);
    assert_eq!((&archived["status"], archived.version()), (&json!("expired"), 4));
    server.deployment().assert_projections_verify();
}

async fn that_its_time_has_passed_is_recorded_once(mut server: Server) {
    let products = two_products(&server).await;
    let made = contract(&server, &products, json!({ "expires_at": soon(800) })).await;
    let kept = contract(&server, &products, json!({ "expires_at": soon(600_000) })).await;
    for one in [one(&made), one(&kept)] {
        server.post(&format!("{one}/activate")).send().await.expect(200);
    }
    let is_expired = async || server.get(&one(&made)).send().await.expect(200)["status"] == "expired";
    eventually("its time has passed", is_expired).await;
    for _ in 0..2 {
        // Whatever is due is done when a server starts.
        server.kill();
        server.start_again();
        let recorded = async || server.get(&one(&made)).send().await.expect(200).version() == 3;
        eventually("it is recorded", recorded).await;
    }
    let read = server.get(&one(&kept)).send().await.expect(200);
    assert_eq!((&read["status"], read.version()), (&json!("active"), 2));
    let ledger = server.deployment().ledger().await;
    let sql = "SELECT metadata->>'actor_type', count(*) FROM events WHERE event_type = 'ContractExpired' GROUP BY 1";
    assert_eq!(ledger.rows(sql).await, [("system".to_owned(), 1)]);
    assert_eq!(ledger.number("SELECT active_contracts FROM space_counters").await, 1);
    ledger.close().await;
    server.deployment().assert_projections_verify();
}

async fn an_archived_contract_stays_as_it_is(server: Server) {
    let products = two_products(&server).await;
    let made = contract(&server, &products, Value::Null).await;
    let act = |verb: &str| server.post(&format!("{}/{verb}", one(&made)));
    act("activate").send().await.expect(200);
    let archived = act("archive").send().await.expect(200);
    assert_eq!((&archived["status"], &archived["archived_at"]), (&json!("active"), &archived["updated_at"]));
    for request in
        [act("archive"), act("activate"), act("deprecate"), server.patch(&one(&made)).json(json!({ "name": "x" }))]
    {
        server.refuses(request, 409, "contract_archived").await;
    }
    assert_eq!(server.get(&one(&made)).send().await.expect(200).json, archived.json);
    server.deployment().assert_projections_verify();
}

async fn a_product_that_is_archived_keeps_its_contracts(server: Server) {
    let products = two_products(&server).await;
    let made = contract(&server, &products, Value::Null).await;
    server.post(&format!("/api/v1/products/{}/archive", products[0].id())).send().await.expect(200);
    let activated = server.post(&format!("{}/activate", one(&made))).send().await.expect(200);
    assert_eq!(activated["producer"]["slug"], "orders");
    let another = create(&server, [products[0].id(), products[1].id()], &Value::Null);
    assert_eq!(server.refuses(another, 422, "invalid").await.pointers(), ["/producer_id"]);
}

async fn of_many_at_once_one_activates(server: Server) {
    let products = two_products(&server).await;
    let made = contract(&server, &products, Value::Null).await;
    let activate = server.post(&format!("{}/activate", one(&made)));
    let mut statuses: Vec<_> =
        at_once((0..10).map(|_| activate.clone().send())).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [409; 9].as_slice()));
}
