//! ETag, If-None-Match and If-Match.

use serde_json::json;

use super::{Kit, kit::lasting};

/// A row that is read has the tag of the reply that wrote it, and a caller who has that state gets no body.
pub async fn entity_tag(kit: &mut Kit) {
    if kit.resource.read.this().is_none() {
        return;
    }
    let (place, create) = (kit.place().await, &kit.resource.create);
    let made = place.row().await;
    let row = place.reference(&made.json);
    let read = place.one(&row).send().await.expect(200);
    assert_eq!((lasting(create, &made.json), made.version()), (read.json.clone(), read.version()));
    // What is shown once has a tag of its own.
    assert_eq!(made.etag() == read.etag(), create.once.is_empty());
    let tag = read.etag();
    for known in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let same = place.one(&row).header("if-none-match", &known).send().await.expect(304);
        assert_eq!((same.body.as_str(), same.etag()), ("", tag), "{known}");
    }
    place.one(&row).header("if-none-match", "\"v1-0\"").send().await.expect(200);
    let head = place.server.request("HEAD", &place.path_of_one(&row)).send().await.expect(200);
    assert_eq!((head.body.as_str(), head.etag()), ("", tag));

    // Others are none of it.
    place.row().await;
    assert_eq!(place.one(&row).send().await.expect(200).etag(), tag);
    let edit = place.write(kit.resource.edit(), &row, place.number());
    let changed = edit.clone().send().await.expect(kit.resource.edit().status);
    assert_eq!((made.version(), changed.version()), (1, 2));
    let read = place.one(&row).header("if-none-match", tag).send().await.expect(200);
    assert_eq!((read.etag(), &read.json), (changed.etag(), &lasting(kit.resource.edit(), &changed.json)));
    if kit.resource.edit().method == "PATCH" {
        // What changes nothing appends nothing.
        let same = edit.send().await.expect(200);
        assert_eq!((same.etag(), same.position(), &same.json), (changed.etag(), changed.position(), &changed.json));
        assert_eq!(kit.server.head().await, changed.position());
    }
}

/// A caller who insists on a version writes to that one only.
pub async fn if_match(kit: &mut Kit) {
    let place = kit.place().await;
    for change in kit.resource.changes.iter().filter(|change| change.versioned.this().is_some()) {
        let made = place.row().await;
        let row = place.reference(&made.json);
        let edited = place.write(kit.resource.edit(), &row, place.number()).send().await;
        let old = made.etag();
        place.prepare(change, &row).await;
        // What happens to others is no change of this one.
        place.row().await;
        kit.server.patch(&place.path()).json(json!({ "description": change.path })).send().await.expect(200);
        let request = place.write(change, &row, place.number());
        kit.server.refuses(request.clone().header("if-match", old), 412, "version_mismatch").await;
        let tried = request.clone().header("if-match", old).parameter("dry_run=true");
        kit.server.refuses(tried, 412, "version_mismatch").await;
        for malformed in ["v1", "\"v\"", "\"v1-a\", \"v2-b\"", "W/\"v1-a\""] {
            kit.server.refuses(request.clone().header("if-match", malformed), 400, "invalid_header").await;
        }
        // Only the number counts.
        let prepared = i64::from(change.after.is_some());
        let current = format!("\"v{}-0\"", edited.expect(kit.resource.edit().status).version() + prepared);
        request.header("if-match", &current).send().await.expect(change.status);
        let row = place.target(change).await;
        place.write(change, &row, place.number()).header("if-match", "*").send().await.expect(change.status);
    }
}

/// An If-Match that nothing checks is refused, rather than forgotten.
pub async fn forgotten(kit: &mut Kit) {
    let place = kit.place().await;
    for tag in ["\"v1-0\"", "*"] {
        kit.server.refuses(place.create().header("if-match", tag), 412, "version_mismatch").await;
    }
    for change in kit.resource.changes.iter().filter(|change| change.versioned.this().is_none()) {
        let request = place.ready(change).await.header("if-match", "\"v1-0\"");
        kit.server.refuses(request, 422, "not_supported").await;
    }
}
