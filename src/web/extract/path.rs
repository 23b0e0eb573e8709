//! What the path of a request names.

use aggregates::{
    authorization::RoleKey,
    ids::{
        ApiKeyId, ContractId, InvitationId, IssueId, OrganizationId, ProductId, ProjectId, QualityCheckId, SessionId,
        SpaceId, TeamId, UserId, WorkspaceId,
    },
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
};
use utoipa::openapi::{RefOr, Schema};

use crate::{
    database,
    readmodel::{IdOrSlug, organizations::Reference},
    web::{
        App, Code, Problem,
        describe::{self, Described},
    },
};

/// A segment of a path that names one thing.
pub trait Segment: Sized + Send {
    const MEANING: &'static str;

    /// What cannot name one is nobody's name.
    fn parse(text: &str) -> Result<Self, Problem>;

    fn schema() -> RefOr<Schema> {
        describe::text()
    }
}

macro_rules! ids {
    ($($id:ty, $meaning:literal, $unknown:ident;)*) => {$(
        impl Segment for $id {
            const MEANING: &'static str = $meaning;

            fn parse(text: &str) -> Result<Self, Problem> {
                text.parse().map_err(|_| Problem::new(Code::$unknown))
            }

            fn schema() -> RefOr<Schema> {
                describe::uuid()
            }
        }
    )*};
}

ids! {
    ApiKeyId, "Id of an API key", ApiKeyNotFound;
    ContractId, "Id of a contract", ContractNotFound;
    InvitationId, "Id of an invitation", InvitationNotFound;
    ProductId, "Id of a product", ProductNotFound;
    IssueId, "Id of an issue", IssueNotFound;
    QualityCheckId, "Id of a quality check", QualityCheckNotFound;
    SessionId, "Id of a session", SessionNotFound;
    SpaceId, "Id of a space", SpaceNotFound;
    TeamId, "Id of a team", TeamNotFound;
    UserId, "Id of a user", UserNotFound;
}

impl Segment for RoleKey {
    const MEANING: &'static str = "Key of a role";

    fn parse(text: &str) -> Result<Self, Problem> {
        text.parse().map_err(|_| Problem::new(Code::RoleNotFound))
    }
}

impl Segment for IdOrSlug<OrganizationId> {
    const MEANING: &'static str = "Id, slug or old slug of an organization";

    fn parse(text: &str) -> Result<Self, Problem> {
        tracing::Span::current().record("organization", text);
        Ok(Self::parse(text))
    }
}

macro_rules! slugs {
    ($($id:ty, $meaning:literal;)*) => {$(
        impl Segment for IdOrSlug<$id> {
            const MEANING: &'static str = $meaning;

            fn parse(text: &str) -> Result<Self, Problem> {
                Ok(Self::parse(text))
            }
        }
    )*};
}

slugs! {
    ProjectId, "Id or slug of a project";
    SpaceId, "Id or slug of a space";
    WorkspaceId, "Id or slug of a workspace";
}

/// A user as a member of the organization that the path names.
#[derive(Debug, Clone, Copy)]
pub struct Member(pub UserId);

impl Segment for Member {
    const MEANING: &'static str = "Id of a user";

    fn parse(text: &str) -> Result<Self, Problem> {
        text.parse().map(Self).map_err(|_| Problem::new(Code::MemberNotFound))
    }
}

/// A result of the quality check that the path names.
#[derive(Debug, Clone, Copy)]
pub struct ResultNumber(pub i64);

impl Segment for ResultNumber {
    const MEANING: &'static str = "Number of a result";

    fn parse(text: &str) -> Result<Self, Problem> {
        text.parse().map(Self).map_err(|_| Problem::new(Code::QualityResultNotFound))
    }

    fn schema() -> RefOr<Schema> {
        describe::integer()
    }
}

/// The segments of a path, one after the other.
#[derive(Debug)]
pub struct Segments<'a>(std::vec::IntoIter<&'a str>);

impl Segments<'_> {
    fn next<S: Segment>(&mut self) -> Result<S, Problem> {
        S::parse(self.0.next().unwrap_or_default())
    }
}

/// What a path names: for a read as it is called, for a write with the id of the organization.
pub trait Place: Sized + Send {
    type Written: Send;

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem>;

    fn resolve(self, app: &App) -> impl Future<Output = Result<Self::Written, Problem>> + Send;

    fn describe(operation: &mut Described<'_>);
}

/// Nothing.
impl Place for () {
    type Written = ();

    fn read(_: &mut Segments<'_>) -> Result<Self, Problem> {
        Ok(())
    }

