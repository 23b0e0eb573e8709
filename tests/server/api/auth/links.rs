//! Links that work once: activation and password reset.

use serde_json::{Value, json};

use super::{access, invite, is_good, login, reset, reset_link};
use crate::support::{Request, Server, at_once, people::PASSWORD};

both!(
    a_reset_sets_the_password_once_and_ends_all_sessions,
    a_newer_link_replaces_the_one_before,
    a_reset_lets_an_invited_person_in,
    a_link_is_used_once_under_a_race,
    a_link_of_another_kind_or_person_is_no_link,
    a_weak_password_does_not_use_the_link,
    only_superadmins_ask_for_links,
    a_disabled_account_has_no_links,
    a_repeated_request_for_a_link_shows_no_token,
);

const NEW: &str = "an entirely new password";
const ACTIVATE: &str = "/api/v1/auth/activate";

fn activate(server: &Server, token: &str) -> Request {
    let body = json!({ "token": token, "password": NEW, "name": "Jane Doe" });
    server.post(ACTIVATE).anonymous().json(body)
}

async fn a_reset_sets_the_password_once_and_ends_all_sessions(server: Server) {
    let jane = server.person("jane@example.com").await;
    let link = reset_link(&server, &jane.id).await;
    // Asking changes nothing for the person.
    assert!(is_good(&server, &jane.access_token).await);
    server.login("jane@example.com").send().await.expect(200);
    let head = server.head().await;
    let done = reset(&server, &link, NEW).send().await.expect(204);
    assert_eq!((done.position(), done.body.as_str()), (head + 1, ""));
    assert!(!is_good(&server, &jane.access_token).await);
    server.refuses(server.login("jane@example.com"), 401, "invalid_credentials").await;
    login(&server, "jane@example.com", NEW).send().await.expect(200);
    server.refuses(reset(&server, &link, PASSWORD), 404, "link_not_found").await;
    server.deployment().assert_projections_verify();
}

async fn a_newer_link_replaces_the_one_before(server: Server) {
    let jane = server.person("jane@example.com").await;
    let old = reset_link(&server, &jane.id).await;
    let new = reset_link(&server, &jane.id).await;
    server.refuses(reset(&server, &old, NEW), 404, "link_not_found").await;
    reset(&server, &new, NEW).send().await.expect(204);
    // A password that is changed otherwise makes it void too.
    let link = reset_link(&server, &jane.id).await;
    let tokens = login(&server, "jane@example.com", NEW).send().await.expect(200);
    let body = json!({ "current_password": NEW, "new_password": PASSWORD });
    server.post("/api/v1/me/password").bearer(&access(&tokens)).json(body).send().await.expect(204);
    server.refuses(reset(&server, &link, NEW), 404, "link_not_found").await;
}

async fn a_reset_lets_an_invited_person_in(server: Server) {
    let (user, _) = invite(&server, "jane@example.com").await;
    let path = format!("/api/v1/users/{user}");
    assert_eq!(server.get(&path).send().await["status"], "invited");
    reset(&server, &reset_link(&server, &user).await, NEW).send().await.expect(204);
    assert_eq!(server.get(&path).send().await["status"], "active");
    let tokens = login(&server, "jane@example.com", NEW).send().await.expect(200);
    let me = server.get("/api/v1/me").bearer(&access(&tokens)).send().await.expect(200);
    assert_eq!((&me["name"], &me["memberships"][0]["role"]["key"]), (&Value::Null, &json!("owner")));
}

async fn a_link_is_used_once_under_a_race(server: Server) {
    let jane = server.person("jane@example.com").await;
    let link = reset_link(&server, &jane.id).await;
    let password = |n: usize| format!("password of number {n}");
    let replies = at_once((0..20).map(|n| reset(&server, &link, &password(n)).send())).await;
    let winners: Vec<_> = (0..20).filter(|n| replies[*n].status == 204).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(replies.iter().filter(|reply| reply["code"] == "link_not_found").count(), 19);
    login(&server, "jane@example.com", &password(winners[0])).send().await.expect(200);
}

