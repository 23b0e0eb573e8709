//! Lists over all organizations in which somebody may read something.

use aggregates::authorization::{Asker, BuiltInRole, Permission};
use projections::row::Columns;

use super::ReadModel;
use crate::database::{Arg, Error};

/// A query over organizations `o`, or over what belongs to them, of which it finds what the asker may read. $1 to $3 say
/// who he is; the query's own arguments begin with $4.
///
/// What a page shows cannot be decided after the page was cut, so here the rule of the decision function stands as SQL:
/// this is the only place that knows which organizations a credential reaches with a permission.
pub(super) struct AcrossOrganizations {
    permission: Permission,
    all: String,
    member: String,
}

impl AcrossOrganizations {
    /// `text` makes the statement from the tables that follow `organizations o`, which are the asker's membership `m` and
    /// its role `r`, and from the condition.
    pub fn new(permission: Permission, text: impl Fn(&str, &str) -> String) -> Self {
        let readable = readable(permission);
        let text = |join: &str| {
            let place = format!(
                "{join} memberships m ON m.organization_id = o.id AND m.user_id = $1 \
                 LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
            );
            text(&place, &readable)
        };
        // Whoever stands above organizations sees everything. Anybody else starts from his own memberships, so that his
        // list costs what he belongs to and not what there is.
        Self { permission, all: text("LEFT JOIN"), member: text("JOIN") }
    }

    pub async fn fetch<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<T>, Error> {
        // An organization's key has no membership: what it may do there is in what it reaches.
        let above = asker.operates() || matches!(asker, Asker::Organization { .. });
        let sql = if above { &self.all } else { &self.member };
        let reached = asker.within(self.permission);
        let reached = reached.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        let who = [Arg::from(&asker.user()), Arg::from(&above), Arg::from(&reached)];
        let args: Vec<Arg> = who.into_iter().chain(args).collect();
        readmodel.database.fetch(sql, &args).await
    }
}

/// $1 the asker, $2 whether he needs no membership, $3 the ids of the organizations that his credential reaches with
/// the permission.
fn readable(permission: Permission) -> String {
    let built_in = BuiltInRole::ALL.into_iter().filter(|role| role.permissions().contains(permission));
    let built_in = built_in.map(|role| format!("'{}'", role.key())).collect::<Vec<_>>().join(", ");
    // The owners of a deleted organization can still look at it, and at nothing else of it.
    let deleted = match permission {
        Permission::OrganizationRead => "OR o.status = 'deleted' AND m.role = 'owner'",
        _ => "",
    };
    format!(
        "($3 IS NULL OR $3 LIKE '%' || CAST(o.id AS text) || '%') \
         AND ($2 OR m.status = 'active' AND (o.status = 'active' {deleted}) \
             AND (m.role IN ({built_in}) OR CAST(r.permissions AS text) LIKE '%\"{permission}\"%'))"
    )
}
