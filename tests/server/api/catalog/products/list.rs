//! `GET /api/v1/spaces/{space}/products`.

use serde_json::json;

use super::super::{path, product, space};
use crate::support::{Reply, Server};

both!(the_status_says_which_are_listed, a_search_finds_parts_of_name_and_slug, parameters_are_checked);

async fn the_status_says_which_are_listed(server: Server) {
    server.organization("acme").await;
    for slug in ["data", "facts"] {
        space(&server, "acme", slug).await;
    }
    let old = product(&server, "data", "old").await;
    product(&server, "data", "young").await;
    product(&server, "facts", "elsewhere").await;
    server.post(&format!("/api/v1/products/{}/archive", old.id())).send().await.expect(200);
    for (query, slugs) in [
        ("", vec!["young"]),
        ("status=active", vec!["young"]),
        ("status=archived", vec!["old"]),
        ("status=all", vec!["young", "old"]),
    ] {
        let list = server.get(&format!("{}?{query}&include=total", path("data", "products")));
        let list = list.send().await.expect(200);
        assert_eq!(list.each("slug"), slugs, "{query}");
        assert_eq!(list.header("x-total-count"), Some(slugs.len().to_string().as_str()));
    }
}

async fn a_search_finds_parts_of_name_and_slug(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    for (name, slug) in [
        ("Daily ORDERS", "daily"),
        ("Заказы за День", "zakazy"),
        ("100% sure", "percent"),
        ("under_score", "score"),
        (r"back\slash 'quoted' \u{22}", "quotes"),
    ] {
        let body = json!({ "name": name, "slug": slug });
        server.post(&path("data", "products")).json(body).send().await.expect(201);
    }
    let search = async |text: &str| -> Reply {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        server.get(&format!("{}?include=total&search={text}", path("data", "products"))).send().await.expect(200)
    };
    for (text, slugs) in [
        ("orders", vec!["daily"]),
        ("ILY O", vec!["daily"]),
        ("DAILY", vec!["daily"]),
        ("заказы", vec!["zakazy"]),
        ("ДЕНЬ", vec!["zakazy"]),
        ("ZAKAZY", vec!["zakazy"]),
        ("%", vec!["percent"]),
        ("_", vec!["score"]),
        (r"\", vec!["quotes"]),
        ("'quoted'", vec!["quotes"]),
        ("'; DROP TABLE products; --", vec![]),
        ("sure percent", vec!["percent"]),
        ("nothing", vec![]),
        ("  ", vec!["quotes", "score", "percent", "zakazy", "daily"]),
    ] {
        let found = search(text).await;
        assert_eq!(found.each("slug"), slugs, "{text}");
        assert_eq!(found.header("x-total-count"), Some(slugs.len().to_string().as_str()), "{text}");
    }
}

async fn parameters_are_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let long = format!("search={}", "x".repeat(10_000));
    for (query, pointer) in [
        ("status=deleted", "?status"),
        ("status=", "?status"),
        (long.as_str(), "?search"),
        ("search=a%00b", "?search"),
        ("workspace=default", "?workspace"),
    ] {
        let request = server.get(&format!("{}?{query}", path("data", "products")));
        assert_eq!(server.refuses(request, 422, "invalid").await.pointers(), [pointer]);
    }
}