async fn a_link_of_another_kind_or_person_is_no_link(server: Server) {
    let jane = server.person("jane@example.com").await;
    let joe = server.person("joe@example.com").await;
    let link = reset_link(&server, &jane.id).await;
    server.refuses(activate(&server, &link), 404, "link_not_found").await;
    // The token names its account: with another name it is another token.
    let (for_joe, half) = (reset_link(&server, &joe.id).await, link.len() / 2);
    let mixed = format!("{}{}", &for_joe[..half], &link[half..]);
    let mut wrong =
        vec![mixed, String::new(), "x".repeat(10_000), format!("{link}A"), format!("{link}="), jane.id.clone()];
    wrong.extend((1..link.len()).step_by(5).map(|end| link[..end].to_owned()));
    wrong.extend((24..link.len()).step_by(5).map(|place| super::tokens::forge::flipped(&link, place)));
    for token in &wrong {
        server.refuses(reset(&server, token, NEW), 404, "link_not_found").await;
    }
    for token in [&jane.access_token, &jane.refresh_token] {
        server.refuses(reset(&server, token, NEW), 404, "link_not_found").await;
        server.refuses(activate(&server, token), 404, "link_not_found").await;
    }
    reset(&server, &link, NEW).send().await.expect(204);
    reset(&server, &for_joe, NEW).send().await.expect(204);
}

async fn a_weak_password_does_not_use_the_link(server: Server) {
    let jane = server.person("jane.miller@example.com").await;
    let link = reset_link(&server, &jane.id).await;
    for weak in ["elevenchars", "password1234", "jane.miller@example.com", "Jane.Miller2026"] {
        let refused = server.refuses(reset(&server, &link, weak), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/password"]);
        // Whoever has no link is told nothing about the account, not even its address.
        let guessed = super::tokens::forge::flipped(&link, link.len() - 3);
        server.refuses(reset(&server, &guessed, weak), 404, "link_not_found").await;
    }
    reset(&server, &link, NEW).send().await.expect(204);
}

async fn only_superadmins_ask_for_links(server: Server) {
    let jane = server.person("jane@example.com").await;
    let ask = || server.post(&format!("/api/v1/users/{}/password-reset", jane.id));
    server.refuses(ask().by(&jane), 403, "superadmin_only").await;
    server.refuses(ask().anonymous(), 401, "not_authenticated").await;
    for id in ["nobody", "01890000-0000-7000-8000-000000000000"] {
        server.refuses(server.post(&format!("/api/v1/users/{id}/password-reset")), 404, "user_not_found").await;
    }
}

async fn a_disabled_account_has_no_links(server: Server) {
    let jane = server.person("jane@example.com").await;
    let link = reset_link(&server, &jane.id).await;
    server.post(&format!("/api/v1/users/{}/disable", jane.id)).send().await.expect(200);
    let ask = server.post(&format!("/api/v1/users/{}/password-reset", jane.id));
    server.refuses(ask, 409, "user_disabled").await;
    server.refuses(reset(&server, &link, NEW), 404, "link_not_found").await;
    server.refuses(login(&server, "jane@example.com", NEW), 401, "invalid_credentials").await;
}

async fn a_repeated_request_for_a_link_shows_no_token(server: Server) {
    let jane = server.person("jane@example.com").await;
    let ask = || server.post(&format!("/api/v1/users/{}/password-reset", jane.id)).key("k");
    let first = ask().send().await.expect(200);
    assert_eq!((&first["user_id"], &first["secret_available"]), (&json!(jane.id), &json!(true)));
    let again = ask().send().await.expect(200);
    assert!(again.is_replayed());
    assert_eq!((again.keys(), &again["secret_available"]), (vec!["secret_available", "user_id"], &json!(false)));
    // The link from the first answer is still the good one, and a request to use it can be repeated.
    let link = first["token"].as_str().expect("a token");
    let done = reset(&server, link, NEW).key("r").send().await.expect(204);
    let again = reset(&server, link, NEW).key("r").send().await.expect(204);
    assert!(again.is_replayed() && again.position() == done.position());
    let dry = server.post(&format!("/api/v1/users/{}/password-reset?dry_run=true", jane.id)).send().await.expect(200);
    assert_eq!(dry["result"]["secret_available"], false);
}
