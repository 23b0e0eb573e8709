//! Who may: those who see the space, with the permission in it.

use serde_json::json;

use super::super::{path, product, space};
use crate::support::Server;

both!(a_role_in_the_space_says_what_can_be_done, a_detached_space_keeps_its_products);

async fn a_role_in_the_space_says_what_can_be_done(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let one = format!("/api/v1/products/{}", product(&server, "data", "orders").await.id());
    let member = async |role: &str| {
        let person = server.member("acme", &format!("{role}@example.com"), "member").await;
        let place = format!("/api/v1/spaces/data/members/{}", person.id);
        server.put(&place).json(json!({ "role": role })).send().await.expect(200);
        person
    };
    let (editor, viewer) = (member("editor").await, member("viewer").await);
    let beside = server.member("acme", "beside@example.com", "developer").await;
    let rename = || server.patch(&one).json(json!({ "name": "Sales" }));
    let create = || server.post(&path("data", "products")).json(json!({ "name": "New" }));
    for person in [&editor, &viewer] {
        server.get(&one).by(person).send().await.expect(200);
        server.get(&path("data", "products")).by(person).send().await.expect(200);
    }
    rename().by(&editor).send().await.expect(200);
    create().by(&editor).send().await.expect(201);
    for request in [rename(), create(), server.post(&format!("{one}/archive"))] {
        let refused = server.refuses(request.clone().by(&viewer), 403, "missing_permission").await;
        assert_eq!(refused["permission"], "catalog:write");
    }
    // For members of the organization who are not in the space it is not there.
    for request in [server.get(&one), rename(), server.post(&format!("{one}/archive"))] {
        server.refuses(request.by(&beside), 404, "product_not_found").await;
    }
    for request in [server.get(&path("data", "products")), create()] {
        server.refuses(request.by(&beside), 404, "space_not_found").await;
    }
}

async fn a_detached_space_keeps_its_products(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("other").await;
    let data = space(&server, "acme", "data").await;
    let made = product(&server, "data", "orders").await;
    let one = format!("/api/v1/products/{}", made.id());
    server.delete(&format!("/api/v1/organizations/acme/spaces/{}", data.id())).send().await.expect(204);
    let by_itself = server.patch(&one).json(json!({ "name": "Sales" })).send().await.expect(200);
    let body = json!({ "space_id": data.id() });
    server.post("/api/v1/organizations/other/spaces").json(body).send().await.expect(200);
    let other = server.get("/api/v1/organizations/other").send().await.expect(200);
    let moved = server.patch(&one).json(json!({ "name": "Turnover" })).send().await.expect(200);
    assert_eq!((by_itself.version(), moved.version()), (2, 3));
    // Events belong to whoever had the space at the time.
    let ledger = server.deployment().ledger().await;
    for (organization, count) in [(acme.id(), 1), (other.id(), 1)] {
        let sql = format!(
            "SELECT count(*) FROM events WHERE aggregate_type = 'product' AND organization_id = '{organization}'"
        );
        assert_eq!(ledger.number(&sql).await, count);
    }
    let of_nobody = "SELECT count(*) FROM events WHERE aggregate_type = 'product' AND organization_id IS NULL";
    assert_eq!(ledger.number(of_nobody).await, 1);
    ledger.close().await;
    server.deployment().assert_projections_verify();
}
