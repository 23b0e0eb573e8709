//! Reading what belongs to something: one thing, a page, the newest of each of many, and those of all organizations.
//!
//! Every statement joins the asker's place, and either hands it to the one decision function or has its rule as a
//! condition: nothing is read with [`Within`] and not authorized.

mod access;
mod across;
mod across_lists;
mod across_spaces;
mod lists;
mod one;
mod statement;
mod whole;

use std::{collections::HashMap, hash::Hash, marker::PhantomData, sync::OnceLock};

use aggregates::{
    authorization::{Denied, Permission},
    claim::ClaimKind,
    ids::{IssueId, OrganizationId, QualityCheckId, SpaceId, TeamId},
};
use projections::row::{Columns, Field, Kind, Value, ValueError, next};
use uuid::Uuid;

use super::Error;

pub use self::across_lists::Cut;
pub(super) use self::{
    access::{Access, InOrganization, InSpace},
    across::{Across, Reached},
    across_lists::{Among, Divided, allowed_in_each},
    across_spaces::AcrossSpaces,
    lists::asked,
    statement::{Args, Conditions, Filter, holder},
    whole::Whole,
};

/// What is shown of a row and of what is joined to it. The select list and its reader stand together.
pub(super) trait Selected: Sized {
    /// In the order of the select list.
    type Parts: Columns;
    /// Tables beside the row's own and its organization `o`.
    const JOINS: &str = "";
    /// The select list.
    fn columns() -> String;
    fn new(parts: Self::Parts) -> Self;
}

/// What decides about things: an organization or a space.
pub(super) trait Scope: Field + Copy + Ord + Hash + Send + Sync {
    /// The asker's place in it.
    type Access: Access;
    /// Its table, with its organization `o`.
    const FROM: &'static str;
    /// Its id in a statement.
    const ID: &'static str;
    const SLUGS: ClaimKind;
    /// What a caller hears of one that does not exist for them.
    const NOT_FOUND: Error;
}

impl Scope for OrganizationId {
    type Access = InOrganization;
    const FROM: &'static str = "organizations o";
    const ID: &'static str = "o.id";
    const SLUGS: ClaimKind = ClaimKind::OrganizationSlug;
    const NOT_FOUND: Error = Error::NotFound;
}

impl Scope for SpaceId {
    type Access = InSpace;
    const FROM: &'static str = "spaces s LEFT JOIN organizations o ON o.id = s.organization_id";
    const ID: &'static str = "s.id";
    const SLUGS: ClaimKind = ClaimKind::SpaceSlug;
    const NOT_FOUND: Error = Error::SpaceNotFound;
}

/// What things belong to: an organization, a space, or something inside one.
pub(super) trait Parent: Field + Copy + Ord + Hash + Send + Sync {
    type Scope: Scope;
    /// The column by which things name it.
    const COLUMN: &'static str;
    /// Its id in a statement.
    const ID: &'static str;
    /// From its scope to the one with the id that `{parent}` stands for.
    const INSIDE: &'static str;
    /// From ids `asked` to those that there are, and their scopes.
    const EACH: &'static str;
}

impl Parent for OrganizationId {
    type Scope = Self;
    const COLUMN: &'static str = "organization_id";
    const ID: &'static str = "o.id";
    const INSIDE: &'static str = "";
    const EACH: &'static str = "JOIN organizations o ON o.id = asked.id";
}

impl Parent for TeamId {
    type Scope = OrganizationId;
    const COLUMN: &'static str = "team_id";
    const ID: &'static str = "t.id";
    const INSIDE: &'static str = "LEFT JOIN teams t ON t.organization_id = o.id AND t.id = {parent}";
    const EACH: &'static str = "JOIN teams t ON t.id = asked.id JOIN organizations o ON o.id = t.organization_id";
}

impl Parent for SpaceId {
    type Scope = Self;
    const COLUMN: &'static str = "space_id";
    const ID: &'static str = "s.id";
    const INSIDE: &'static str = "";
    const EACH: &'static str = "JOIN spaces s ON s.id = asked.id LEFT JOIN organizations o ON o.id = s.organization_id";
}

impl Parent for IssueId {
    type Scope = SpaceId;
    const COLUMN: &'static str = "issue_id";
    const ID: &'static str = "i.id";
    const INSIDE: &'static str = "LEFT JOIN issues i ON i.space_id = s.id AND i.id = {parent}";
    const EACH: &'static str = "JOIN issues i ON i.id = asked.id JOIN spaces s ON s.id = i.space_id \
        LEFT JOIN organizations o ON o.id = s.organization_id";
}

impl Parent for QualityCheckId {
    type Scope = SpaceId;
    const COLUMN: &'static str = "check_id";
    const ID: &'static str = "q.id";
    const INSIDE: &'static str = "LEFT JOIN quality_checks q ON q.space_id = s.id AND q.id = {parent}";
    const EACH: &'static str = "JOIN quality_checks q ON q.id = asked.id JOIN spaces s ON s.id = q.space_id \
        LEFT JOIN organizations o ON o.id = s.organization_id";
}

/// The asker's place in the scope of a parent.
type AccessOf<P> = <<P as Parent>::Scope as Scope>::Access;

