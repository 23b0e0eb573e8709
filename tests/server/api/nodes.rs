//! Several nodes over one PostgreSQL.

use serde_json::json;

use crate::support::{Engine, Server, at_once};

const PATH: &str = "/api/v1/organizations";

fn two() -> [Server; 2] {
    let first = Server::start(Engine::Postgres);
    let second = first.another_node();
    [first, second]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_on_one_node_is_visible_on_the_other_at_once() {
    let nodes = two();
    nodes[0].organization("acme").await;
    for n in 0..200 {
        let (writer, reader) = (&nodes[n % 2], &nodes[(n + 1) % 2]);
        let name = format!("name {n}");
        let written = writer.patch(&format!("{PATH}/acme")).json(json!({ "name": name })).send().await.expect(200);
        let read = reader.get(&format!("{PATH}/acme")).send().await.expect(200);
        assert_eq!((&read["name"], read.etag()), (&json!(name), written.etag()));
        if n % 10 == 0 {
            let slug = format!("org-{n}");
            let made = writer.organization(&slug).await;
            assert_eq!(reader.get(&format!("{PATH}/{slug}")).send().await.expect(200).json, made.json);
            assert_eq!(reader.get(&format!("{PATH}?limit=1")).send().await.each("slug"), [slug.as_str()]);
            // A decision on the other node rests on it too.
            let taken = reader.post(PATH).json(json!({ "name": "x", "slug": slug })).send().await;
            assert_eq!((taken.status, &taken["code"]), (409, &json!("slug_taken")));
            writer.delete(&format!("{PATH}/{slug}")).send().await.expect(204);
            reader.delete(&format!("{PATH}/{slug}")).send().await.expect(409);
            reader.post(&format!("{PATH}/{slug}/purge")).send().await.expect(204);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_from_both_nodes_all_take_effect() {
    let nodes = two();
    let first = nodes[0].organization("acme").await;
    let patch = |n: usize| {
        let body = json!({ "metadata": { format!("k{}", n % 50): format!("v{n}") } });
        nodes[n % 2].patch(&format!("{PATH}/acme")).json(body).send()
    };
    for reply in at_once((0..100).map(patch)).await {
        reply.expect(200);
    }
    let last = nodes[1].get(&format!("{PATH}/acme")).send().await;
    assert_eq!(last.version(), first.version() + 100);
    assert_eq!(last["metadata"].as_object().map(serde_json::Map::len), Some(50));
    assert_eq!(nodes[0].head().await, first.position() + 100);
    nodes[0].deployment().ledger().await.assert_gapless().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_on_both_nodes_has_one_effect() {
    let nodes = two();
    for round in 0..10 {
        let head = nodes[0].head().await;
        let body = json!({ "name": "Acme" });
        let create = |n: usize| nodes[n % 2].post(PATH).key(&format!("k{round}")).json(body.clone()).send();
        let replies = at_once((0..20).map(create)).await;
        assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
        for reply in &replies {
            assert_eq!((reply.status, &reply.body), (201, &replies[0].body), "{reply}");
        }
        assert_eq!(nodes[1].head().await, head + 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_slug_from_both_nodes_is_given_once() {
    let nodes = two();
    let create = |n: usize| nodes[n % 2].post(PATH).json(json!({ "name": "Acme", "slug": "acme" })).send();
    let mut statuses: Vec<_> = at_once((0..50).map(create)).await.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, [409; 49].as_slice()));

    let derived = |n: usize| nodes[n % 2].post(PATH).json(json!({ "name": "Acme" })).send();
    for reply in at_once((0..20).map(derived)).await {
        reply.expect(201);
    }
    let invited =
        |n: usize| nodes[n % 2].post(PATH).json(json!({ "name": "x", "owner_email": "jane@example.com" })).send();
    let mut owners: Vec<_> = at_once((0..20).map(invited))
        .await
        .into_iter()
        .map(|reply| reply.expect(201)["owner"]["id"].to_string())
        .collect();
    owners.dedup();
    assert_eq!(owners.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_and_a_tag_are_good_on_every_node() {
    let nodes = two();
    for n in 0..3 {
        nodes[0].organization(&format!("org-{n}")).await;
    }
    let next = nodes[0].get(&format!("{PATH}?limit=2")).send().await.next().expect("a second page");
    let path = next.strip_prefix(&nodes[0].url).expect("a link to this node");
    assert_eq!(nodes[1].get(path).send().await.expect(200).each("slug"), ["org-0"]);
    let tag = nodes[0].get(&format!("{PATH}/org-0")).send().await.etag().to_owned();
    nodes[1].get(&format!("{PATH}/org-0")).header("if-none-match", &tag).send().await.expect(304);
}

/// Nodes that start together on an empty database make one schema, one secret and one superadmin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_may_start_together() {
    let deployment = crate::support::Deployment::new(Engine::Postgres);
    let starting: Vec<_> = (0..4).map(|_| deployment.program().spawn()).collect();
    let ready: Vec<_> = starting.iter().map(crate::support::server::Process::ready).collect();
    assert_eq!(ready.len(), 4);
    let node = Server::over(&deployment);
    node.organization("acme").await;
    let ledger = deployment.ledger().await;
    assert_eq!(ledger.number("SELECT count(*) FROM users").await, 1);
    ledger.assert_gapless().await;
}
