//! How often signing in may fail.

use serde_json::json;

use super::{lasting, login};
use crate::support::{Person, Reply, Request, Server, at_once, people::PASSWORD};

both!(
    ten_failures_close_an_account_to_every_way_in,
    success_clears_the_account,
    an_unknown_account_is_closed_alike,
    guessing_in_parallel_gives_no_more_tries,
    a_hundred_failures_close_an_address,
);

fn change(server: &Server, person: &Person, current: &str) -> Request {
    let body = json!({ "current_password": current, "new_password": "another fine password" });
    server.post("/api/v1/me/password").by(person).json(body)
}

fn assert_limited(reply: &Reply, policy: &str) {
    assert_eq!((reply.status, &reply["code"]), (429, &json!("too_many_attempts")), "{reply}");
    let seconds: u64 = reply.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..=900).contains(&seconds), "{reply}");
    let name = policy.split(';').next().expect("a name");
    assert_eq!(reply.header("ratelimit-policy"), Some(policy), "{reply}");
    assert_eq!(reply.header("ratelimit"), Some(format!("{name};r=0;t={seconds}").as_str()), "{reply}");
}

async fn ten_failures_close_an_account_to_every_way_in(server: Server) {
    let jane = server.person("jane@example.com").await;
    let other = server.person("other@example.com").await;
    for n in 0..10 {
        match n % 3 {
            0 => login(&server, "Jane@Example.com", "wrong").send().await.expect(401),
            1 => server.get("/api/v1/me").basic("jane@example.com", "wrong").send().await.expect(401),
            _ => change(&server, &jane, "wrong").send().await.expect(422),
        };
    }
    for refused in [
        server.login("jane@example.com").send().await,
        server.login("JANE@example.com").send().await,
        login(&server, "jane@example.com", "wrong").send().await,
        server.get("/api/v1/me").basic("jane@example.com", PASSWORD).send().await,
        change(&server, &jane, PASSWORD).send().await,
    ] {
        assert_limited(&refused, "\"account\";q=10;w=900");
    }
    // What is signed in goes on, and so does everybody else.
    server.get("/api/v1/me").by(&jane).send().await.expect(200);
    server.login("other@example.com").send().await.expect(200);
    change(&server, &other, PASSWORD).send().await.expect(204);
}

async fn success_clears_the_account(server: Server) {
    let jane = server.person("jane@example.com").await;
    for _ in 0..3 {
        for _ in 0..9 {
            login(&server, "jane@example.com", "wrong").send().await.expect(401);
        }
        server.login("jane@example.com").send().await.expect(200);
    }
    for _ in 0..9 {
        login(&server, "jane@example.com", "wrong").send().await.expect(401);
    }
    change(&server, &jane, PASSWORD).send().await.expect(204);
    login(&server, "jane@example.com", PASSWORD).send().await.expect(401);
}

async fn an_unknown_account_is_closed_alike(server: Server) {
    server.person("jane@example.com").await;
    let mut answers = Vec::new();
    for email in ["jane@example.com", "unknown@example.com"] {
        for _ in 0..10 {
            login(&server, email, "wrong").send().await.expect(401);
        }
        let refused = login(&server, email, PASSWORD).send().await;
        assert_limited(&refused, "\"account\";q=10;w=900");
        let (status, mut headers, body) = lasting(&refused);
        headers.retain(|(name, _)| name != "retry-after" && name != "ratelimit");
        answers.push((status, headers, body));
    }
    assert_eq!(answers[0], answers[1]);
}

async fn guessing_in_parallel_gives_no_more_tries(server: Server) {
    server.person("jane@example.com").await;
    let replies = at_once((0..40).map(|_| login(&server, "jane@example.com", "wrong").send())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 10);
    assert_eq!(replies.iter().filter(|reply| reply.status == 429).count(), 30);
}

/// Links count as well: guessing one is guessing.
async fn a_hundred_failures_close_an_address(server: Server) {
    server.person("jane@example.com").await;
    let guess = || {
        let body = json!({ "token": "guessed", "password": PASSWORD });
        server.post("/api/v1/auth/password-reset").anonymous().json(body).send()
    };
    for n in 0..5 {
        login(&server, &format!("user-{n}@example.com"), "wrong").send().await.expect(401);
        // A right password does not count as a failure of its address.
        server.login("jane@example.com").send().await.expect(200);
    }
    for _ in 0..95 {
        guess().await.expect(404);
    }
    for refused in [guess().await, server.login("jane@example.com").send().await] {
        assert_limited(&refused, "\"address\";q=100;w=900");
    }
    // Nor can it be told from there whether an account is closed.
    server.get("/api/v1/me").basic("new@example.com", "wrong").send().await.expect(429);
}
