//! `Idempotency-Key`.

use serde_json::{Value, json};

use crate::support::{Server, at_once};

both!(
    a_repeated_request_gets_the_stored_reply,
    a_key_belongs_to_one_request,
    a_key_belongs_to_one_route,
    a_key_has_a_form,
    twenty_duplicates_at_once_have_one_effect,
    a_refusal_is_not_stored,
    a_key_survives_restart_and_crash,
);

const PATH: &str = "/api/v1/organizations";

async fn a_repeated_request_gets_the_stored_reply(server: Server) {
    let create = server.post(PATH).json(json!({ "name": "Acme" }));
    let made = create.clone().key("k1").send().await.expect(201);
    assert!(!made.is_replayed());
    let path = format!("{PATH}/{}", made.id());
    let patch = server.patch(&path).json(json!({ "name": "B" }));
    let patched = patch.clone().key("k1").send().await.expect(200);
    let suspend = server.post(&format!("{path}/suspend")).json(json!({}));
    let suspended = suspend.clone().key("k1").send().await.expect(200);
    let deleted = server.delete(&path).key("k1").send().await.expect(204);
    let head = server.head().await;
    for (request, first) in [
        (create.clone().key("k1"), &made),
        (create.clone().key("\"k1\""), &made),
        (server.post("/v1/organizations").json(json!({ "name": "Acme" })).key("k1"), &made),
        (patch.clone().key("k1"), &patched),
        // What was true then is not asked again.
        (patch.key("k1").header("if-match", "\"v1-0\""), &patched),
        (suspend.key("k1"), &suspended),
        (server.delete(&path).key("k1"), &deleted),
    ] {
        let again = request.send().await;
        assert!(again.is_replayed(), "{again}");
        assert_eq!((again.status, &again.body, again.position()), (first.status, &first.body, first.position()));
        for header in ["etag", "location", "content-type"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
    }
    assert_eq!(server.head().await, head);
    assert_ne!(create.key("k2").send().await.expect(201).id(), made.id());
}

async fn a_key_belongs_to_one_request(server: Server) {
    let create = |body: Value| server.post(PATH).key("k").json(body);
    create(json!({ "name": "Acme", "slug": "acme" })).send().await.expect(201);
    server.refuses(create(json!({ "name": "Acme", "slug": "other" })), 422, "idempotency_key_reused").await;
    server.patch(&format!("{PATH}/acme")).key("k").json(json!({ "name": "B" })).send().await.expect(200);
    let other = server.patch(&format!("{PATH}/acme")).key("k").json(json!({ "name": "C" }));
    server.refuses(other, 422, "idempotency_key_reused").await;
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await["name"], "B");
}

async fn a_key_belongs_to_one_route(server: Server) {
    let body = json!({ "name": "Acme" });
    let first = server.post(PATH).key("k").json(body.clone()).send().await.expect(201);
    let classic = server.post("/api/organizations").key("k").json(body.clone()).send().await.expect(201);
    assert_ne!(first.id(), classic.id());
    for made in [&first, &classic] {
        let patched = server
            .patch(&format!("{PATH}/{}", made.id()))
            .key("k")
            .json(json!({ "name": "B" }))
            .send()
            .await
            .expect(200);
        assert!(!patched.is_replayed());
    }
}

async fn a_key_has_a_form(server: Server) {
    let create = || server.post(PATH).json(json!({ "name": "Acme" }));
    let longest = "k".repeat(255);
    for fine in ["a", "!~", longest.as_str()] {
        create().key(fine).send().await.expect(201);
    }
    let too_long = "k".repeat(256);
    for malformed in ["", "\"\"", "a b", "ü", too_long.as_str()] {
        server.refuses(create().key(malformed), 400, "invalid_header").await;
    }
    server.refuses(create().key("a").key("b"), 400, "invalid_header").await;
}

async fn twenty_duplicates_at_once_have_one_effect(server: Server) {
    let head = server.head().await;
    let create = server.post(PATH).key("k").json(json!({ "name": "Acme" }));
    let replies = at_once((0..20).map(|_| create.clone().send())).await;
    assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
    for reply in &replies {
        assert_eq!((reply.status, &reply.body, reply.etag()), (201, &replies[0].body, replies[0].etag()));
    }
    assert_eq!(server.head().await, head + 2);

    let path = format!("{PATH}/{}", replies[0].id());
    let patch = server.patch(&path).key("k").json(json!({ "name": "B" }));
    let replies = at_once((0..20).map(|_| patch.clone().send())).await;
    assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.body == replies[0].body));
    assert_eq!((server.head().await, server.get(&path).send().await.version()), (head + 3, 2));
}

async fn a_refusal_is_not_stored(server: Server) {
    let first = server.organization("acme").await;
    let create = server.post(PATH).key("k").json(json!({ "name": "Acme", "slug": "acme" }));
    server.refuses(create.clone(), 409, "slug_taken").await;
    server.delete(&format!("{PATH}/{}", first.id())).send().await.expect(204);
    server.post(&format!("{PATH}/{}/purge", first.id())).send().await.expect(204);
    assert!(!create.send().await.expect(201).is_replayed());
}

async fn a_key_survives_restart_and_crash(mut server: Server) {
    let create = |server: &Server| server.post(PATH).key("k").json(json!({ "name": "Acme" }));
    let made = create(&server).send().await.expect(201);
    server.process.signal("TERM");
    assert!(server.process.wait().success());
    server.start_again();
    for _ in 0..2 {
        let again = create(&server).send().await.expect(201);
        assert!(again.is_replayed());
        assert_eq!((&again.body, again.etag(), again.position()), (&made.body, made.etag(), made.position()));
        server.kill();
        server.start_again();
    }
}
