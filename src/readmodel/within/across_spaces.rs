//! All spaces in which an asker may read something: of everybody, or of one organization.

use aggregates::authorization::{Asker, BuiltInRole, Denied, Permission, Reach, SEES_ALL_SPACES};

use super::{
    Access, InOrganization,
    statement::{Args, Conditions, Filter},
};
use crate::readmodel::{Error, ReadModel, organizations::Reference};

/// Joins spaces `s` with their organization `o` and the asker's place, and says in which of them they may read something.
///
/// The rule of the decision function stands here as SQL, as [`super::Across`] has that of organizations.
#[derive(Debug)]
pub struct AcrossSpaces {
    permission: Permission,
    /// Whether the membership `m`, or its role `r`, has the permission in the organization.
    has: String,
    /// Whether it has it in all spaces of the organization, whoever is in them.
    everywhere: String,
}

/// Parts of a statement that depend on who asks.
#[derive(Debug)]
pub struct ReachedSpaces {
    /// Spaces `s`, with the asker's place `e` in each, and the organization `o`.
    pub from: String,
    pub condition: String,
}

impl AcrossSpaces {
    /// Every role in a space has the permission: spaces and what is in them are read by whoever is in them.
    pub fn new(permission: Permission) -> Self {
        let having = |wanted: &[Permission]| {
            let all = |role: &BuiltInRole| wanted.iter().all(|wanted| role.permissions().contains(*wanted));
            let built_in = BuiltInRole::ALL.into_iter().filter(all).map(|role| format!("'{}'", role.key()));
            let built_in = built_in.collect::<Vec<_>>().join(", ");
            let custom = wanted.iter().map(|wanted| format!("CAST(r.permissions AS text) LIKE '%\"{wanted}\"%'"));
            format!("(m.role IN ({built_in}) OR {})", custom.collect::<Vec<_>>().join(" AND "))
        };
        Self { permission, has: having(&[permission]), everywhere: having(&[permission, SEES_ALL_SPACES]) }
    }

    /// Whether the asker may ask for what an organization's spaces have together. What they see of it is another matter.
    pub async fn decide(&self, readmodel: &ReadModel, asker: Asker, organization: &Reference) -> Result<(), Error> {
        let mut args = Args::default();
        let place = InOrganization::joined(&args.bind(&asker.user()));
        let id = args.scope(organization);
        let sql = format!("SELECT {} FROM organizations o {place} WHERE o.id = {id}", InOrganization::columns());
        let found: Option<InOrganization> = readmodel.database.fetch_optional(&sql, args.as_slice()).await?;
        let place = found.ok_or(Error::NotFound)?;
        match place.decide(asker, self.permission) {
            Ok(()) => Ok(()),
            Err(Denied::NotFound) => Err(Error::NotFound),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }

    /// Those of everybody, or of one organization.
    pub fn reached(&self, asker: Asker, organization: Option<&Reference>, args: &mut Args) -> ReachedSpaces {
        let user = args.bind(&asker.user());
        let (place, condition) = self.place(asker, &user, args);
        let (spaces, only) = match organization {
            Some(organization) => {
                ("spaces s".to_owned(), format!(" AND s.organization_id = {}", args.scope(organization)))
            }
            None if asker.operates() => ("spaces s".to_owned(), String::new()),
            None => (self.candidates(asker, &user, args), String::new()),
        };
        ReachedSpaces {
            from: format!("{spaces} LEFT JOIN organizations o ON o.id = s.organization_id {place}"),
            condition: format!("({condition}){only}"),
        }
    }

    /// Those that come into question without looking at all there are.
    fn candidates(&self, asker: Asker, user: &str, args: &mut Args) -> String {
        if let Asker::Organization { id, .. } = asker {
            let own = args.bind(&id);
            return format!("(SELECT * FROM spaces WHERE organization_id = {own}) s");
        }
        format!(
            "(SELECT space_id AS id FROM space_members WHERE user_id = {user} \
             UNION SELECT a.id FROM memberships m LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.key = m.role \
             JOIN spaces a ON a.organization_id = m.organization_id \
             WHERE m.user_id = {user} AND m.status = 'active' AND {}) c JOIN spaces s ON s.id = c.id",
            self.everywhere
        )
    }

    fn place(&self, asker: Asker, user: &str, args: &mut Args) -> (String, String) {
        let place = format!(
            "{} LEFT JOIN space_members e ON e.space_id = s.id AND e.user_id = {user}",
            InOrganization::joined(user)
        );
        if asker.operates() {
            return (place, "TRUE".to_owned());
        }
        let within = asker.within(self.permission);
        let reach = within.map(|ids| {
            let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            format!(" AND {} LIKE '%' || CAST(o.id AS text) || '%'", args.bind(ids.as_str()))
        });
        let everywhere = match asker {
            // What the organization's own key may do is its own.
            Asker::Organization { .. } => "TRUE".to_owned(),
            _ => format!("m.status = 'active' AND {} AND ({} OR e.user_id IS NOT NULL)", self.has, self.everywhere),
        };
        let attached = format!("o.status = 'active' AND {everywhere}{}", reach.unwrap_or_default());
        let condition = match asker {
            Asker::User { reach: Reach::Everywhere, .. } => {
                format!("{attached} OR s.organization_id IS NULL AND e.user_id IS NOT NULL")
            }
            _ => attached,
        };
        (place, condition)
    }

    /// The asker's place in spaces `s` of organizations `o`, and the condition of reading there.
    pub fn place_of(&self, asker: Asker, args: &mut Args) -> (String, String) {
        let user = args.bind(&asker.user());
        let (place, condition) = self.place(asker, &user, args);
        (place, format!("({condition})"))
    }

    /// A statement over the newest of each organization's, at most so many, for ids `asked` of organizations.
    pub fn newest_of_each(
        &self,
        asker: Asker,
        columns: &str,
        filter: &impl Filter,
        most: i64,
        args: &mut Args,
    ) -> String {
        let (place, condition) = self.place_of(asker, args);
        let meant = Conditions::of(filter, "s", "s.organization_id", args);
        let others = args.bind(most - 1);
        let first = uuid::Uuid::nil();
        format!(
            "SELECT o.id, {columns} FROM {{batch}} asked JOIN organizations o ON o.id = asked.id \
             JOIN spaces s ON s.organization_id = o.id {place} \
             WHERE {condition} {meant} AND s.id >= COALESCE((\
                 SELECT s.id FROM spaces s {place} WHERE s.organization_id = o.id AND {condition} {meant} \
                 ORDER BY s.id DESC LIMIT 1 OFFSET {others}), '{first}') \
             ORDER BY s.id DESC"
        )
    }
}
