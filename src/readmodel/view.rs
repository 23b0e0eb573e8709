//! What is shown of a resource.

use projections::{RowKeys, Rows, rows::Kept};
use uuid::Uuid;

/// What has a version of its own.
pub trait Versioned {
    /// Goes up when the thing itself changes. ETags carry it, and If-Match names it.
    fn version(&self) -> i64;
}

/// What lists are made of.
pub trait Paged {
    /// Lists are ordered by it, and cursors name it.
    fn id(&self) -> Uuid;
}

/// What a write shows, read from the rows that it leaves.
pub trait View: Sized {
    /// What names it, with what no row says of it.
    type Of: Send + Sync + 'static;

    /// The rows that this trait's other functions read.
    fn rows(of: &Self::Of) -> RowKeys;

    /// None when a row is missing.
    fn read(rows: &Rows, of: &Self::Of) -> Option<Self>;

    /// What If-Match is compared with, in the rows before the write.
    fn current(_: &Rows, _: &Self::Of) -> Current {
        Current::Unversioned
    }
}

/// What a caller finds before their write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current {
    Version(i64),
    /// Nothing yet.
    Absent,
    /// Nothing that has a version.
    Unversioned,
}

impl Current {
    /// The version of a row.
    pub fn of<R: Kept + Versioned>(rows: &Rows, key: &R::Key) -> Self {
        rows.get::<R>(key).map_or(Self::Absent, |row| Self::Version(row.version()))
    }
}

/// Nothing is shown.
impl View for () {
    type Of = ();

    fn rows((): &()) -> RowKeys {
        RowKeys::default()
    }

    fn read(_: &Rows, (): &()) -> Option<Self> {
        Some(())
    }
}

/// What may be gone afterwards.
impl<V: View> View for Option<V> {
    type Of = V::Of;

    fn rows(of: &V::Of) -> RowKeys {
        V::rows(of)
    }

    fn read(rows: &Rows, of: &V::Of) -> Option<Self> {
        Some(V::read(rows, of))
    }

    fn current(rows: &Rows, of: &V::Of) -> Current {
        V::current(rows, of)
    }
}

/// Nothing is shown of what has this row, or had it before the write.
pub struct Gone<R>(std::marker::PhantomData<R>);

impl<R: Kept + Versioned> View for Gone<R> {
    type Of = R::Key;

    fn rows(key: &R::Key) -> RowKeys {
        RowKeys::of::<R>([key.clone()])
    }

    fn read(_: &Rows, _: &R::Key) -> Option<Self> {
        Some(Self(std::marker::PhantomData))
    }

    fn current(rows: &Rows, key: &R::Key) -> Current {
        Current::of::<R>(rows, key)
    }
}

/// A view in an answer that is about something else, and has no ETag.
pub struct Untagged<V>(pub V);

impl<V: View> View for Untagged<V> {
    type Of = V::Of;

    fn rows(of: &V::Of) -> RowKeys {
        V::rows(of)
    }

    fn read(rows: &Rows, of: &V::Of) -> Option<Self> {
        V::read(rows, of).map(Self)
    }
}

macro_rules! versioned {
    ($($row:ty,)*) => {$(
        impl Versioned for $row {
            fn version(&self) -> i64 {
                self.version
            }
        }
    )*};
}

versioned! {
    projections::api_keys::ApiKeyRow,
    projections::catalog::contracts::ContractRow,
    projections::catalog::products::ProductRow,
    projections::catalog::issues::IssueRow,
    projections::catalog::quality::QualityCheckRow,
    projections::invitations::InvitationRow,
    projections::memberships::MembershipRow,
    projections::organizations::OrganizationRow,
    projections::projects::ProjectRow,
    projections::roles::RoleRow,
    projections::spaces::SpaceRow,
    projections::teams::TeamRow,
    projections::users::UserRow,
    projections::workspaces::WorkspaceRow,
}
