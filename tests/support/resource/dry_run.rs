//! `?dry_run=true`: decides and shows, and writes nothing.

use serde_json::{Value, json};

use super::{Kit, Write, kit::lasting};
use crate::support::Reply;

/// Every write shows the events that it would append and the reply that it would give, is carried out when it is meant,
/// and is refused as it would be then.
pub async fn dry_run(kit: &mut Kit) {
    let place = kit.place().await;
    for write in kit.resource.writes() {
        let what = format!("{} {}", write.method, write.path);
        let row = place.target(write).await;
        let request = place.write(write, &row, place.number());
        let (shown, head) = (place.shown(Some(&row)).await, kit.server.head().await);

        let tried = request.clone().parameter("dry_run=true").key(&place.org).send().await.expect(200);
        assert_eq!(tried.keys(), ["events", "result", "status"], "{what}");
        assert_eq!((events(&tried), &tried["status"]), (json!(write.events), &json!(write.status)), "{what}");
        assert_eq!((tried.position(), kit.server.head().await), (head, head), "{what} wrote something");
        assert_eq!(place.shown(Some(&row)).await, shown, "{what} changed something");

        // It has not taken the key.
        let made = request.key(&place.org).send().await.expect(write.status);
        assert!(!made.is_replayed(), "{what}: {made}");
        let appended = i64::try_from(write.events.len()).expect("a count");
        assert_eq!(made.position(), head + appended, "{what} appended something else than it had shown");
        assert_eq!(fields(write, &tried["result"]), fields(write, &made.json), "{what}");
        for pointer in write.once {
            let shown = tried["result"].pointer(pointer).unwrap_or(&Value::Null);
            assert!([json!(false), Value::Null].contains(shown), "{what} shows {pointer}: {tried}");
        }
        assert_eq!(kit.server.head().await, made.position(), "{what}");
    }
    place.act("delete").await;
    let refused = place.create().parameter("dry_run=true");
    kit.server.refuses(refused, 409, "organization_deleted").await;
}

fn events(tried: &Reply) -> Value {
    tried["events"].as_array().expect("events").iter().map(|event| event["type"].clone()).collect()
}

/// The names of what is shown.
fn fields(write: &Write, body: &Value) -> Vec<String> {
    let body = lasting(write, body);
    body.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
