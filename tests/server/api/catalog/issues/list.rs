//! `GET /api/v1/spaces/{space}/issues`.

use serde_json::json;

use super::{
    super::{path, space},
    issue, one,
};
use crate::support::Server;

both!(filters_narrow_the_list_down, what_a_filter_cannot_be, a_search_finds_parts_of_words);

async fn filters_narrow_the_list_down(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    for (title, priority, assignee, action) in [
        ("open", "low", None, None),
        ("started", "high", Some(&jane.id), Some("start")),
        ("done", "high", None, Some("resolve")),
        ("never", "critical", Some(&jane.id), Some("wont-fix")),
    ] {
        let body = json!({ "title": title, "priority": priority, "assignee_id": assignee });
        let made = server.post(&path("data", "issues")).json(body).send().await.expect(201);
        if let Some(action) = action {
            server.post(&format!("{}/{action}", one(&made))).send().await.expect(200);
        }
    }
    for (filter, titles) in [
        ("".to_owned(), vec!["never", "done", "started", "open"]),
        ("status=open".to_owned(), vec!["open"]),
        ("status=open,in_progress".to_owned(), vec!["started", "open"]),
        ("status=resolved,wont_fix,resolved".to_owned(), vec!["never", "done"]),
        ("priority=high".to_owned(), vec!["done", "started"]),
        ("priority=high&status=open,in_progress".to_owned(), vec!["started"]),
        (format!("assignee_id={}", jane.id), vec!["never", "started"]),
        (format!("assignee_id={}&priority=critical&search=NEV", jane.id), vec!["never"]),
        (format!("assignee_id={}", "0190163d-8694-739b-aea5-966c26f8ad91"), vec![]),
    ] {
        let listed = server.get(&format!("{}?include=total&{filter}", path("data", "issues"))).send().await.expect(200);
        let total = titles.len().to_string();
        assert_eq!(
            (listed.each("title"), listed.header("x-total-count")),
            (titles.into_iter().map(str::to_owned).collect(), Some(total.as_str())),
            "{filter}"
        );
    }
}

async fn what_a_filter_cannot_be(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let states = "must be open, in_progress, resolved or wont_fix";
    for (filter, pointer, detail) in [
        ("status=closed", "?status", states),
        ("status=open,closed", "?status", states),
        ("status=", "?status", states),
        ("status=open,", "?status", states),
        ("status=open, resolved", "?status", states),
        ("status=OPEN", "?status", states),
        ("priority=urgent", "?priority", "must be low, medium, high or critical"),
        ("priority=low,high", "?priority", "must be low, medium, high or critical"),
        ("assignee_id=me", "?assignee_id", "must be a UUID"),
        ("product=x", "?product", "unknown parameter"),
    ] {
        let refused = server.refuses(server.get(&format!("{}?{filter}", path("data", "issues"))), 422, "invalid").await;
        assert_eq!(refused["errors"], json!([{ "pointer": pointer, "detail": detail }]), "{filter}");
    }
}

async fn a_search_finds_parts_of_words(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    for title in ["Плохие данные", "100 % wrong", "snake_case", r"C:\orders", r#"it's "quoted""#] {
        issue(&server, "data", title).await;
    }
    let body = json!({ "title": "Described", "description": "Where the VALVE is" });
    server.post(&path("data", "issues")).json(body).send().await.expect(201);
    let find = async |text: &str| {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let request = server.get(&format!("{}?search={encoded}", path("data", "issues")));
        request.send().await.expect(200).each("title")
    };
    for (text, titles) in [
        ("ПЛОХИЕ", vec!["Плохие данные"]),
        ("%", vec!["100 % wrong"]),
        ("_", vec!["snake_case"]),
        (r"\", vec![r"C:\orders"]),
        ("'S", vec![r#"it's "quoted""#]),
        (r#""Q"#, vec![r#"it's "quoted""#]),
        ("valve", vec!["Described"]),
        (&"x".repeat(255), vec![]),
    ] {
        assert_eq!(find(text).await, titles, "{text}");
    }
    for text in ["%00".to_owned(), "x".repeat(256), "_".repeat(10_000)] {
        let request = server.get(&format!("{}?search={text}", path("data", "issues")));
        assert_eq!(server.refuses(request, 422, "invalid").await.pointers(), ["?search"]);
    }
    assert_eq!(find("").await.len(), 6);
}
