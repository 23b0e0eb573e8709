//! What handlers take from a request.

use aggregates::authorization::Asker;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, OriginalUri, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::{App, Problem, fields::FieldProblem, problem::Code};
use crate::{
    commands::Write,
    database,
    identity::{BasicError, Principal, RequestContext},
    ledger::Idempotency,
};

/// The largest request body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// How much of a body that is too large is read before the connection is given up, in bytes.
const MAX_DISCARDED: usize = 16 * 1024 * 1024;

/// A signed-in caller.
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl Caller {
    pub fn asker(&self) -> Asker {
        self.0.asker()
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or_else(Problem::not_authenticated)?;
        if values.next().is_some() {
            return Err(Problem::with_detail(Code::InvalidHeader, "There is more than one Authorization header"));
        }
        let value = value.to_str().map_err(|_| Problem::not_authenticated())?;
        let (scheme, credentials) = value.split_once(' ').ok_or_else(Problem::not_authenticated)?;
        if scheme.eq_ignore_ascii_case("basic") {
            basic(app, credentials.trim()).await.map(Self)
        } else if scheme.eq_ignore_ascii_case("bearer") {
            Err(Problem::invalid_token())
        } else {
            Err(Problem::not_authenticated())
        }
    }
}

async fn basic(app: &App, credentials: &str) -> Result<Principal, Problem> {
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((email, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
        return Err(Problem::not_authenticated());
    };
    app.superadmins.authenticate(email, &SecretString::from(password)).await.map_err(|error| match error {
        BasicError::Refused => Problem::not_authenticated(),
        error => {
            tracing::error!(error = %database::chain(&error), "a caller could not be authenticated");
            match error {
                BasicError::Ledger(error) => error.into(),
                BasicError::Read(error) => error.into(),
                _ => Problem::new(Code::Internal),
            }
        }
    })
}

/// The parts of a request that its events remember.
pub fn context(parts: &Parts) -> RequestContext {
    parts.extensions.get::<RequestContext>().cloned().unwrap_or_default()
}

/// A query whose parameters are all known. `as_of` and `dry_run` belong to the conventions and are taken out before.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|error| Problem::with_detail(Code::BadRequest, error.to_string()))?;
        if pairs.iter().any(|(name, _)| name == "as_of") {
            return Err(Problem::with_detail(Code::NotSupported, "as_of is not offered here"));
        }
        let rest: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "dry_run").collect();
        let rest = serde_urlencoded::to_string(rest).unwrap_or_default();
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(form_urlencoded::parse(
            rest.as_bytes(),
        )));
        parsed.map(Self).map_err(|error| {
            let path = error.path().to_string();
            let pointer = if path == "." { "?".to_owned() } else { format!("?{path}") };
            Problem::invalid(vec![FieldProblem::new(pointer, error.inner())])
        })
    }
}

/// A request that wants something written: how, and with which body.
#[derive(Debug, Clone)]
pub struct Input<T> {
    pub write: Write,
    pub body: T,
}

/// The body of an action that takes none.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Caller(principal) = Caller::from_request_parts(&mut parts, app).await?;
        let if_version = if_match(&parts.headers)?;
        let dry_run = dry_run(&parts)?;
        let key = idempotency_key(&parts)?;
        let content = read_body(body, MAX_BODY).await?;
        let idempotency = key.filter(|_| !dry_run).map(|key| {
            let query = parts.uri.query().unwrap_or_default();
            Idempotency::new(principal.actor(), &route(&parts), &key, &[query.as_bytes(), &content])
        });
        let body = parse_body(&parts, &content)?;
        let metadata = principal.metadata(&context(&parts));
        Ok(Self { write: Write { asker: principal.asker(), metadata, idempotency, if_version, dry_run }, body })
    }
}

/// Method and path: an idempotency key is good for one of each.
fn route(parts: &Parts) -> String {
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
    format!("{} {}", parts.method, path.strip_prefix("/api").filter(|rest| rest.starts_with("/v1/")).unwrap_or(path))
}

pub(crate) fn parse_body<T: DeserializeOwned>(parts: &Parts, content: &Bytes) -> Result<T, Problem> {
    // An action whose fields are all optional needs no body, and neither does anything that has no fields.
    let is_action = matches!(parts.method, Method::POST | Method::DELETE) || size_of::<T>() == 0;
    if is_action
        && content.is_empty()
        && let Ok(empty) = serde_json::from_str("{}")
    {
        return Ok(empty);
    }
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    refuse_other_than_object(content)?;
    let mut deserializer = serde_json::Deserializer::from_slice(content);
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = pointer(error.path());
        (error.into_inner(), path)
    });
    let parsed = parsed.and_then(|value| deserializer.end().map(|()| value).map_err(|error| (error, String::new())));
    parsed.map_err(|(error, pointer)| match error.classify() {
        serde_json::error::Category::Data => Problem::invalid(vec![FieldProblem::new(pointer, without_place(&error))]),
        _ => Problem::with_detail(Code::InvalidJson, error.to_string()),
    })
}

/// Every body is an object. Serde would also fill a struct from an array, by the order of its fields.
fn refuse_other_than_object(content: &[u8]) -> Result<(), Problem> {
    let begins_object = content.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if begins_object {
        return Ok(());
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(content) {
        Ok(_) => Err(Problem::invalid(vec![FieldProblem::new("", "must be an object")])),
        Err(error) => Err(Problem::with_detail(Code::InvalidJson, error.to_string())),
    }
}

/// A JSON Pointer to where the path ends.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// The message without « at line 1 column 7»: the pointer says where.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The whole body, of at most so many bytes.
///
/// What is too long is read on for a while before it is refused: a client that is still sending when the connection is
/// closed may never see the answer.
pub(crate) async fn read_body(body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let mut content = Vec::new();
    let mut seen: usize = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::with_detail(Code::BadRequest, "The body did not arrive in full"))?;
        seen = seen.saturating_add(chunk.len());
        if seen > MAX_DISCARDED {
            break;
        }
        if seen <= most {
            content.extend_from_slice(&chunk);
        }
    }
    if seen > most { Err(Problem::new(Code::BodyTooLarge)) } else { Ok(content.into()) }
}

fn dry_run(parts: &Parts) -> Result<bool, Problem> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let mut dry_run = false;
    for (name, value) in pairs {
        match (name.as_str(), value.as_str()) {
            ("dry_run", "true") => dry_run = true,
            ("dry_run", "false") => dry_run = false,
            ("dry_run", _) => {
                return Err(Problem::invalid(vec![FieldProblem::new("?dry_run", "must be true or false")]));
            }
            ("as_of", _) => return Err(Problem::with_detail(Code::NotSupported, "A write has no as_of")),
            // A misspelt dry_run must not write.
            (other, _) => {
                return Err(Problem::invalid(vec![FieldProblem::new(
                    format!("?{other}"),
                    "is not a parameter of this request",
                )]));
            }
        }
    }
    Ok(dry_run)
}

/// The version of `If-Match: "v<n>-<hash>"`. `*` insists on nothing but existence, which every change does by itself.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    // More than one tag could mean more than one version.
    let version = version.filter(|tag| !tag.contains('"') && headers.get_all(header::IF_MATCH).iter().count() == 1);
    let version = version.and_then(|tag| tag.split('-').next()).and_then(|number| number.parse().ok());
    let malformed =
        || Problem::with_detail(Code::InvalidHeader, "If-Match must be one ETag of this API, such as \"v3-5d41402a\"");
    version.map(Some).ok_or_else(malformed)
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
