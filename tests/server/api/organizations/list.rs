//! `GET /api/v1/organizations`.

use serde_json::json;

use crate::support::{Reply, Server, at_once};

both!(
    a_list_is_a_bare_array_newest_first,
    a_walk_sees_every_row_once_while_others_write,
    filters_hold_on_every_page,
    search_takes_its_text_literally,
    a_cursor_is_good_for_its_list_only,
    a_total_is_counted_when_asked_for,
);

const PATH: &str = "/api/v1/organizations";

async fn make(server: &Server, count: usize) -> Vec<String> {
    let mut slugs = Vec::new();
    for n in 0..count {
        slugs.push(server.organization(&format!("org-{n}")).await["slug"].as_str().expect("a slug").to_owned());
    }
    slugs
}

async fn a_list_is_a_bare_array_newest_first(server: Server) {
    assert_eq!(server.get(PATH).send().await.expect(200).json, json!([]));
    let mut slugs = make(&server, 3).await;
    slugs.reverse();
    let list = server.get(PATH).send().await.expect(200);
    assert_eq!(list.each("slug"), slugs);
    assert_eq!((list.next(), list.header("x-total-count"), list.header("etag")), (None, None, None));
    for row in list.json.as_array().expect("rows") {
        let one = server.get(&format!("{PATH}/{}", row["id"].as_str().expect("an id"))).send().await;
        assert_eq!(&one.json, row);
    }
    // 50 rows are a page when nothing is said, and 100 at most.
    let rest: Vec<_> =
        (0..100).map(|n| server.post(PATH).json(json!({ "name": format!("more {n}") })).send()).collect();
    at_once(rest).await.into_iter().for_each(|reply| drop(reply.expect(201)));
    let lengths = [server.get(PATH).send().await, server.get(&format!("{PATH}?limit=100")).send().await];
    assert_eq!(lengths.map(|list: Reply| (list.each("id").len(), list.next().is_some())), [(50, true), (100, true)]);
}

async fn a_walk_sees_every_row_once_while_others_write(server: Server) {
    let mut present = make(&server, 25).await;
    present.reverse();
    let mut seen = Vec::new();
    let mut next = Some(format!("{PATH}?limit=4"));
    let mut pages = 0;
    while let Some(path) = next {
        let page = server.get(&path).send().await.expect(200);
        assert!(page.each("slug").len() <= 4);
        seen.extend(page.each("slug"));
        next = page.next();
        assert!(next.iter().all(|link| link.starts_with(&format!("{}{PATH}?limit=4&cursor=", server.url))));
        // Somebody inserts, renames what was not seen yet, and deletes what was.
        server.organization(&format!("late-{pages}")).await;
        server.patch(&format!("{PATH}/org-{pages}")).json(json!({ "name": "renamed" })).send().await.expect(200);
        server.delete(&format!("{PATH}/{}", seen[pages])).send().await.expect(204);
        pages += 1;
    }
    assert_eq!((seen, pages), (present, 7));
}

async fn filters_hold_on_every_page(server: Server) {
    make(&server, 9).await;
    for n in [1, 3, 5, 7] {
        server.post(&format!("{PATH}/org-{n}/suspend")).json(json!({})).send().await.expect(200);
    }
    let first =
        server.get(&format!("{PATH}?status=suspended&search=ORG&limit=2&include=total")).send().await.expect(200);
    assert_eq!((first.each("slug"), first.header("x-total-count")), (vec!["org-7".into(), "org-5".into()], Some("4")));
    let second = server.get(&first.next().expect("a second page")).send().await.expect(200);
    assert_eq!(
        (second.each("slug"), second.header("x-total-count")),
        (vec!["org-3".into(), "org-1".into()], Some("4"))
    );
    assert_eq!(second.next(), None);
}

async fn search_takes_its_text_literally(server: Server) {
    for (name, slug) in
        [("50% & more", "percent"), ("under_score", "under-score"), ("back\\slash", "back"), ("ÄRZTE", "aerzte")]
    {
        server.post(PATH).json(json!({ "name": name, "slug": slug })).send().await.expect(201);
    }
    for (search, found) in [
        ("50%25", vec!["percent"]),
        ("%25", vec!["percent"]),
        ("r_s", vec!["under-score"]),
        ("_", vec!["under-score"]),
        ("%5C", vec!["back"]),
        ("UNDER-SC", vec!["under-score"]),
        ("%C3%A4rz", vec!["aerzte"]),
        ("%00", vec![]),
        ("%27%20OR%201=1", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(
            server.get(&format!("{PATH}?search={search}")).send().await.expect(200).each("slug"),
            found,
            "{search}"
        );
    }
}

async fn a_cursor_is_good_for_its_list_only(server: Server) {
    make(&server, 3).await;
    let next = server.get(&format!("{PATH}?limit=1")).send().await.next().expect("a second page");
    let cursor = next.split("cursor=").nth(1).expect("a cursor").to_owned();
    server.get(&format!("{PATH}?limit=100&cursor={cursor}")).send().await.expect(200);
    let mut altered = vec![String::new(), "x".to_owned(), "%00".to_owned(), "!!".to_owned(), format!("{cursor}A")];
    for place in 0..cursor.len() {
        let mut bytes = cursor.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        altered.push(String::from_utf8(bytes).expect("ASCII"));
    }
    altered.push(cursor[..cursor.len() - 1].to_owned());
    let head = server.head().await;
    for cursor in altered {
        let reply = server.get(&format!("{PATH}?limit=1&cursor={cursor}")).send().await;
        assert_eq!((reply.status, &reply["code"]), (400, &json!("invalid_cursor")), "{cursor}");
    }
    assert_eq!(server.head().await, head);
    for other in ["status=active", "search=x"] {
        server.refuses(server.get(&format!("{PATH}?{other}&cursor={cursor}")), 400, "invalid_cursor").await;
    }
    let foreign = Server::start(server.engine());
    foreign.refuses(foreign.get(&format!("{PATH}?limit=1&cursor={cursor}")), 400, "invalid_cursor").await;
}

async fn a_total_is_counted_when_asked_for(server: Server) {
    make(&server, 3).await;
    server.delete(&format!("{PATH}/org-0")).send().await.expect(204);
    let total = async |query: &str| {
        server.get(&format!("{PATH}?{query}")).send().await.expect(200).header("x-total-count").map(str::to_owned)
    };
    assert_eq!(total("include=total&limit=1").await.as_deref(), Some("2"));
    assert_eq!(total("include=total&status=deleted").await.as_deref(), Some("1"));
    assert_eq!(total("include=total&search=nobody").await.as_deref(), Some("0"));
    assert_eq!(total("limit=1").await, None);
}
