//! `POST /api/v1/organizations/{org}/slug`.

use serde_json::{Value, json};

use crate::support::{Reply, Request, Server, at_once};

both!(
    the_old_slug_keeps_resolving,
    a_slug_of_another_is_taken,
    a_released_slug_is_free,
    two_that_swap_at_once_never_share,
    at_most_twenty_old_slugs_are_kept,
);

const PATH: &str = "/api/v1/organizations";

fn change(server: &Server, org: &str, body: Value) -> Request {
    server.post(&format!("{PATH}/{org}/slug")).json(body)
}

async fn create(server: &Server, slug: &str) -> Reply {
    server.post(PATH).json(json!({ "name": "x", "slug": slug })).send().await
}

async fn the_old_slug_keeps_resolving(server: Server) {
    let made = server.organization("one").await;
    let changed = change(&server, "one", json!({ "slug": "two" })).send().await.expect(200);
    assert_eq!((changed.id(), &changed["slug"], changed.version()), (made.id(), &json!("two"), 2));
    for reference in ["one", "two", made.id(), &made.id().to_uppercase()] {
        let found = server.get(&format!("{PATH}/{reference}")).send().await.expect(200);
        assert_eq!((found.id(), &found["slug"]), (made.id(), &json!("two")), "{reference}");
    }
    server.patch(&format!("{PATH}/one")).json(json!({ "name": "B" })).send().await.expect(200);
    // Its own old slug it can take back, and the current one it has.
    assert_eq!(change(&server, "one", json!({ "slug": "one" })).send().await.expect(200)["slug"], "one");
    let head = server.head().await;
    assert_eq!(change(&server, "two", json!({ "slug": "one" })).send().await.expect(200).position(), head);
    server.get(&format!("{PATH}/two")).send().await.expect(200);
}

async fn a_slug_of_another_is_taken(server: Server) {
    server.organization("one").await;
    server.organization("other").await;
    change(&server, "one", json!({ "slug": "two" })).send().await.expect(200);
    for taken in ["one", "two"] {
        server.refuses(change(&server, "other", json!({ "slug": taken })), 409, "slug_taken").await;
        server.refuses(server.post(PATH).json(json!({ "name": "x", "slug": taken })), 409, "slug_taken").await;
        let classic = server.post("/api/organizations").json(json!({ "name": "x", "slug": taken }));
        server.refuses(classic, 409, "slug_taken").await;
    }
}

async fn a_released_slug_is_free(server: Server) {
    let made = server.organization("one").await;
    change(&server, "one", json!({ "slug": "two" })).send().await.expect(200);
    change(&server, "two", json!({ "slug": "three", "release": ["one"] })).send().await.expect(200);
    server.refuses(server.get(&format!("{PATH}/one")), 404, "organization_not_found").await;
    let other = create(&server, "one").await.expect(201);
    assert_eq!(server.get(&format!("{PATH}/one")).send().await.id(), other.id());
    assert_eq!(server.get(&format!("{PATH}/two")).send().await.id(), made.id());
    // The slug that was left in the same request can be given up at once.
    change(&server, "three", json!({ "slug": "four", "release": ["three", "two"] })).send().await.expect(200);
    create(&server, "two").await.expect(201);
    create(&server, "three").await.expect(201);

    let release = |slugs: Value| change(&server, "four", json!({ "slug": "four", "release": slugs }));
    for not_held in [json!(["four"]), json!(["never"]), json!(["one"])] {
        server.refuses(release(not_held), 409, "slug_not_held").await;
    }
    assert_eq!(server.refuses(release(json!(["ok", "-a"])), 422, "invalid").await.pointers(), ["/release/1"]);
}

async fn two_that_swap_at_once_never_share(server: Server) {
    let (a, b) = (server.organization("a").await, server.organization("b").await);
    for (org, next) in [(&a, "a2"), (&b, "b2")] {
        let release = org["slug"].clone();
        change(&server, org.id(), json!({ "slug": next, "release": [release] })).send().await.expect(200);
    }
    let wanted: Vec<_> = (0..10)
        .flat_map(|_| {
            [change(&server, a.id(), json!({ "slug": "c" })), change(&server, b.id(), json!({ "slug": "c" }))]
        })
        .collect();
    let replies = at_once(wanted.into_iter().map(Request::send)).await;
    let winner = server.get(&format!("{PATH}/c")).send().await.expect(200);
    for reply in replies {
        match reply.status {
            200 => assert_eq!(reply.id(), winner.id()),
            _ => assert_eq!((reply.status, &reply["code"]), (409, &json!("slug_taken"))),
        }
    }
}

async fn at_most_twenty_old_slugs_are_kept(server: Server) {
    let id = server.organization("s0").await.id().to_owned();
    for n in 1..=20 {
        change(&server, &id, json!({ "slug": format!("s{n}") })).send().await.expect(200);
    }
    let refused = server.refuses(change(&server, &id, json!({ "slug": "s21" })), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/slug"]);
    change(&server, &id, json!({ "slug": "s21", "release": ["s0"] })).send().await.expect(200);
}
