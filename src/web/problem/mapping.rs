//! Which problem an error is to the caller.

use aggregates::{
    api_key::ApiKeyError,
    authorization::Denied,
    claim::ClaimKind,
    organization::{LimitProblem, OrganizationError},
    project::ProjectError,
    session::SessionError,
    team::TeamError,
    usage::UsageError,
    user::UserError,
    workspace::WorkspaceError,
};

use super::{Code, Problem};
use crate::{
    commands,
    database::{self, chain},
    ledger::{self, Counter},
    readmodel,
    web::fields::FieldProblem,
};

impl From<commands::Error> for Problem {
    fn from(error: commands::Error) -> Self {
        use commands::Error;
        match error {
            Error::Denied(denied) => denied.into(),
            Error::OrganizationNotFound => Self::new(Code::OrganizationNotFound),
            Error::CreationReserved => Self::with_detail(Code::SuperadminOnly, error.to_string()),
            Error::Organization(error) => error.into(),
            Error::User(error) => error.into(),
            Error::Session(SessionError::NotFound) => Self::new(Code::SessionNotFound),
            Error::Session(error @ SessionError::AlreadyExists) => {
                Self::with_detail(Code::AlreadyExists, error.to_string())
            }
            Error::Team(TeamError::NotFound) => Self::new(Code::TeamNotFound),
            Error::Team(error @ TeamError::AlreadyExists) => Self::with_detail(Code::AlreadyExists, error.to_string()),
            Error::Workspace(error) => error.into(),
            Error::Project(error) => error.into(),
            Error::ApiKey(error) => error.into(),
            Error::TooManyKeys { limit, current } => Self::with_detail(Code::ApiKeyLimitReached, error.to_string())
                .member("limit", limit)
                .member("current", current),
            Error::ScopeUnknown(_) | Error::ScopeElsewhere => {
                Self::invalid(vec![FieldProblem::new("/scopes", error.to_string())])
            }
            Error::CreatorNotMember => Self::invalid(vec![FieldProblem::new("/on_creator_leave", error.to_string())]),
            Error::Usage(error) => error.into(),
            Error::OwnAccount => Self::with_detail(Code::OwnAccount, error.to_string()),
            Error::InvitationClosed => Self::with_detail(Code::InvitationClosed, error.to_string()),
            Error::SignedOut => Self::not_authenticated(),
            Error::Ledger(error) => error.into(),
            Error::Read(error) => error.into(),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let code = match error {
            UserError::NotFound => Code::UserNotFound,
            UserError::AlreadyExists => Code::AlreadyExists,
            UserError::AlreadyActive => Code::AlreadyActive,
            UserError::NotActivated => Code::NotActivated,
            UserError::Disabled => Code::UserDisabled,
            UserError::NotDisabled => Code::NotDisabled,
            UserError::TokenNotFound => Code::LinkNotFound,
            UserError::TokenExpired => Code::LinkExpired,
        };
        Self::with_detail(code, error.to_string())
    }
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let code = match error {
            WorkspaceError::NotFound => Code::WorkspaceNotFound,
            WorkspaceError::AlreadyExists => Code::AlreadyExists,
            WorkspaceError::Archived => Code::WorkspaceArchived,
            WorkspaceError::IsDefault => Code::DefaultWorkspace,
        };
        Self::with_detail(code, error.to_string())
    }
}

impl From<ProjectError> for Problem {
    fn from(error: ProjectError) -> Self {
        let code = match error {
            ProjectError::NotFound => Code::ProjectNotFound,
            ProjectError::AlreadyExists => Code::AlreadyExists,
            ProjectError::Archived => Code::ProjectArchived,
        };
        Self::with_detail(code, error.to_string())
    }
}

