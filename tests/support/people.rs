//! People: who signs up, and who belongs where.

use serde_json::{Value, json};

use super::{Request, Server};

/// Good enough for anybody.
pub const PASSWORD: &str = "a fine long password";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub access_token: String,
    pub refresh_token: String,
    /// The personal organization.
    pub organization: String,
}

impl Server {
    /// Signs somebody up.
    pub async fn person(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD, "name": name(email) });
        let made = self.post("/api/v1/auth/signup").anonymous().json(body).send().await.expect(201);
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {made}")).to_owned();
        Person {
            id: text(&made["user"]["id"]),
            email: email.to_owned(),
            access_token: text(&made["tokens"]["access_token"]),
            refresh_token: text(&made["tokens"]["refresh_token"]),
            organization: text(&made["organization"]["id"]),
        }
    }

    /// Signs somebody up whom the superadmin adds to an organization.
    pub async fn member(&self, organization: &str, email: &str, role: &str) -> Person {
        let person = self.person(email).await;
        let body = json!({ "user_email": email, "role": role });
        self.post(&format!("/api/v1/organizations/{organization}/users")).json(body).send().await.expect(201);
        person
    }

    /// Signs in with address and [`PASSWORD`].
    pub fn login(&self, email: &str) -> Request {
        self.post("/api/v1/auth/login").anonymous().json(json!({ "email": email, "password": PASSWORD }))
    }
}

/// `Jane` for `jane@example.com`.
fn name(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    local.chars().take(1).flat_map(char::to_uppercase).chain(local.chars().skip(1)).collect()
}