/// A page of what belongs to something, and how many there are on all pages, if that was asked for.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    pub total: Option<i64>,
}

/// For each of the things that were asked for and exist, what belongs to it, or why the asker may not see that.
pub type Grouped<K, T> = HashMap<K, Result<Vec<T>, Denied>>;

/// Things of one kind that belong to something, newest first.
#[derive(Debug)]
pub(super) struct Within<V, P = OrganizationId> {
    table: &'static str,
    alias: &'static str,
    /// The column that names what it belongs to.
    parent: &'static str,
    /// The column of its id, which orders it.
    id: &'static str,
    /// What holds for all that are shown.
    always: &'static str,
    slugs: Option<ClaimKind>,
    across: Across,
    columns: String,
    one: OnceLock<one::Texts>,
    shows: PhantomData<fn() -> (V, P)>,
}

impl<V: Selected> Within<V> {
    /// Things that belong to organizations. `table` has what they are called in conditions too: `projects p`.
    pub fn organizations(table: &'static str, permission: Permission) -> Self {
        Self::new(table, permission)
    }
}

impl<V: Selected> Within<V, TeamId> {
    /// Things that belong to teams.
    pub fn teams(table: &'static str, permission: Permission) -> Self {
        Self::new(table, permission)
    }
}

impl<V: Selected> Within<V, SpaceId> {
    /// Things that belong to spaces.
    pub fn spaces(table: &'static str, permission: Permission) -> Self {
        Self::new(table, permission)
    }
}

impl<V: Selected> Within<V, IssueId> {
    /// Things that belong to issues.
    pub fn issues(table: &'static str, permission: Permission) -> Self {
        Self::new(table, permission)
    }
}

impl<V: Selected> Within<V, QualityCheckId> {
    /// Things that belong to quality checks.
    pub fn quality_checks(table: &'static str, permission: Permission) -> Self {
        Self::new(table, permission)
    }
}

impl<V: Selected, P: Parent> Within<V, P> {
    fn new(table: &'static str, permission: Permission) -> Self {
        Self {
            table,
            alias: table.rsplit(' ').next().unwrap_or(table),
            parent: P::COLUMN,
            id: "id",
            always: "",
            slugs: None,
            across: Across::new(permission),
            columns: V::columns(),
            one: OnceLock::new(),
            shows: PhantomData,
        }
    }

    /// They name what they belong to in another column than usual.
    pub fn owned_by(self, parent: &'static str) -> Self {
        Self { parent, ..self }
    }

    /// Another column than `id` tells them apart.
    pub fn told_by(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// They have slugs, which are claims.
    pub fn with_slugs(self, kind: ClaimKind) -> Self {
        Self { slugs: Some(kind), ..self }
    }

    /// Others are not shown. The condition follows another one: `AND …`.
    pub fn only(self, always: &'static str) -> Self {
        Self { always, ..self }
    }

    fn permission(&self) -> Permission {
        self.across.permission
    }

    /// The select list of a [`Shown`].
    fn shown(&self) -> String {
        let Self { alias, id, columns, .. } = self;
        format!("{alias}.{id}, {columns}")
    }
}

/// A row of an outer join, if there is one: its id comes before its parts.
struct Shown<V>(Option<V>);

impl<V: Selected> Columns for Shown<V> {
    fn kinds(kinds: &mut Vec<Kind>) {
        kinds.push(Kind::Uuid);
        V::Parts::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let id: Option<Uuid> = next(values)?;
        id.map(|_| V::Parts::read(values).map(V::new)).transpose().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use projections::workspaces::WorkspaceRow;

    use super::*;
    use crate::readmodel::{
        api_keys::ApiKeyView,
        catalog::{
            contracts::ContractView,
            issues::{CommentView, IssueView},
            products::ProductView,
            quality::{QualityCheckView, QualityResultView},
        },
        invitations::InvitationView,
        members::MemberView,
        organizations::OrganizationView,
        projects::ProjectView,
        teams::{TeamMemberView, TeamView},
    };

    /// How many columns the text has, and how many are read.
    fn columns<V: Selected>() -> (usize, usize) {
        let mut depth = 0;
        let mut separates = |character| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            character == ',' && depth == 0
        };
        let text = V::columns().chars().filter(|character| separates(*character)).count() + 1;
        let mut kinds = Vec::new();
        V::Parts::kinds(&mut kinds);
        (text, kinds.len())
    }

    #[test]
    fn a_select_list_has_what_is_read() {
        for (view, (text, read)) in [
            ("organization", columns::<OrganizationView>()),
            ("member", columns::<MemberView>()),
            ("invitation", columns::<InvitationView>()),
            ("team", columns::<TeamView>()),
            ("member of a team", columns::<TeamMemberView>()),
            ("workspace", columns::<WorkspaceRow>()),
            ("project", columns::<ProjectView>()),
            ("product", columns::<ProductView>()),
            ("contract", columns::<ContractView>()),
            ("issue", columns::<IssueView>()),
            ("comment", columns::<CommentView>()),
            ("quality check", columns::<QualityCheckView>()),
            ("quality result", columns::<QualityResultView>()),
            ("API key", columns::<ApiKeyView>()),
        ] {
            assert_eq!(text, read, "{view}");
        }
    }
}
