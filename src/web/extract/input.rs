//! A request that wants something written, with what every such request may say about how.

use aggregates::metadata::Actor;
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::{
    Caller, MAX_BODY,
    body::{parse_body, read_body},
    context, parse_query,
};
use crate::{
    commands::{IfMatch, Write},
    identity::{Principal, RequestContext},
    ledger::{Idempotency, secret::authenticate},
    web::{App, Problem, fields::FieldProblem, problem::Code},
};

/// A request that wants something written: by whom, how, with which body, and with which parameters beside `dry_run`.
#[derive(Debug, Clone)]
pub struct Input<T, Q = Nothing> {
    pub principal: Principal,
    /// Where the request comes from.
    pub client_address: Option<String>,
    pub write: Write,
    pub body: T,
    pub query: Q,
}

/// The body of an action that takes none, or its parameters.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned, Q: DeserializeOwned + Send> FromRequest<App> for Input<T, Q> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Caller(principal) = Caller::from_request_parts(&mut parts, app).await?;
        let (conventions, query) = Conventions::read(&parts)?;
        let content = read_body(body, MAX_BODY).await?;
        let idempotency = conventions.idempotency(app, &parts, principal.actor(), &content);
        let body = parse_body(&parts, &content)?;
        let context = context(&parts);
        let write = Write { idempotency, ..conventions.applied(principal.write(&context)) };
        Ok(Self { principal, client_address: context.client_address, write, body, query })
    }
}

impl Principal {
    /// A write by this principal, with nothing said about how.
    pub fn write(&self, request: &RequestContext) -> Write {
        Write { secret: self.credential.secret(), ..Write::new(self.asker, self.metadata(request)) }
    }
}

/// What headers and query say about how to write.
#[derive(Debug, Clone)]
pub struct Conventions {
    if_match: Option<IfMatch>,
    pub dry_run: bool,
    key: Option<String>,
}

impl Conventions {
    /// With the request's own parameters.
    pub fn read<Q: DeserializeOwned>(parts: &Parts) -> Result<(Self, Q), Problem> {
        let if_match = if_match(&parts.headers)?;
        let (dry_run, query) = parameters(parts)?;
        Ok((Self { if_match, dry_run, key: idempotency_key(parts)? }, query))
    }

    /// The write as these say, but for the idempotency key.
    pub fn applied(&self, write: Write) -> Write {
        Write { if_match: self.if_match, dry_run: self.dry_run, ..write }
    }

    /// With an idempotency key that is another one elsewhere.
    pub fn within(mut self, place: &str) -> Self {
        self.key = self.key.map(|key| format!("{place} {key}"));
        self
    }

    /// What is kept of the request is a keyed hash: a body may hold a password.
    pub fn idempotency(&self, app: &App, parts: &Parts, actor: Actor, content: &[u8]) -> Option<Idempotency> {
        let key = self.key.as_ref().filter(|_| !self.dry_run)?;
        let query = parts.uri.query().unwrap_or_default();
        let fingerprint = authenticate(&app.fingerprint_key, &[query.as_bytes(), content]);
        Some(Idempotency::new(actor, &route(parts), key, &[&fingerprint]))
    }
}

/// Method and path: an idempotency key belongs to one of each.
fn route(parts: &Parts) -> String {
    let path = parts.uri.path();
    format!("{} {}", parts.method, path.strip_prefix("/api").filter(|rest| rest.starts_with("/v1/")).unwrap_or(path))
}

/// `dry_run`, and the request's own parameters. One that is not known refuses it: a misspelt dry_run must not write.
fn parameters<Q: DeserializeOwned>(parts: &Parts) -> Result<(bool, Q), Problem> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let mut dry_run = false;
    let mut own = Vec::new();
    for (name, value) in pairs {
        match (name.as_str(), value.as_str()) {
            ("dry_run", "true") => dry_run = true,
            ("dry_run", "false") => dry_run = false,
            ("dry_run", _) => {
                return Err(Problem::invalid(vec![FieldProblem::new("?dry_run", "must be true or false")]));
            }
            ("as_of", _) => return Err(Problem::with_detail(Code::NotSupported, "as_of is for reads only")),
            _ => own.push((name, value)),
        }
    }
    Ok((dry_run, parse_query(&own)?))
}

/// `If-Match: "v<n>-<hash>"`, of which the version counts, or `*`.
fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(IfMatch::Anything));
    }
    let version = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    // More than one tag could mean more than one version.
    let version = version.filter(|tag| !tag.contains('"') && headers.get_all(header::IF_MATCH).iter().count() == 1);
    let version = version.and_then(|tag| tag.split('-').next()).and_then(|number| number.parse().ok());
    let malformed =
        || Problem::with_detail(Code::InvalidHeader, "If-Match must be one ETag of this API, such as \"v3-5d41402a\"");
    version.map(|version| Some(IfMatch::Version(version))).ok_or_else(malformed)
}

fn idempotency_key(parts: &Parts) -> Result<Option<String>, Problem> {
    if !matches!(parts.method, Method::POST | Method::PATCH | Method::DELETE | Method::PUT) {
        return Ok(None);
    }
    let mut values = parts.headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed =
        || Problem::with_detail(Code::InvalidHeader, "Idempotency-Key must be 1 to 255 visible ASCII characters");
    let text = value.to_str().map_err(|_| malformed())?.trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let fine = (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic()) && values.next().is_none();
    if fine { Ok(Some(bare.to_owned())) } else { Err(malformed()) }
}
