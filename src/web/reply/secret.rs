//! What is shown once and stored nowhere.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::{
    commands::Write,
    ledger::{Appended, StoredReply},
    web::{App, Code, Problem},
};

/// Adds to the answer what is shown once and stored nowhere: the body was stored with `"secret_available": false`. A
/// replay has nothing to add, and a dry run has made nothing. The tag stays: it is the resource's, not this answer's.
pub fn with_secret(
    appended: Appended,
    write: &Write,
    add: impl FnOnce(&mut Map<String, Value>),
) -> Result<Appended, Problem> {
    if appended.replayed || write.dry_run {
        return Ok(appended);
    }
    let unreadable = |_| Problem::new(Code::Internal);
    let mut body: Map<_, _> =
        serde_json::from_str(appended.reply.body.as_deref().unwrap_or_default()).map_err(unreadable)?;
    add(&mut body);
    let body = serde_json::to_string(&body).map_err(unreadable)?;
    Ok(Appended { reply: StoredReply { body: Some(body), ..appended.reply }, ..appended })
}

/// Shows a one-time token and the link that has it, in place of `"secret_available": false`.
pub fn reveal(shown: &mut Map<String, Value>, token: &SecretString, url: String) {
    shown.insert("token".to_owned(), token.expose_secret().into());
    shown.insert("url".to_owned(), url.into());
    shown.insert("secret_available".to_owned(), true.into());
}

/// Shows what lets a person into an account that was created for them, if one was.
pub fn with_activation(
    app: &App,
    appended: Appended,
    write: &Write,
    token: &SecretString,
) -> Result<Appended, Problem> {
    let body: Option<Value> = appended.reply.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    if !body.is_some_and(|body| body["activation"].is_object()) {
        return Ok(appended);
    }
    let url = format!("{}/activate/{}", app.settings.public_url, token.expose_secret());
    with_secret(appended, write, |body| {
        if let Some(Value::Object(activation)) = body.get_mut("activation") {
            reveal(activation, token, url);
        }
    })
}
