//! Lists over all organizations in which an asker may read something.

use aggregates::authorization::{Asker, BuiltInRole, Permission, Reach};
use projections::row::Columns;

use super::ReadModel;
use crate::database::{Arg, Error};

/// A query over organizations `o`, or over what belongs to them, of which it finds what the asker may read.
///
/// What a page shows cannot be decided after the page was cut, so here the rule of the decision function stands as SQL.
/// No other place knows which organizations a credential reaches with a permission.
pub(super) struct AcrossOrganizations {
    permission: Permission,
    operator: String,
    person: String,
    scoped: String,
    key: String,
}

impl AcrossOrganizations {
    /// `text` makes the statement from the tables that follow those of the organizations, which are the asker's membership
    /// `m` and its role `r`, and from the condition. Of its arguments the first are its `own`.
    pub fn new(permission: Permission, own: usize, text: impl Fn(&str, &str) -> String) -> Self {
        let [first, second] = [1, 2].map(|n| format!("${}", own + n));
        let place = |join: &str, on: &str| {
            format!(
                "{join} memberships m ON m.organization_id = o.id AND {on} \
                 LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
            )
        };
        let his = format!("m.user_id = {first}");
        let member = |deleted: &str| {
            format!(
                "({second} IS NULL OR {second} LIKE '%' || CAST(o.id AS text) || '%') \
                 AND m.status = 'active' AND (o.status = 'active' {deleted}) AND {}",
                has(permission)
            )
        };
        // The owners of a deleted organization can still look at it, and at nothing else of it.
        let deleted = match permission {
            Permission::OrganizationRead => "OR o.status = 'deleted' AND m.role = 'owner'",
            _ => "",
        };
        Self {
            permission,
            operator: text(&place("LEFT JOIN", &his), "TRUE"),
            // From the memberships, so that a list costs what its reader belongs to and not what there is.
            person: text(&place("JOIN", &his), &member(deleted)),
            scoped: text(&place("JOIN", &his), &member("")),
            key: text(&place("LEFT JOIN", "FALSE"), &format!("o.id = {first} AND o.status = 'active'")),
        }
    }

    pub async fn fetch<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        own: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<T>, Error> {
        let (sql, who) = self.asked_by(asker);
        let args: Vec<Arg> = own.into_iter().chain(who).collect();
        readmodel.database.fetch(sql, &args).await
    }

    /// The statement for an asker, and the arguments that identify them.
    fn asked_by(&self, asker: Asker) -> (&str, Vec<Arg>) {
        let reached = asker.within(self.permission);
        let user = Arg::from(&asker.user());
        let ids = || reached.as_ref().map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        match asker {
            // Above all organizations.
            _ if asker.operates() => (&self.operator, vec![user]),
            // Without a membership: what it may do there is its own.
            Asker::Organization { .. } => (&self.key, vec![Arg::from(&reached.and_then(|ids| ids.into_iter().next()))]),
            // Ownership is not a permission that a scope could give.
            Asker::User { reach: Reach::Scoped(_), .. } => (&self.scoped, vec![user, Arg::from(&ids())]),
            Asker::User { .. } | Asker::System => (&self.person, vec![user, Arg::from(&ids())]),
        }
    }
}

/// Whether the role of `m` has a permission: as a built-in one, or as the organization's own `r`.
fn has(permission: Permission) -> String {
    let built_in = BuiltInRole::ALL.into_iter().filter(|role| role.permissions().contains(permission));
    let built_in = built_in.map(|role| format!("'{}'", role.key())).collect::<Vec<_>>().join(", ");
    format!("(m.role IN ({built_in}) OR CAST(r.permissions AS text) LIKE '%\"{permission}\"%')")
}
