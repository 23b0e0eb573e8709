//! What the decision about an organization needs, as a part of the statements for what belongs to it.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, Standing, decide, decide_by_id},
    ids::OrganizationId,
    organization::Status,
};
use projections::{
    memberships::MembershipRow,
    roles::RoleRow,
    row::{Columns, Kind, One, Value, ValueError},
};

use crate::readmodel::{Error, columns::columns};

type AccessColumns = (One<OrganizationId>, One<Status>, Option<MembershipRow>, Option<RoleRow>);

/// The asker's place in an organization, read in the same statement as what it gives access to.
#[derive(Debug, Clone)]
pub struct Access {
    organization: OrganizationId,
    pub status: Status,
    membership: Option<MembershipRow>,
    role: Option<RoleRow>,
}

impl Columns for Access {
    fn kinds(kinds: &mut Vec<Kind>) {
        AccessColumns::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(organization), One(status), membership, role) = AccessColumns::read(values)?;
        Ok(Self { organization, status, membership, role })
    }
}

impl Access {
    /// The select list of this part, after [`Access::joined`].
    pub fn columns() -> &'static str {
        static COLUMNS: LazyLock<String> =
            LazyLock::new(|| format!("o.id, o.status, {}, {}", columns::<MembershipRow>("m"), columns::<RoleRow>("r")));
        &COLUMNS
    }

    /// The tables of this part, after organizations `o`. `asker` is what stands for the asker's id.
    pub fn joined(asker: &str) -> String {
        format!(
            "LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = {asker} \
             LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
        )
    }

    pub fn decide(&self, asker: Asker, permission: Permission) -> Result<(), Denied> {
        decide(asker.standing(self.organization, self.standing()), self.status, Action::Use(permission))
    }

    /// Decides on what is named by its own id and known to holders of one of the last permissions.
    pub fn decide_by_id(&self, asker: Asker, wanted: Permission, known_by: &[Permission]) -> Result<(), Denied> {
        decide_by_id(asker.standing(self.organization, self.standing()), self.status, wanted, known_by)
    }

    /// What the membership gives.
    pub fn standing(&self) -> Standing {
        self.membership.as_ref().map_or(Standing::Outsider, |row| row.standing(self.role.as_ref()))
    }
}

/// The rows about one organization, which has at least one, if the asker may read them.
pub fn decided<T>(asker: Asker, permission: Permission, found: Vec<(Access, T)>) -> Result<Vec<T>, Error> {
    let (access, _) = found.first().ok_or(Error::NotFound)?;
    match access.decide(asker, permission) {
        Ok(()) => Ok(found.into_iter().map(|(_, part)| part).collect()),
        Err(Denied::NotFound) => Err(Error::NotFound),
        Err(denied) => Err(Error::Denied(denied)),
    }
}
