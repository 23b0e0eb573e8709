//! `Idempotency-Key`, on every write.

use serde_json::{Value, json};

use super::{
    Kit, Write,
    kit::{Place, lasting},
};
use crate::support::{Reply, Request, at_once};

/// A request that is repeated gets the reply that is stored, and takes effect once.
pub async fn replay(kit: &mut Kit) {
    let place = kit.place().await;
    for write in kit.resource.writes() {
        let request = place.ready(write).await.key(&place.org);
        let first = request.clone().send().await.expect(write.status);
        assert!(!first.is_replayed(), "{first}");
        // What was true then is not asked again.
        for again in [request.clone(), request.header("if-match", "\"v999-0\"")] {
            assert_replays(write, &first, &again.send().await);
        }
        assert_eq!(kit.server.head().await, first.position(), "{} {}", write.method, write.path);
    }
}

/// The reply outlives the process.
pub async fn restart(kit: &mut Kit) {
    let mut sent = Vec::new();
    let place = kit.place().await;
    let names = place.names();
    for write in kit.resource.writes() {
        let (row, n) = (place.target(write).await, place.number());
        sent.push((
            write,
            row.clone(),
            n,
            place.write(write, &row, n).key(&place.org).send().await.expect(write.status),
        ));
    }
    kit.server.start_again();
    let place = Place::known(kit, names);
    for (write, row, n, first) in sent {
        assert_replays(write, &first, &place.write(write, &row, n).key(&place.org).send().await);
    }
}

/// A key belongs to one request.
pub async fn payloads(kit: &mut Kit) {
    let place = kit.place().await;
    let has_body = |write: &&Write| !(write.body)(&place.org, 0).is_null();
    for write in kit.resource.writes().filter(has_body) {
        let (row, n) = (place.target(write).await, place.number());
        place.write(write, &row, n).key(&place.org).send().await.expect(write.status);
        let other = place.write(write, &row, place.number()).key(&place.org);
        kit.server.refuses(other, 422, "idempotency_key_reused").await;
        assert!(place.write(write, &row, n).key(&place.org).send().await.is_replayed());
    }
}

/// Of duplicates at once one takes effect, and each is answered as that one is.
pub async fn duplicates(kit: &mut Kit) {
    let place = kit.place().await;
    for write in kit.resource.writes() {
        let request = place.ready(write).await.key(&place.org);
        let head = kit.server.head().await;
        let replies = at_once((0..10).map(|_| request.clone().send())).await;
        let (stored, first): (Vec<_>, Vec<_>) = replies.into_iter().partition(Reply::is_replayed);
        let [first] = first.as_slice() else { panic!("{request}: {} took effect", first.len()) };
        first.clone().expect(write.status);
        stored.iter().for_each(|again| assert_replays(write, first, again));
        assert_eq!(kit.server.head().await, head + i64::try_from(write.events.len()).expect("a count"), "{request}");
    }
}

/// What was refused once is decided anew.
pub async fn refusals(kit: &mut Kit) {
    let place = kit.place().await;
    let mut requests: Vec<(&Write, Request)> = Vec::new();
    for write in kit.resource.writes().filter(|write| write.closed.this().is_some()) {
        requests.push((write, place.ready(write).await.key(&place.org)));
    }
    place.act("delete").await;
    for (_, request) in &requests {
        kit.server.refuses(request.clone(), 409, "organization_deleted").await;
    }
    place.act("restore").await;
    for (write, request) in requests {
        assert!(!request.send().await.expect(write.status).is_replayed());
    }
}

#[track_caller]
fn assert_replays(write: &Write, first: &Reply, again: &Reply) {
    let what = format!("{} {}", write.method, write.path);
    assert!(again.is_replayed(), "{what}: {again}");
    assert_eq!((again.status, again.position()), (first.status, first.position()), "{what}");
    assert_eq!(lasting(write, &again.json), lasting(write, &first.json), "{what}");
    for header in ["etag", "location", "content-type"] {
        assert_eq!(again.header(header), first.header(header), "{what}: {header}");
    }
    for pointer in write.once {
        let shown = again.json.pointer(pointer).unwrap_or(&Value::Null);
        assert!([json!(false), Value::Null].contains(shown), "{what} shows {pointer} again: {again}");
        assert!(first.json.pointer(pointer).is_some_and(|shown| !shown.is_null()), "{what} never shows {pointer}");
    }
}
