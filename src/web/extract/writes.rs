//! A request that wants something written, with what every such request may say about how.

use aggregates::{authorization::Asker, metadata::Actor};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{
    Caller, MAX_BODY, Place,
    body::{parse_body, read_body},
    caller, context,
    path::place,
};
use crate::{
    commands::{self, Command, IfMatch, Write},
    identity::{Principal, RequestContext},
    ledger::{Appended, Error, Idempotency, StoredReply, secret::authenticate},
    readmodel::Versioned,
    web::{
        App, Problem,
        describe::{Describe, Described},
        problem::Code,
        query::{Parameters, Query},
        reply::{self, Changed, Created, Represents},
    },
};

/// A request that wants something written: by whom, how, of what its path names, with which body and parameters.
pub struct Writes<B = Nothing, P: Place = (), Q = ()> {
    pub by: Writer,
    pub path: P::Written,
    pub body: B,
    pub query: Q,
}

/// Who wants something written, and how.
pub struct Writer {
    pub app: App,
    pub principal: Principal,
    /// Where the request comes from.
    pub client_address: Option<String>,
    pub write: Write,
}

/// The body of an action that takes none.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<B: DeserializeOwned + Send, P: Place, Q: Parameters + Send> FromRequest<App> for Writes<B, P, Q> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Caller(principal) = Caller::from_request_parts(&mut parts, app).await?;
        let (conventions, query) = Conventions::read(&parts)?;
        let content = read_body(body, MAX_BODY).await?;
        let idempotency = conventions.idempotency(app, &parts, principal.actor(), &content);
        let body = parse_body(&parts, &content)?;
        let path = place::<P>(&mut parts).await?.resolve(app).await?;
        let context = context(&parts);
        let write = Write { idempotency, ..conventions.applied(principal.write(&context)) };
        let by = Writer { app: app.clone(), principal, client_address: context.client_address, write };
        Ok(Self { by, path, body, query })
    }
}

impl Writer {
    pub fn asker(&self) -> Asker {
        self.write.asker
    }

    /// Runs the command, and answers with what `present` makes of the outcome.
    pub async fn run<C: Command>(
        &self,
        command: &C,
        present: impl Fn(&C::View) -> StoredReply + Clone + Send + Sync + 'static,
    ) -> Result<Appended, commands::Error> {
        self.app.commands.run(&self.write, command, present).await
    }

    /// Runs a command that creates what `location` says where to find.
    pub async fn create<T, C>(
        &self,
        command: &C,
        location: impl Fn(&C::View) -> String + Clone + Send + Sync + 'static,
    ) -> Result<Created<T>, commands::Error>
    where
        T: Represents<View = C::View>,
        C: Command,
    {
        let present = move |view: &C::View| reply::created(&T::As::from(view), version::<T>(view), location(view));
        Ok(self.run(command, present).await?.into())
    }

    /// Runs a command that changes something.
    pub async fn change<T, C>(&self, command: &C) -> Result<Changed<T>, commands::Error>
    where
        T: Represents<View = C::View>,
        C: Command,
    {
        let present = |view: &C::View| reply::changed(&T::As::from(view), version::<T>(view));
        Ok(self.run(command, present).await?.into())
    }

    /// Runs a command that leaves nothing to show.
    pub async fn remove<R: From<Appended>>(&self, command: &impl Command) -> Result<R, commands::Error> {
        Ok(self.run(command, |_| reply::no_content()).await?.into())
    }
}

impl<B: DescribeBody, P: Place, Q: Parameters> Describe for Writes<B, P, Q> {
    fn describe(operation: &mut Described<'_>) {
        caller::describe(operation);
        operation.problem("403");
        P::describe(operation);
        Query::describe(operation, Q::read);
        B::describe(operation);
        describe(operation);
    }
}

fn version<T: Represents>(view: &T::View) -> i64 {
    view.version()
}

/// How every write can be asked for.
pub fn describe(operation: &mut Described<'_>) {
    operation.header(
        "Idempotency-Key",
        "1 to 255 visible ASCII characters, new for each new request. The same request with the same key takes effect \
         once and gets the same reply, for 7 days.",
    );
    Query::describe(operation, dry_run);
    for status in ["400", "409", "413", "415", "422", "503"] {
        operation.problem(status);
    }
}

fn dry_run(query: &mut Query) -> bool {
    query.flag(
        "dry_run",
        "With `true` nothing is written: status 200, with the events that would be appended and the reply that would be \
         given.",
    )
}

/// A body as it is described.
pub trait DescribeBody: DeserializeOwned {
    fn describe(operation: &mut Described<'_>);
}

impl DescribeBody for Nothing {
    fn describe(_: &mut Described<'_>) {}
}

impl<T: DeserializeOwned + ToSchema> DescribeBody for T {
    fn describe(operation: &mut Described<'_>) {
        operation.body::<T>();
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
    pub fn read<Q: Parameters>(parts: &Parts) -> Result<(Self, Q), Problem> {
        let if_match = if_match(&parts.headers)?;
        let mut query = Query::of(parts)?;
        let (own, dry_run) = (Q::read(&mut query), dry_run(&mut query));
        query.finish()?;
        Ok((Self { if_match, dry_run, key: idempotency_key(parts)? }, own))
    }

    /// The write as these say, but for the idempotency key.
    pub fn applied(&self, write: Write) -> Write {
        Write { if_match: self.if_match, dry_run: self.dry_run, ..write }
    }

    /// For what has no version to insist on.
    pub fn unversioned(self) -> Result<Self, Problem> {
        match self.if_match {
            Some(IfMatch::Version(_)) => Err(Error::Unversioned.into()),
            Some(IfMatch::Anything) | None => Ok(self),
        }
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
