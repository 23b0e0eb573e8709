//! Lists: their pages, their cursors, their parameters.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Has, Kit, Place};
use crate::support::{Reply, Request};

/// A caller who walks through the pages while others write meets every row that was there once.
pub async fn walk(kit: &mut Kit) {
    let place = kit.place().await;
    for _ in 0..7 {
        place.row().await;
    }
    if let Has::Not(_) = kit.resource.pages {
        let all = place.list("").send().await.expect(200);
        assert!(references(&place, &all).len() >= 7 && all.next().is_none(), "{all}");
        return;
    }
    let present = references(&place, &place.list("limit=100").send().await.expect(200));
    let (mut seen, mut pages) = (Vec::new(), 0);
    let mut next = Some(place.list("limit=3"));
    while let Some(request) = next {
        // One at the same time, and one for sure before the next page.
        let (page, _) = tokio::join!(request.send(), place.row());
        place.row().await;
        let page = page.expect(200);
        let page_rows = references(&place, &page);
        assert!(page_rows.len() == 3 || page.next().is_none(), "{page}");
        seen.extend(page_rows);
        pages += 1;
        assert!(pages <= present.len(), "the walk does not end");
        next = page.next().map(|link| {
            assert!(link.starts_with(&kit.server.url), "{link}");
            kit.server.get(&link)
        });
    }
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "a row was shown twice: {seen:?}");
    seen.retain(|row| present.contains(row));
    assert_eq!(seen, present);
    let count = references(&place, &place.list("limit=100").send().await.expect(200)).len().to_string();
    let total = place.list("limit=1&include=total").send().await.expect(200);
    assert_eq!(total.header("x-total-count"), Some(count.as_str()));
    assert_eq!(place.list("limit=1").send().await.expect(200).header("x-total-count"), None);
}

/// A cursor is good for the list that it came from, and for the caller who got it.
pub async fn cursors(kit: &mut Kit) {
    let Has::This(filters) = &kit.resource.pages else { return };
    let (place, other) = (kit.place().await, kit.place().await);
    for _ in 0..3 {
        place.row().await;
        other.row().await;
    }
    place.bring(&kit.jane, "owner").await;
    let first = place.list("limit=1").send().await.expect(200);
    let link = first.next().expect("a second page");
    let second = kit.server.get(&link).send().await.expect(200);
    assert_ne!(references(&place, &first), references(&place, &second));
    kit.server.refuses(kit.server.get(&link).by(&kit.jane), 400, "invalid_cursor").await;
    let own = place.list("limit=1").by(&kit.jane).send().await.expect(200).next().expect("a second page");
    kit.server.get(&own).by(&kit.jane).send().await.expect(200);

    let of_first = cursor(&first);
    let with = |request: Request| request.parameter("limit=1").parameter(&of_first);
    let sibling = if kit.resource.tag == "teams" { "workspaces" } else { "teams" };
    let mut others = vec![
        other.list(""),
        kit.server.get("/api/v1/organizations"),
        kit.server.get(&format!("{}/{sibling}", place.path())),
    ];
    others.extend(filters.iter().map(|filter| place.list(filter)));
    for request in others {
        kit.server.refuses(with(request), 400, "invalid_cursor").await;
    }
    for filter in *filters {
        let first = place.list(filter).parameter("limit=1").send().await.expect(200);
        if first.next().is_some() {
            place.list(filter).parameter("limit=1").parameter(&cursor(&first)).send().await.expect(200);
            let unfiltered = place.list("limit=1").parameter(&cursor(&first));
            kit.server.refuses(unfiltered, 400, "invalid_cursor").await;
        }
    }
    let altered = if of_first.ends_with('A') { "B" } else { "A" };
    for wrong in [format!("{}{altered}", &of_first[..of_first.len() - 1]), "cursor=x".into(), "cursor=".into()] {
        kit.server.refuses(place.list("limit=1").parameter(&wrong), 400, "invalid_cursor").await;
    }
}

/// Parameters that there are not, or not like this, are refused, all of them at once.
pub async fn parameters(kit: &mut Kit) {
    let place = kit.place().await;
    let row = place.reference(&place.row().await.json);
    let mut wrong = vec![(place.list("sort=name"), vec!["?sort"])];
    if kit.resource.pages.this().is_some() {
        for limit in ["0", "101", "-1", "x", ""] {
            wrong.push((place.list(&format!("limit={limit}")), vec!["?limit"]));
        }
        wrong.push((place.list("include=everything"), vec!["?include"]));
        wrong.push((place.list("include=everything&limit=0"), vec!["?include", "?limit"]));
    } else {
        wrong.push((place.list("limit=1"), vec!["?limit"]));
    }
    if kit.resource.read.this().is_some() {
        wrong.push((place.one(&row).parameter("fields=id"), vec!["?fields"]));
    }
    for write in kit.resource.writes() {
        let request = place.write(write, &row, place.number());
        wrong.push((request.clone().parameter("force=true"), vec!["?force"]));
        wrong.push((request.parameter("dry_run=1"), vec!["?dry_run"]));
    }
    for (request, pointers) in wrong {
        let what = request.to_string();
        assert_eq!(kit.server.refuses(request, 422, "invalid").await.pointers(), pointers, "{what}");
    }
    for (request, _) in place.requests(&row) {
        kit.server.refuses(request.parameter("as_of=1"), 422, "not_supported").await;
    }
    let nowhere = Place::nowhere(kit);
    for request in [nowhere.list(""), nowhere.create()] {
        kit.server.refuses(request, 404, kit.resource.scope_not_found()).await;
    }
}

/// What stands for the rows of a page, in order.
fn references(place: &Place<'_>, page: &Reply) -> Vec<String> {
    let rows = page.json.as_array().unwrap_or_else(|| panic!("not a list: {page}"));
    rows.iter().map(|row: &Value| place.reference(row)).collect()
}

/// `cursor=…` of the page behind this one.
fn cursor(page: &Reply) -> String {
    let link = page.next().expect("a next page");
    let parameters = link.split_once('?').expect("parameters").1;
    parameters.split('&').find(|parameter| parameter.starts_with("cursor=")).expect("a cursor").to_owned()
}
