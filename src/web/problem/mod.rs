//! Problem documents (RFC 9457): the one form of every error of every layer.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::identity::quota::{Allowance, TooMany};

mod field;
mod mapping;

pub use self::field::FieldProblem;

macro_rules! problems {
    ($($name:ident = $code:literal, $status:ident, $title:literal, $meaning:literal;)*) => {
        /// What can go wrong, as clients tell it apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($name,)* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The code of this name. A refusal that names none is our mistake; a test looks all of them up.
            pub fn named(code: &str) -> Self {
                match code { $($code => Self::$name,)* _ => Self::Internal }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do, for the page behind the problem's type.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

problems! {
    InvalidJson = "invalid_json", BAD_REQUEST, "The body is not JSON",
        "The body could not be parsed as JSON, or it is nested too deeply. Nothing was changed.";
    InvalidHeader = "invalid_header", BAD_REQUEST, "A header is malformed",
        "A request header does not have the form that its definition requires; the detail names it.";
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "The cursor is not valid here",
        "A cursor is valid only for the list, filters and caller that it was issued for, and must not be altered. Start the list again without it.";
    InvalidQuery = "invalid_query", BAD_REQUEST, "The query is not valid",
        "The GraphQL query could not be parsed, or it asks for something that is not in the schema.";
    QueryTooComplex = "query_too_complex", BAD_REQUEST, "The query asks for too much",
        "The text of a GraphQL query may have 32 KiB, 2000 tokens and 100 fragments, and its variables 256 KiB. A query may have 10 levels of fields, 10 root fields, 15 aliases, and 1000 fields, each counted for every row of the list that it is in.";
    BadRequest = "bad_request", BAD_REQUEST, "The request is malformed",
        "The request could not be understood.";
    NotAuthenticated = "not_authenticated", UNAUTHORIZED, "Not authenticated",
        "The request carries no valid credentials.";
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "Address or password is wrong",
        "No account that can sign in has this e-mail address and this password. The answer does not say which of the two is wrong.";
    InvalidToken = "invalid_token", UNAUTHORIZED, "The token is not valid",
        "The bearer token is unknown, malformed, expired or revoked.";
    ApiKeyRevoked = "api_key_revoked", UNAUTHORIZED, "The API key is revoked",
        "The key was revoked and no longer works; create a new one.";
    ApiKeyExpired = "api_key_expired", UNAUTHORIZED, "The API key has expired",
        "The key has expired; create a new one.";
    ApiKeyDisabled = "api_key_disabled", UNAUTHORIZED, "The API key is disabled",
        "The key is disabled, or the account of its owner is.";
    ApiKeyRequired = "api_key_required", UNAUTHORIZED, "Only for API keys",
        "Send the API key itself as the bearer token.";
    IpNotAllowed = "ip_not_allowed", FORBIDDEN, "Not from this address",
        "The API key may be used from some networks only, and the request comes from another one.";
    PersonRequired = "person_required", FORBIDDEN, "Only for the person",
        "Only the person concerned can do this: nobody else, and no API key that has scopes or belongs to an organization.";
    NotAMember = "not_a_member", FORBIDDEN, "Not a member",
        "The organization exists, but the caller does not belong to it.";
    MissingPermission = "missing_permission", FORBIDDEN, "A permission is missing",
        "The caller's role does not have the permission that `permission` names.";
    SuperadminOnly = "superadmin_only", FORBIDDEN, "Only for superadmins",
        "Only the operator of the platform may do this.";
    ExceedsOwnPermissions = "exceeds_own_permissions", FORBIDDEN, "More than you have yourself",
        "Only those who have a permission can give, take or change it; `permissions` lists those that the caller lacks.";
    OwnersOnly = "owners_only", FORBIDDEN, "Only for owners",
        "Only an owner of the organization may give or take ownership.";
    NotTheInvitee = "not_the_invitee", FORBIDDEN, "The invitation is for another address",
        "An invitation can only be answered by the account whose e-mail address it was sent to.";
    SessionRequired = "session_required", FORBIDDEN, "Only for sessions",
        "Only a session can do this: sign in with POST /api/v1/auth/login and send its access token.";
    TokenBound = "token_bound", FORBIDDEN, "The token is bound to an organization",
        "The access token works for one organization only. Sign in without naming one, or switch.";
    OrganizationSuspended = "organization_suspended", FORBIDDEN, "The organization is suspended",
        "While an organization is suspended, only a superadmin can read or change it.";
    NotFound = "not_found", NOT_FOUND, "Not found",
        "There is nothing at this address, or nothing that the caller may know of.";
    OrganizationNotFound = "organization_not_found", NOT_FOUND, "Organization not found",
        "No organization has this id or slug, or it is deleted.";
    UserNotFound = "user_not_found", NOT_FOUND, "User not found",
        "There is no account with this id.";
    MemberNotFound = "member_not_found", NOT_FOUND, "Member not found",
        "The user is not a member of this organization or space.";
    InvitationNotFound = "invitation_not_found", NOT_FOUND, "Invitation not found",
        "There is no such invitation, or a newer link has replaced this one.";
    RoleNotFound = "role_not_found", NOT_FOUND, "Role not found",
        "The organization has no role with this key.";
    TeamNotFound = "team_not_found", NOT_FOUND, "Team not found",
        "The organization has no team with this id.";
    WorkspaceNotFound = "workspace_not_found", NOT_FOUND, "Workspace not found",
        "The organization has no workspace with this id or slug.";
    ProjectNotFound = "project_not_found", NOT_FOUND, "Project not found",
        "The organization has no project with this id or slug.";
    SpaceNotFound = "space_not_found", NOT_FOUND, "Space not found",
        "There is no space with this id or slug, or the caller cannot see it.";
    ProductNotFound = "product_not_found", NOT_FOUND, "Product not found",
        "There is no product with this id, or the caller cannot see its space.";
    ContractNotFound = "contract_not_found", NOT_FOUND, "Contract not found",
        "There is no contract with this id, or the caller cannot see its space.";
    IssueNotFound = "issue_not_found", NOT_FOUND, "Issue not found",
        "There is no issue with this id, or the caller cannot see its space.";
    QualityCheckNotFound = "quality_check_not_found", NOT_FOUND, "Quality check not found",
        "There is no quality check with this id, or the caller cannot see its space.";
    QualityResultNotFound = "quality_result_not_found", NOT_FOUND, "Result not found",
        "The quality check has no result with this number.";
    ApiKeyNotFound = "api_key_not_found", NOT_FOUND, "API key not found",
        "There is no API key with this id, or the caller may not know of it.";
    SessionNotFound = "session_not_found", NOT_FOUND, "Session not found",
        "The caller has no session with this id, or it has ended.";
    LinkNotFound = "link_not_found", NOT_FOUND, "The link is not valid",
        "The link was never valid, was used already, or was replaced by a newer one.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "Method not allowed",
        "The address does not take this method; the header Allow lists those that it takes.";
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long to arrive",
        "The body did not arrive in time.";
    SlugTaken = "slug_taken", CONFLICT, "The slug is taken",
        "Another resource of this kind has this slug, or had it and still keeps it.";
    EmailTaken = "email_taken", CONFLICT, "The e-mail address is taken",
        "Another account has this address.";
    NameTaken = "name_taken", CONFLICT, "The name is taken",
        "Another resource of this kind in the organization has this name; case is ignored.";
    AlreadyMember = "already_member", CONFLICT, "Already a member",
        "The user belongs to this organization already.";
    InvitationExists = "invitation_exists", CONFLICT, "Already invited",
        "The address has a pending invitation; send that one again, or revoke it first.";
    LastOwner = "last_owner", CONFLICT, "The last owner",
        "An organization always has an active owner. Make another member an owner first.";
    MemberSuspended = "member_suspended", CONFLICT, "The member is suspended",
        "The member is suspended; reinstate them first.";
    NotReinstatable = "not_reinstatable", CONFLICT, "Cannot be reinstated",
        "Only a member who is suspended or was removed in the last 90 days can be reinstated.";
    RoleInUse = "role_in_use", CONFLICT, "The role is in use",
        "Members or invitations have this role, see `members` and `invitations`; name the role they get instead in `remap_to`.";
    BuiltInRole = "built_in_role", CONFLICT, "A built-in role",
        "Built-in roles are the same everywhere and cannot be changed or deleted.";
    RoleLimitReached = "role_limit_reached", CONFLICT, "The role limit is reached",
        "The organization has as many roles of its own as it can have.";
    AlreadyActive = "already_active", CONFLICT, "Already active",
        "The account was activated already.";
    NotActivated = "not_activated", CONFLICT, "Not activated",
        "The account was created for this address and has not been activated, so nobody knows whose address it is. Send an invitation instead.";
    UserDisabled = "user_disabled", CONFLICT, "The user is disabled",
        "The account is disabled; enable it first.";
    NotDisabled = "not_disabled", CONFLICT, "Not disabled",
        "Only a disabled account can be enabled.";
    OwnAccount = "own_account", CONFLICT, "Your own account",
        "Superadmins cannot disable their own account or give up being one: another superadmin has to do it, so that there is always one.";
    WorkspaceArchived = "workspace_archived", CONFLICT, "The workspace is archived",
        "An archived workspace cannot be changed.";
    SpaceArchived = "space_archived", CONFLICT, "The space is archived",
        "Nothing is written in an archived space.";
    ProductArchived = "product_archived", CONFLICT, "The product is archived",
        "An archived product cannot be changed.";
    ContractArchived = "contract_archived", CONFLICT, "The contract is archived",
        "An archived contract cannot be changed.";
    ContractNotDraft = "contract_not_draft", CONFLICT, "The contract is not a draft",
        "Only a draft can be activated.";
    ContractNotActive = "contract_not_active", CONFLICT, "The contract is not active",
        "Only an active contract can be deprecated.";
    ContractOver = "contract_over", CONFLICT, "The contract is over",
        "A contract that has expired or is deprecated cannot be changed, and a draft whose time has passed cannot be activated before it gets another.";
    SpaceAttached = "space_attached", CONFLICT, "The space belongs to an organization already",
        "A space belongs to one organization at most. Take it from that one first.";
    SpaceDetached = "space_detached", CONFLICT, "The space belongs to no organization",
        "There is no organization that the space could be taken from.";
    LastSpaceAdmin = "last_space_admin", CONFLICT, "The last admin of the space",
        "A space always has an admin. Make another member one first.";
    ProjectArchived = "project_archived", CONFLICT, "The project is archived",
        "An archived project cannot be changed.";
    DefaultWorkspace = "default_workspace", CONFLICT, "The default workspace",
        "An organization always has its default workspace; it cannot be archived.";
    InvalidTransition = "invalid_transition", CONFLICT, "Not possible in this state",
        "What is in the state that `from` names does not get into the one that `to` names.";
    QualityCheckArchived = "quality_check_archived", CONFLICT, "The quality check is archived",
        "An archived quality check cannot be changed and takes no results.";
    ResultIgnored = "result_ignored", CONFLICT, "The result is ignored already",
        "A result can be ignored once.";
    ResultTooOld = "result_too_old", CONFLICT, "The result is too old",
        "Of the results that are not ignored, the newest 100 can be ignored, and where there were more, one of them stays.";
    ApiKeyOver = "api_key_over", CONFLICT, "The API key has ended",
        "A key that was revoked or has expired cannot be changed.";
    ApiKeyLimitReached = "api_key_limit_reached", CONFLICT, "The API key limit is reached",
        "A person or an organization can have at most 1000 API keys that are neither revoked nor expired; see `limit` and `current`. Revoke some.";
    ApiKeyNotActive = "api_key_not_active", CONFLICT, "Not possible in this state",
        "Only a key that is not disabled can be disabled, and only a disabled key can be enabled.";
    AlreadyExists = "already_exists", CONFLICT, "Already exists",
        "The resource to be created exists already.";
    AlreadySuspended = "already_suspended", CONFLICT, "Already suspended",
        "The organization is suspended already.";
    NotSuspended = "not_suspended", CONFLICT, "Not suspended",
        "Only a suspended organization can be reactivated.";
    OrganizationDeleted = "organization_deleted", CONFLICT, "The organization is deleted",
        "A deleted organization has to be restored before it can be changed.";
    NotDeleted = "not_deleted", CONFLICT, "The organization is not deleted",
        "Only a deleted organization can be restored or purged.";
    StillRestorable = "still_restorable", CONFLICT, "The organization can still be restored",
        "A deleted organization is kept for 30 days before it is purged.";
    SlugNotHeld = "slug_not_held", CONFLICT, "Not an old slug of this organization",
        "Only old slugs that the organization still keeps can be released.";
    WorkspaceLimitReached = "workspace_limit_reached", CONFLICT, "The workspace limit is reached",
        "The organization has as many workspaces as its limits allow; see `limit` and `current`.";
    SpaceLimitReached = "space_limit_reached", CONFLICT, "The space limit is reached",
        "The organization has as many spaces as its limits allow; see `limit` and `current`.";
    MemberLimitReached = "member_limit_reached", CONFLICT, "The member limit is reached",
        "The organization has as many members and invitations as its limits allow; see `limit` and `current`.";
    Overtaken = "overtaken", CONFLICT, "Something changed in the meantime",
        "The request was decided on a state that other requests kept changing. Nothing was written; try again.";
    InvitationClosed = "invitation_closed", GONE, "The invitation is closed",
        "The invitation was accepted, declined or revoked.";
    InvitationExpired = "invitation_expired", GONE, "The invitation has expired",
        "Ask for it to be sent again.";
    LinkExpired = "link_expired", GONE, "The link has expired",
        "Ask for a new one.";
    RestoreWindowPassed = "restore_window_passed", GONE, "Too late to restore",
        "A deleted organization can be restored for 30 days.";
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED, "The resource has another version",
        "If-Match named another version than the resource has: read it again and decide anew. Or the request creates the resource, which has no version before that.";
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "A request body may have at most 1 MiB, a GraphQL request 320 KiB.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The content type is not supported",
        "Send JSON with the header Content-Type: application/json.";
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "The request is not valid",
        "One or more fields or parameters are not valid; `errors` lists them all. Nothing was changed.";
    NotSupported = "not_supported", UNPROCESSABLE_ENTITY, "Not supported here",
        "The parameter or header exists, but this operation does not offer it. Leave it out.";
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key was used before",
        "The key belongs to an earlier request with other content. Use a new key for a new request.";
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, "Too many attempts",
        "Too many attempts to sign in to this account or from this address have failed; try again after the time in Retry-After.";
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests",
        "There is a limit to how often this can be done; try again after the time in Retry-After.";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong",
        "The server met something unexpected. The request id leads to it in the logs.";
    Busy = "busy", SERVICE_UNAVAILABLE, "The server is busy",
        "Too many writes are waiting. Nothing was written; try again after the time in Retry-After.";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The database is unavailable",
        "The database cannot be reached. Nothing was written; try again.";
    AuthorizationStale = "authorization_stale", SERVICE_UNAVAILABLE, "Credentials cannot be checked now",
        "The node does not know the latest state and cannot ask for it, so it trusts no credentials. Nothing was written; try again.";
    StorageFull = "storage_full", SERVICE_UNAVAILABLE, "The database is full",
        "The database has no room left to write. Nothing was written.";
    Outdated = "outdated", SERVICE_UNAVAILABLE, "This node is outdated",
        "A newer version runs beside this node, which therefore no longer writes. Nothing was written; another node will take it.";
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, "The outcome is not known",
        "The database went away while the change was being committed, so it may or may not have taken effect. Repeat the request with the same Idempotency-Key, or read before you repeat it.";
    Timeout = "timeout", SERVICE_UNAVAILABLE, "The request took too long",
        "The request was not answered in time. A write may still take effect: repeat it with the same Idempotency-Key, or read before you repeat it.";
}

/// The codes of what may be tried again, and after how many seconds.
const RETRY_AFTER: &[(Code, &str)] = &[
    (Code::Busy, "1"),
    (Code::Unavailable, "2"),
    (Code::StorageFull, "30"),
    (Code::Outdated, "1"),
    (Code::OutcomeUnknown, "2"),
    (Code::Timeout, "2"),
    (Code::Overtaken, "1"),
    (Code::AuthorizationStale, "1"),
];

/// An error on its way out. The envelope adds what only it knows and renders it.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldProblem>,
    pub members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// An absolute URL whose page says what this kind of problem means.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    pub detail: &'a str,
    /// Stable, for programs to compare.
    pub code: &'static str,
    pub request_id: &'a str,
    /// The fields that are not valid; only with status 422.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldProblem],
    #[serde(flatten)]
    #[schema(additional_properties)]
    pub members: &'a Map<String, Value>,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Self::with_detail(code, code.title())
    }

    pub fn with_detail(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), members: Map::new(), headers: Vec::new() }
    }

    /// Fields that are not valid.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            several => format!("{} fields are not valid", several.len()),
        };
        Self { errors, ..Self::with_detail(Code::Invalid, detail) }
    }

    /// Credentials are missing or wrong. The challenges name the ways to sign in.
    pub fn not_authenticated() -> Self {
        Self::new(Code::NotAuthenticated)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tenantry\""))
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"tenantry\", charset=\"UTF-8\""))
    }

    pub fn invalid_token() -> Self {
        // Classic clients are promised this text for a missing and for an invalid token alike.
        Self::with_detail(Code::InvalidToken, "Not authenticated").invalid_token_challenge()
    }

    /// With the challenge of RFC 6750 for a token that no longer works, or never did.
    pub fn invalid_token_challenge(self) -> Self {
        let challenge = HeaderValue::from_static("Bearer realm=\"tenantry\", error=\"invalid_token\"");
        self.header(header::WWW_AUTHENTICATE, challenge)
    }

    /// Too much of something, with when there will be more (draft-ietf-httpapi-ratelimit-headers).
    pub fn limited(code: Code, too_many: &TooMany) -> Self {
        let item = |item: String| HeaderValue::try_from(item).unwrap_or(HeaderValue::from_static(""));
        Self::new(code)
            .header(header::RETRY_AFTER, HeaderValue::from(too_many.seconds()))
            .header(HeaderName::from_static("ratelimit-policy"), item(too_many.quota.to_string()))
            .header(HeaderName::from_static("ratelimit"), item(Allowance::from(*too_many).to_string()))
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// The problem behind an error response that some layer made by itself.
    pub fn of_status(status: StatusCode) -> Self {
        let by_status = [
            Code::NotFound,
            Code::MethodNotAllowed,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::RequestTimeout,
            Code::Invalid,
            Code::BadRequest,
        ];
        let code = by_status.into_iter().find(|code| code.status() == status);
        Self::new(code.unwrap_or(if status.is_client_error() { Code::BadRequest } else { Code::Internal }))
    }

    pub fn document<'a>(&'a self, public_url: &str, request_id: &'a str) -> ProblemDocument<'a> {
        ProblemDocument {
            kind: format!("{public_url}/problems/{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            request_id,
            errors: &self.errors,
            members: &self.members,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        if let Some((_, seconds)) = RETRY_AFTER.iter().find(|(code, _)| *code == self.code) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