    async fn resolve(self, _: &App) -> Result<Self, Problem> {
        Ok(())
    }

    fn describe(_: &mut Described<'_>) {}
}

/// What has things of its own, and decides who may do what with them: an organization or a space.
pub trait Scope: Copy + Send + Sync + 'static {
    const UNKNOWN: Code;

    /// The id behind a name.
    fn find(app: &App, name: &IdOrSlug<Self>) -> impl Future<Output = Result<Option<Self>, database::Error>> + Send;
}

impl Scope for OrganizationId {
    const UNKNOWN: Code = Code::OrganizationNotFound;

    async fn find(app: &App, name: &IdOrSlug<Self>) -> Result<Option<Self>, database::Error> {
        app.readmodel.organization_id(name).await
    }
}

impl Scope for SpaceId {
    const UNKNOWN: Code = Code::SpaceNotFound;

    async fn find(app: &App, name: &IdOrSlug<Self>) -> Result<Option<Self>, database::Error> {
        app.readmodel.space_id(name).await
    }
}

/// `{org}` or `{space}`: an organization or a space.
#[derive(Debug, Clone)]
pub struct In<C = OrganizationId>(pub IdOrSlug<C>);

impl<C: Scope> Place for In<C>
where
    IdOrSlug<C>: Segment,
{
    type Written = C;

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem> {
        segments.next().map(Self)
    }

    async fn resolve(self, app: &App) -> Result<C, Problem> {
        C::find(app, &self.0).await?.ok_or_else(|| Problem::new(C::UNKNOWN))
    }

    fn describe(operation: &mut Described<'_>) {
        operation.segment(IdOrSlug::<C>::MEANING, IdOrSlug::<C>::schema());
        operation.problem("403");
        operation.problem("404");
    }
}

/// `{org}/…/{one}`: something of an organization or a space.
#[derive(Debug, Clone)]
pub struct At<S, C = OrganizationId>(pub IdOrSlug<C>, pub S);

impl<S: Segment, C: Scope> Place for At<S, C>
where
    IdOrSlug<C>: Segment,
{
    type Written = (C, S);

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem> {
        Ok(Self(segments.next()?, segments.next()?))
    }

    async fn resolve(self, app: &App) -> Result<Self::Written, Problem> {
        Ok((In(self.0).resolve(app).await?, self.1))
    }

    fn describe(operation: &mut Described<'_>) {
        In::<C>::describe(operation);
        operation.segment(S::MEANING, S::schema());
    }
}

/// `{org}/…/{one}/…/{other}`: something of what belongs to an organization.
#[derive(Debug, Clone)]
pub struct Under<S, T>(pub Reference, pub S, pub T);

impl<S: Segment, T: Segment> Place for Under<S, T> {
    type Written = (OrganizationId, S, T);

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem> {
        Ok(Self(segments.next()?, segments.next()?, segments.next()?))
    }

    async fn resolve(self, app: &App) -> Result<Self::Written, Problem> {
        Ok((In(self.0).resolve(app).await?, self.1, self.2))
    }

    fn describe(operation: &mut Described<'_>) {
        At::<S>::describe(operation);
        operation.segment(T::MEANING, T::schema());
    }
}

/// `{one}`: something by its own name.
#[derive(Debug, Clone)]
pub struct One<S>(pub S);

impl<S: Segment> Place for One<S> {
    type Written = S;

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem> {
        segments.next().map(Self)
    }

    async fn resolve(self, _: &App) -> Result<S, Problem> {
        Ok(self.0)
    }

    fn describe(operation: &mut Described<'_>) {
        operation.segment(S::MEANING, S::schema());
        operation.problem("404");
    }
}

/// `{one}/…/{other}`: something of what is known by its own name.
#[derive(Debug, Clone)]
pub struct Of<S, T>(pub S, pub T);

impl<S: Segment, T: Segment> Place for Of<S, T> {
    type Written = (S, T);

    fn read(segments: &mut Segments<'_>) -> Result<Self, Problem> {
        Ok(Self(segments.next()?, segments.next()?))
    }

    async fn resolve(self, _: &App) -> Result<Self::Written, Problem> {
        Ok((self.0, self.1))
    }

    fn describe(operation: &mut Described<'_>) {
        One::<S>::describe(operation);
        operation.segment(T::MEANING, T::schema());
    }
}

/// What the path of this request names.
pub(super) async fn place<P: Place>(parts: &mut Parts) -> Result<P, Problem> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))?;
    let segments: Vec<_> = params.iter().map(|(_, text)| text).collect();
    P::read(&mut Segments(segments.into_iter()))
}
