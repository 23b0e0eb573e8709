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
    operator: String,
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
        Self { operator: text("LEFT JOIN"), member: text("JOIN") }
    }

    pub async fn fetch<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<T>, Error> {
        let sql = if asker.operates() { &self.operator } else { &self.member };
        let who = [Arg::from(&asker.user()), Arg::from(&asker.operates()), Arg::from(&asker.within())];
        let args: Vec<Arg> = who.into_iter().chain(args).collect();
        readmodel.database.fetch(sql, &args).await
    }
}

/// $1 the asker, $2 whether he stands above all organizations, $3 the only organization that his credential reaches.
fn readable(permission: Permission) -> String {
    let built_in = BuiltInRole::ALL.into_iter().filter(|role| role.permissions().contains(permission));
    let built_in = built_in.map(|role| format!("'{}'", role.key())).collect::<Vec<_>>().join(", ");
    // The owners of a deleted organization can still look at it, and at nothing else of it.
    let deleted = match permission {
        Permission::OrganizationRead => "OR o.status = 'deleted' AND m.role = 'owner'",
        _ => "",
    };
    format!(
        "($3 IS NULL OR o.id = $3) \
         AND ($2 OR m.status = 'active' AND (o.status = 'active' {deleted}) \
             AND (m.role IN ({built_in}) OR CAST(r.permissions AS text) LIKE '%\"{permission}\"%'))"
    )
}
