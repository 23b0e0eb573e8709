//! One type for each kind of id. All of them are UUIDs, version 7 when we make them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A tenant.
    OrganizationId;
    /// A person's account.
    UserId;
    /// One sign-in of a person, from its start to its end.
    SessionId;
    /// An offer of membership to an address.
    InvitationId;
    /// A group of an organization's members.
    TeamId;
    /// A container for work inside an organization.
    WorkspaceId;
    /// A piece of work inside an organization.
    ProjectId;
    /// A collection of products, contracts, issues and quality checks, with members of its own.
    SpaceId;
    /// Something that is offered in a space.
    ProductId;
    /// An agreement between two products of a space.
    ContractId;
    /// Something in a space that someone has to see to.
    IssueId;
    /// What somebody said about an issue.
    CommentId;
    /// A rule that a product is measured by.
    QualityCheckId;
    /// One measurement by a quality check.
    QualityResultId;
    /// A credential of a program.
    ApiKeyId;
}
