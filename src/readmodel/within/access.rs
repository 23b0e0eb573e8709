//! What the decision about an organization or a space needs, as a part of the statements for what belongs to it.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, SpaceRole, Standing, decide, decide_by_id},
    ids::OrganizationId,
    organization::Status,
    space,
};
use projections::{
    memberships::MembershipRow,
    roles::RoleRow,
    row::{Columns, Kind, One, Value, ValueError},
};

use super::Scope;
use crate::readmodel::{Error, columns::columns};

/// The asker's place in a scope, read in the same statement as what it gives access to.
pub trait Access: Columns + Send + Sync {
    /// The select list of this part, after [`Access::joined`].
    fn columns() -> &'static str;

    /// The tables of this part, after those of the scope. `asker` is what stands for the asker's id.
    fn joined(asker: &str) -> String;

    fn decide(&self, asker: Asker, permission: Permission) -> Result<(), Denied>;
}

type OrganizationColumns = (One<OrganizationId>, One<Status>, Option<MembershipRow>, Option<RoleRow>);

/// The asker's place in an organization.
#[derive(Debug, Clone)]
pub struct InOrganization {
    organization: OrganizationId,
    pub status: Status,
    membership: Option<MembershipRow>,
    role: Option<RoleRow>,
}

impl Columns for InOrganization {
    fn kinds(kinds: &mut Vec<Kind>) {
        OrganizationColumns::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(organization), One(status), membership, role) = OrganizationColumns::read(values)?;
        Ok(Self { organization, status, membership, role })
    }
}

impl Access for InOrganization {
    fn columns() -> &'static str {
        static COLUMNS: LazyLock<String> =
            LazyLock::new(|| format!("o.id, o.status, {}, {}", columns::<MembershipRow>("m"), columns::<RoleRow>("r")));
        &COLUMNS
    }

    fn joined(asker: &str) -> String {
        format!(
            "LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = {asker} \
             LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
        )
    }

    fn decide(&self, asker: Asker, permission: Permission) -> Result<(), Denied> {
        decide(asker.standing(self.organization, self.standing()), self.status, Action::Use(permission))
    }
}

impl InOrganization {
    /// Decides on what is named by its own id and known to holders of one of the last permissions.
    pub fn decide_by_id(&self, asker: Asker, wanted: Permission, known_by: &[Permission]) -> Result<(), Denied> {
        decide_by_id(asker.standing(self.organization, self.standing()), self.status, wanted, known_by)
    }

    /// What the membership gives.
    pub fn standing(&self) -> Standing {
        self.membership.as_ref().map_or(Standing::Outsider, |row| row.standing(self.role.as_ref()))
    }
}

type SpaceColumns = (One<Option<OrganizationId>>, Option<InOrganization>, One<Option<SpaceRole>>);

/// The asker's place in a space, and in its organization if it has one.
#[derive(Debug, Clone)]
pub struct InSpace {
    organization: Option<OrganizationId>,
    place: Option<InOrganization>,
    role: Option<SpaceRole>,
}

impl Columns for InSpace {
    fn kinds(kinds: &mut Vec<Kind>) {
        SpaceColumns::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(organization), place, One(role)) = SpaceColumns::read(values)?;
        Ok(Self { organization, place, role })
    }
}

impl Access for InSpace {
    fn columns() -> &'static str {
        static COLUMNS: LazyLock<String> =
            LazyLock::new(|| format!("s.organization_id, {}, e.role", InOrganization::columns()));
        &COLUMNS
    }

    fn joined(asker: &str) -> String {
        let place = InOrganization::joined(asker);
        format!("{place} LEFT JOIN space_members e ON e.space_id = s.id AND e.user_id = {asker}")
    }

    fn decide(&self, asker: Asker, permission: Permission) -> Result<(), Denied> {
        let (organization, status) = match (self.organization, &self.place) {
            (None, _) => (None, Status::Active),
            (Some(id), Some(place)) => (Some((id, place.standing())), place.status),
            // It was purged.
            (Some(_), None) => return Err(Denied::NotFound),
        };
        decide_by_id(asker.standing_in_space(organization, self.role), status, permission, space::KNOWN_BY)
    }
}

/// The rows about one organization or space, which has at least one, if the asker may read them.
pub fn decided<S: Scope, T>(asker: Asker, permission: Permission, found: Vec<(S::Access, T)>) -> Result<Vec<T>, Error> {
    let (access, _) = found.first().ok_or(S::NOT_FOUND)?;
    match access.decide(asker, permission) {
        Ok(()) => Ok(found.into_iter().map(|(_, part)| part).collect()),
        Err(Denied::NotFound) => Err(S::NOT_FOUND),
        Err(denied) => Err(Error::Denied(denied)),
    }
}