impl From<ApiKeyError> for Problem {
    fn from(error: ApiKeyError) -> Self {
        let detail = error.to_string();
        match error {
            ApiKeyError::NotFound => Self::new(Code::ApiKeyNotFound),
            ApiKeyError::AlreadyExists => Self::with_detail(Code::AlreadyExists, detail),
            ApiKeyError::Revoked | ApiKeyError::Expired => Self::with_detail(Code::ApiKeyOver, detail),
            ApiKeyError::Disabled | ApiKeyError::NotDisabled => Self::with_detail(Code::ApiKeyNotActive, detail),
            ApiKeyError::OutlivesMaker => Self::invalid(vec![FieldProblem::new("/expires_at", detail)]),
            ApiKeyError::BeyondMaker => Self::invalid(vec![FieldProblem::new("/ip_allowlist", detail)]),
            ApiKeyError::ExpiryInPast => Self::invalid(vec![FieldProblem::new("/expires_at", detail)]),
            ApiKeyError::GraceTooLong { .. } => Self::invalid(vec![FieldProblem::new("/grace_seconds", detail)]),
        }
    }
}

impl From<UsageError> for Problem {
    /// Nobody but the product itself records use.
    fn from(error: UsageError) -> Self {
        tracing::error!(%error, "use could not be recorded");
        Self::new(Code::Internal)
    }
}

impl From<readmodel::Error> for Problem {
    fn from(error: readmodel::Error) -> Self {
        commands::Error::from(error).into()
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let detail = denied.to_string();
        match denied {
            Denied::NotFound => Self::new(Code::OrganizationNotFound),
            Denied::NotAMember => Self::with_detail(Code::NotAMember, detail),
            Denied::Suspended => Self::with_detail(Code::OrganizationSuspended, detail),
            Denied::Missing(permission) => {
                Self::with_detail(Code::MissingPermission, detail).member("permission", permission.as_str())
            }
            Denied::BoundElsewhere => Self::with_detail(Code::TokenBound, detail),
            Denied::PersonRequired => Self::with_detail(Code::PersonRequired, detail),
            Denied::SuperadminOnly => Self::with_detail(Code::SuperadminOnly, detail),
        }
    }
}

impl From<OrganizationError> for Problem {
    fn from(error: OrganizationError) -> Self {
        use OrganizationError as Error;
        let detail = error.to_string();
        match error {
            Error::NotFound => Self::new(Code::OrganizationNotFound),
            Error::AlreadyExists => Self::with_detail(Code::AlreadyExists, detail),
            Error::Suspended => Self::with_detail(Code::AlreadySuspended, detail),
            Error::NotSuspended => Self::with_detail(Code::NotSuspended, detail),
            Error::Deleted => Self::with_detail(Code::OrganizationDeleted, detail),
            Error::NotDeleted => Self::with_detail(Code::NotDeleted, detail),
            Error::RestoreWindowPassed => Self::with_detail(Code::RestoreWindowPassed, detail),
            Error::StillRestorable => Self::with_detail(Code::StillRestorable, detail),
            Error::NotAnOldSlug(_) => Self::with_detail(Code::SlugNotHeld, detail),
            Error::TooManySlugs(_) => Self::invalid(vec![FieldProblem::new("/slug", detail)]),
            Error::TooMuchMetadata(_) => Self::invalid(vec![FieldProblem::new("/metadata", detail)]),
            Error::Limits(problems) => limits(problems),
            Error::MemberNotFound => Self::new(Code::MemberNotFound),
            Error::AlreadyMember => Self::with_detail(Code::AlreadyMember, detail),
            Error::MemberSuspended => Self::with_detail(Code::MemberSuspended, detail),
            Error::NotReinstatable => Self::with_detail(Code::NotReinstatable, detail),
            Error::LastOwner => Self::with_detail(Code::LastOwner, detail),
            Error::Exceeds(permissions) => {
                Self::with_detail(Code::ExceedsOwnPermissions, detail).member("permissions", Vec::from(permissions))
            }
            Error::OwnersOnly => Self::with_detail(Code::OwnersOnly, detail),
            Error::SeatsTaken { limit, current } => {
                Self::with_detail(Code::MemberLimitReached, detail).member("limit", limit).member("current", current)
            }
            Error::InvitationNotFound => Self::new(Code::InvitationNotFound),
            Error::InvitationExists => Self::with_detail(Code::InvitationExists, detail),
            Error::InvitationExpired => Self::with_detail(Code::InvitationExpired, detail),
            Error::NotTheInvitee => Self::with_detail(Code::NotTheInvitee, detail),
            Error::RoleNotFound(_) => Self::with_detail(Code::RoleNotFound, detail),
            Error::RoleExists(_) => Self::with_detail(Code::AlreadyExists, detail),
            Error::BuiltInRole(_) => Self::with_detail(Code::BuiltInRole, detail),
            Error::RoleInUse { members, invitations } => {
                Self::with_detail(Code::RoleInUse, detail).member("members", members).member("invitations", invitations)
            }
            Error::RemapToItself => Self::invalid(vec![FieldProblem::new("?remap_to", detail)]),
            Error::TooManyRoles(_) => Self::with_detail(Code::RoleLimitReached, detail),
        }
    }
}

