//! All organizations in which an asker may read something.

use aggregates::authorization::{Asker, BuiltInRole, Permission, Reach};

use super::statement::Args;

/// Joins organizations `o` with the asker's place and says in which of them they may read something.
///
/// What a page shows cannot be decided after the page was cut, so here the rule of the decision function stands as SQL.
/// No other place knows which organizations a credential reaches with a permission.
#[derive(Debug)]
pub struct Across {
    pub permission: Permission,
    /// Whether the role of `m` has the permission: as a built-in one, or as the organization's own `r`.
    has: String,
}

/// Parts of a statement that depend on who asks.
#[derive(Debug)]
pub struct Reached {
    /// Follows the organizations: the asker's membership `m` and its role `r`.
    pub place: String,
    pub condition: String,
    /// What the organizations are ordered by. A list costs what its reader belongs to and not what there is, because it
    /// comes from the memberships in their order.
    pub id: &'static str,
}

impl Across {
    pub fn new(permission: Permission) -> Self {
        let built_in = BuiltInRole::ALL.into_iter().filter(|role| role.permissions().contains(permission));
        let built_in = built_in.map(|role| format!("'{}'", role.key())).collect::<Vec<_>>().join(", ");
        let has = format!("(m.role IN ({built_in}) OR CAST(r.permissions AS text) LIKE '%\"{permission}\"%')");
        Self { permission, has }
    }

    pub fn reached(&self, asker: Asker, args: &mut Args) -> Reached {
        let place = |join: &str, on: &str| {
            format!(
                "{join} memberships m ON m.organization_id = o.id AND {on} \
                 LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
            )
        };
        let within = asker.within(self.permission);
        // Above all organizations.
        if asker.operates() {
            let own = format!("m.user_id = {}", args.bind(&asker.user()));
            return Reached { place: place("LEFT JOIN", &own), condition: "TRUE".to_owned(), id: "o.id" };
        }
        // Without a membership: what it may do there is its own.
        if let Asker::Organization { .. } = asker {
            let only = args.bind(&within.and_then(|ids| ids.into_iter().next()));
            let condition = format!("o.id = {only} AND o.status = 'active'");
            return Reached { place: place("LEFT JOIN", "FALSE"), condition, id: "o.id" };
        }
        let own = format!("m.user_id = {}", args.bind(&asker.user()));
        let mut condition = format!("m.status = 'active' AND {}", self.has);
        // The owners of a deleted organization can still look at it, and at nothing else of it. Ownership is not a
        // permission that a scope could give.
        let scoped = matches!(asker, Asker::User { reach: Reach::Scoped(_), .. });
        condition.push_str(match self.permission {
            Permission::OrganizationRead if !scoped => {
                " AND (o.status = 'active' OR o.status = 'deleted' AND m.role = 'owner')"
            }
            _ => " AND o.status = 'active'",
        });
        if let Some(ids) = within {
            let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            condition.push_str(&format!(" AND {} LIKE '%' || CAST(o.id AS text) || '%'", args.bind(ids.as_str())));
        }
        Reached { place: place("JOIN", &own), condition, id: "m.organization_id" }
    }
}
