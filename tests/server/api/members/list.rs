//! `GET /organizations/{org}/members`.

use serde_json::{Value, json};

use super::{PATH, members};
use crate::support::{Reply, Server};

both!(a_member_is_shown_as_described, filters_narrow_the_list,);

fn emails(reply: &Reply) -> Vec<String> {
    let rows = reply.json.as_array().unwrap_or_else(|| panic!("no list: {reply}"));
    rows.iter().map(|row| row["user"]["email"].as_str().unwrap_or_default().to_owned()).collect()
}

/// An organization with invited users `u0@example.com` and so on.
async fn make(server: &Server, org: &str, count: usize) {
    server.organization(org).await;
    for n in 0..count {
        let role = if n % 2 == 0 { "viewer" } else { "admin" };
        let body = json!({ "user_email": format!("u{n}@example.com"), "role": role });
        server.post(&format!("{PATH}/{org}/users")).json(body).send().await.expect(201);
    }
}

async fn a_member_is_shown_as_described(server: Server) {
    server.organization("acme").await;
    let own = json!({ "key": "own", "name": "Our own", "permissions": ["members:read"] });
    server.post(&format!("{PATH}/acme/roles")).json(own).send().await.expect(201);
    let jane = server.member("acme", "Jane@example.com", "own").await;
    let listed = server.get(&members("acme")).bearer(&jane.access_token).send().await.expect(200);
    let mut row = listed.json[0].clone();
    assert!(row["joined_at"].take().as_str().is_some_and(|at| at.ends_with('Z')));
    let expected = json!({
        "user": { "id": jane.id, "email": "Jane@example.com", "name": "Jane" },
        "role": { "key": "own", "name": "Our own" },
        "status": "active",
        "joined_at": Value::Null,
    });
    assert_eq!(row, expected);
    assert_eq!(emails(&listed), ["Jane@example.com", "admin@example.com"], "the newest account first");
    assert_eq!(listed.json[1]["role"], json!({ "key": "owner", "name": "Owner" }));
}

async fn filters_narrow_the_list(server: Server) {
    make(&server, "acme", 4).await;
    server.member("acme", "jane.doe@example.com", "developer").await;
    for (query, expected) in [
        ("role=admin", vec!["u3@example.com", "u1@example.com"]),
        ("role=developer", vec!["jane.doe@example.com"]),
        ("role=custom", vec![]),
        ("search=U2@EX", vec!["u2@example.com"]),
        // By name too.
        ("search=Jane.Doe", vec!["jane.doe@example.com"]),
        ("search=u_@", vec![]),
        ("search=%25", vec![]),
        ("search=%00", vec![]),
        ("role=viewer&search=u0", vec!["u0@example.com"]),
        ("role=admin&search=u0", vec![]),
    ] {
        let listed = server.get(&format!("{}?{query}&include=total", members("acme"))).send().await.expect(200);
        assert_eq!(emails(&listed), expected, "{query}");
        assert_eq!(listed.header("x-total-count"), Some(expected.len().to_string().as_str()), "{query}");
    }
    for (query, pointer) in [("role=No%20Role", "?role"), ("status=active", "?status")] {
        let refused = server.refuses(server.get(&format!("{}?{query}", members("acme"))), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{refused}");
    }
}
