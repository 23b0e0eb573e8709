//! Scopes: what an API key was given of what its owner may do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Permissions, Reach, Standing};
use crate::ids::OrganizationId;

/// How many organizations the scopes of one key name at most.
pub const MAX_ORGANIZATIONS: usize = 8;
/// How many scopes one key has at most.
pub const MAX_SCOPES: usize = 64;
/// Everything that the owner may do.
const EVERYTHING: &str = "*:*";
const PREFIX: &str = "org:";

/// Which permissions a scope gives: one, all of a resource (`agents:*`), or all there are (`*`). What was asked for is
/// kept, so that a wildcard covers permissions that come later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grant(String);

impl Grant {
    pub fn permissions(&self) -> Permissions {
        // Checked when it was made.
        self.0.parse().unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Grant {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        match text.parse::<Permissions>() {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(ScopeError::UnknownPermission(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Grant {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<Grant> for String {
    fn from(grant: Grant) -> Self {
        grant.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScopeError {
    #[error("must be *:* or org:<slug>:<permission>, with * for all permissions")]
    Malformed,
    #[error("there is no permission {0}")]
    UnknownPermission(String),
}

/// A scope as it is written: an organization is named by slug or id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrittenScope<'a> {
    Everything,
    Within { organization: &'a str, grant: Grant },
}

impl<'a> WrittenScope<'a> {
    /// Reads `*:*` or `org:<slug or id>:<permission>`.
    pub fn parse(text: &'a str) -> Result<Self, ScopeError> {
        if text == EVERYTHING {
            return Ok(Self::Everything);
        }
        let within = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once(':'));
        match within {
            Some((organization, grant)) if !organization.is_empty() && !grant.is_empty() => {
                Ok(Self::Within { organization, grant: grant.parse()? })
            }
            _ => Err(ScopeError::Malformed),
        }
    }
}

/// Permissions in one organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    pub organization: OrganizationId,
    pub grant: Grant,
}

impl Scope {
    /// As it is written, where the organization has this name today.
    pub fn written(&self, organization: &impl fmt::Display) -> String {
        format!("{PREFIX}{organization}:{}", self.grant.as_str())
    }
}

/// What a key was given. Organizations are named by their ids, so that a rename neither breaks nor retargets a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scopes {
    /// `*:*`: everything that the owner may do.
    Everything,
    Within(Vec<Scope>),
}

impl Scopes {
    /// The organizations that are named, each once.
    pub fn organizations(&self) -> Vec<OrganizationId> {
        let Self::Within(scopes) = self else { return vec![] };
        let mut all: Vec<_> = scopes.iter().map(|scope| scope.organization).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What is given in an organization.
    pub fn permissions(&self, organization: OrganizationId) -> Permissions {
        match self {
            Self::Everything => Permissions::all(),
            Self::Within(scopes) => {
                let here = scopes.iter().filter(|scope| scope.organization == organization);
                here.fold(Permissions::default(), |all, scope| all.union(scope.grant.permissions()))
            }
        }
    }

    /// These scopes without those in an organization; none if nothing is left.
    pub fn without(&self, organization: OrganizationId) -> Option<Self> {
        let Self::Within(scopes) = self else { return Some(self.clone()) };
        let rest: Vec<_> = scopes.iter().filter(|scope| scope.organization != organization).cloned().collect();
        (!rest.is_empty()).then_some(Self::Within(rest))
    }

    /// How they are written, where `name` says how an organization is called today.
    pub fn written<N: fmt::Display>(&self, name: impl Fn(OrganizationId) -> N) -> Vec<String> {
        match self {
            Self::Everything => vec![EVERYTHING.to_owned()],
            Self::Within(scopes) => scopes.iter().map(|scope| scope.written(&name(scope.organization))).collect(),
        }
    }

    /// How far a person's key with these scopes reaches.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Everything => Reach::Everywhere,
            Self::Within(_) => Reach::Scoped(self.granted().unwrap_or_default()),
        }
    }

    /// For deciding; none where they name more organizations than a key can have.
    pub fn granted(&self) -> Option<Granted> {
        let mut granted = Granted::default();
        for organization in self.organizations() {
            let place = granted.0.iter_mut().find(|place| place.is_none())?;
            *place = Some((organization, self.permissions(organization)));
        }
        Some(granted)
    }
}

/// What scopes give in each of their organizations, small enough to be copied with the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Granted([Option<(OrganizationId, Permissions)>; MAX_ORGANIZATIONS]);

impl Granted {
    pub fn iter(self) -> impl Iterator<Item = (OrganizationId, Permissions)> {
        self.0.into_iter().flatten()
    }

    pub fn permissions(self, organization: OrganizationId) -> Permissions {
        self.iter().find(|(id, _)| *id == organization).map(|(_, permissions)| permissions).unwrap_or_default()
    }

    /// What is left in an organization of the owner's standing there. Ownership is not a permission: it stays with the
    /// person.
    pub fn narrow(self, organization: OrganizationId, owner: Standing) -> Standing {
        match (self.iter().find(|(id, _)| *id == organization), owner) {
            (Some((_, granted)), Standing::Member { permissions, .. }) => {
                Standing::Member { permissions: permissions.intersection(granted), owner: false }
            }
            _ => Standing::Outsider,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::authorization::{BuiltInRole, Permission};

    fn id(n: u128) -> OrganizationId {
        OrganizationId::new(Uuid::from_u128(n))
    }

    fn within(scopes: &[(u128, &str)]) -> Scopes {
        let scope = |(n, grant): &(u128, &str)| Scope { organization: id(*n), grant: grant.parse().expect("a grant") };
        Scopes::Within(scopes.iter().map(scope).collect())
    }

    #[test]
    fn scopes_are_written_as_they_were_given() {
        assert_eq!(WrittenScope::parse("*:*"), Ok(WrittenScope::Everything));
        for grant in ["*", "agents:*", "projects:read"] {
            let text = format!("org:acme-corp:{grant}");
            let Ok(WrittenScope::Within { organization, grant }) = WrittenScope::parse(&text) else {
                panic!("{text} is a scope")
            };
            assert_eq!(organization, "acme-corp");
            assert_eq!(Scope { organization: id(1), grant }.written(&organization), text);
        }
        for wrong in
            ["", "*", "*:", "**", "org", "org:", "org:acme", "org::*", "org:acme:", "ORG:acme:*", " *:*", "team:acme:*"]
        {
            assert_eq!(WrittenScope::parse(wrong), Err(ScopeError::Malformed), "{wrong}");
        }
        for unknown in ["org:acme:fly", "org:acme:agents:fly", "org:acme:*:*", "org:acme:agents:read "] {
            assert!(matches!(WrittenScope::parse(unknown), Err(ScopeError::UnknownPermission(_))), "{unknown}");
        }
    }

    #[test]
    fn what_is_left_is_what_both_have() {
        let scopes = within(&[(1, "agents:*"), (1, "members:update"), (2, "projects:read")]);
        let granted = scopes.granted().expect("few organizations");
        let owner = |role: BuiltInRole| Standing::Member { permissions: role.permissions(), owner: true };
        let left = granted.narrow(id(1), owner(BuiltInRole::Developer));
        assert!(left.has(Permission::AgentsRun) && !left.has(Permission::MembersUpdate));
        assert!(!left.has(Permission::ProjectsRead), "that is given elsewhere");
        assert!(!granted.narrow(id(1), owner(BuiltInRole::Owner)).owns());
        assert_eq!(granted.narrow(id(3), owner(BuiltInRole::Owner)), Standing::Outsider);
        assert_eq!(granted.narrow(id(1), Standing::Outsider), Standing::Outsider);
    }

    #[test]
    fn an_organization_can_be_taken_out() {
        let scopes = within(&[(1, "agents:*"), (2, "projects:read")]);
        assert_eq!(scopes.without(id(1)), Some(within(&[(2, "projects:read")])));
        assert_eq!(within(&[(1, "*")]).without(id(1)), None);
        assert_eq!(Scopes::Everything.without(id(1)), Some(Scopes::Everything));
        let many: Vec<_> = (0..).take(MAX_ORGANIZATIONS + 1).map(|n| (n, "*")).collect();
        assert_eq!(within(&many).granted(), None);
    }
}