/// Beyond the plan is a matter of rights as soon as nothing else is wrong.
fn limits(problems: Vec<LimitProblem>) -> Problem {
    let only_plan = problems.iter().all(|problem| problem.above_plan);
    let errors: Vec<_> = problems.into_iter().map(|p| FieldProblem::new(format!("/{}", p.field), p.detail)).collect();
    if only_plan {
        let detail =
            errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect::<Vec<_>>().join("; ");
        return Problem { errors, ..Problem::with_detail(Code::SuperadminOnly, detail) };
    }
    Problem::invalid(errors)
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Self {
        use ledger::Error;
        match &error {
            Error::Conflict(_) | Error::Overtaken { .. } => Self::new(Code::Overtaken),
            Error::Taken {
                kind: ClaimKind::OrganizationSlug | ClaimKind::WorkspaceSlug | ClaimKind::ProjectSlug,
                ..
            } => Self::new(Code::SlugTaken),
            Error::Taken { kind: ClaimKind::UserEmail, .. } => Self::new(Code::EmailTaken),
            Error::Taken { kind: ClaimKind::TeamName, .. } => Self::new(Code::NameTaken),
            // As unlikely as it is: another handle will do.
            Error::Taken { kind: ClaimKind::ApiKeyHandle, .. } => Self::new(Code::Overtaken),
            // The token was copied: the session is over, see the command that refreshes.
            Error::RefreshUsed => Self::invalid_token(),
            Error::LimitReached { counter, limit, current } => {
                let code = match counter {
                    Counter::Seats => Code::MemberLimitReached,
                    Counter::Workspaces => Code::WorkspaceLimitReached,
                };
                Self::with_detail(code, error.to_string()).member("limit", *limit).member("current", *current)
            }
            Error::VersionMismatch { .. } => Self::with_detail(Code::VersionMismatch, error.to_string()),
            Error::NoRow => Self::new(Code::NotFound),
            Error::IdempotencyMismatch => Self::new(Code::IdempotencyKeyReused),
            Error::Busy => Self::new(Code::Busy),
            Error::Stopping => Self::with_detail(Code::Unavailable, "This node is stopping"),
            Error::Outdated => Self::new(Code::Outdated),
            Error::Away(_) => Self::new(Code::Unavailable),
            Error::Full(_) => Self::new(Code::StorageFull),
            Error::OutcomeUnknown => Self::new(Code::OutcomeUnknown),
            Error::Unprojectable(_)
            | Error::Unrenderable(_)
            | Error::Unreadable(_)
            | Error::Broken(_)
            | Error::Database(_) => {
                tracing::error!(error = %chain(&error), "a command met something unexpected");
                Self::new(Code::Internal)
            }
        }
    }
}

impl From<database::Error> for Problem {
    fn from(error: database::Error) -> Self {
        ledger::Error::from(error).into()
    }
}
