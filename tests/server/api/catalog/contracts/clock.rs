//! That a contract expires is computed from the clock of whoever reads, whether it was recorded or not. The read model is
//! asked as the server asks it, at a time that has not come yet.

use aggregates::{
    authorization::Asker,
    catalog::contract::ContractStatus,
    ids::{ContractId, SpaceId},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tenantry::{
    database::Location,
    readmodel::{ReadModel, catalog::contracts::ContractFilter, organizations::Page, spaces::SpaceReference},
};

use super::{contract, one, two_products};
use crate::support::Server;

both!(a_contract_expires_by_the_clock);

async fn a_contract_expires_by_the_clock(server: Server) {
    let products = two_products(&server).await;
    let far = json!({ "expires_at": "2999-01-01T00:00:00Z" });
    let end: DateTime<Utc> = "2999-01-01T00:00:00Z".parse().expect("a time");
    contract(&server, &products, far.clone()).await;
    let [made, archived] = [contract(&server, &products, far.clone()).await, contract(&server, &products, far).await];
    let endless = contract(&server, &products, Value::Null).await;
    for one in [one(&made), one(&archived), one(&endless)] {
        server.post(&format!("{one}/activate")).send().await.expect(200);
    }
    server.post(&format!("{}/archive", one(&archived))).send().await.expect(200);
    let space: SpaceId = made["space"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let id: ContractId = made.id().parse().expect("an id");

    let location: Location = server.deployment().database_url.parse().expect("a database");
    let readmodel = ReadModel::new(location.reader(1).await.expect("a database"));
    let page = Page { after: None, limit: 10 };
    let with = async |status, now| {
        let filter = ContractFilter { status: Some(status), include_archived: false };
        let found = readmodel.contracts(Asker::System, &SpaceReference::Id(space), (&filter, now), page, true).await;
        let found = found.expect("a list");
        assert_eq!(i64::try_from(found.rows.len()).ok(), found.total);
        let shown = found.rows.iter().all(|view| view.contract.status_at(now) == status);
        assert!(shown, "the filter and what is shown are one rule");
        found.rows.len()
    };
    let before = end - TimeDelta::milliseconds(1);
    for (now, active, expired) in [(before, 2, 0), (end, 1, 1), (end + TimeDelta::days(365), 1, 1)] {
        assert_eq!(with(ContractStatus::Draft, now).await, 1, "{now}");
        assert_eq!(with(ContractStatus::Active, now).await, active, "{now}");
        assert_eq!(with(ContractStatus::Expired, now).await, expired, "{now}");
    }
    let due = async |now| readmodel.contracts_to_expire(now, 10).await.expect("what is due");
    assert_eq!(due(before).await, []);
    assert_eq!(due(end).await, [(id, end)]);
    // Where nothing is written, that waits.
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    assert_eq!(due(end).await, []);
    server.post("/api/v1/organizations/acme/restore").send().await.expect(200);
    assert_eq!(due(end).await, [(id, end)]);
    server.post(&format!("/api/v1/spaces/{space}/archive")).send().await.expect(200);
    assert_eq!(due(end).await, []);
    readmodel.database().close().await;
}
