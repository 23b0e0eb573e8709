//! Statements as they are written: their arguments, and what narrows down what they find.

use aggregates::claim::ClaimKind;
use projections::row::Field;

use super::Scope;
use crate::{database::Arg, readmodel::IdOrSlug};

/// The arguments of a statement, numbered as they come.
#[derive(Debug, Default, Clone)]
pub struct Args(Vec<Arg>);

impl Args {
    /// What stands for it in the text.
    pub fn bind(&mut self, arg: impl Into<Arg>) -> String {
        self.0.push(arg.into());
        format!("${}", self.0.len())
    }

    /// What will stand for the next argument.
    pub fn next(&self) -> String {
        format!("${}", self.0.len() + 1)
    }

    /// What stands for the id of an organization or a space in the text.
    pub fn scope<S: Scope>(&mut self, scope: &IdOrSlug<S>) -> String {
        match scope {
            IdOrSlug::Id(id) => self.bind(id),
            IdOrSlug::Slug(slug) => holder(S::SLUGS, &self.bind(slug.as_str())),
        }
    }

    pub fn as_slice(&self) -> &[Arg] {
        &self.0
    }
}

/// What holds a claim.
pub fn holder(kind: ClaimKind, value: &str) -> String {
    format!("(SELECT holder FROM claims WHERE kind = '{}' AND value = {value})", kind.as_str())
}

/// What has a slug inside an organization or a space; both as they stand in the text.
pub fn holder_within(kind: ClaimKind, scope: &str, slug: &str) -> String {
    holder(kind, &format!("CAST({scope} AS text) || '/' || {slug}"))
}

/// Which rows of a list are meant.
pub trait Filter: Sync {
    /// Adds a condition for whatever is asked for: what is not asked for is not in the text.
    fn narrow(&self, rows: &mut Conditions<'_>);
}

/// All of them.
impl Filter for () {
    fn narrow(&self, _: &mut Conditions<'_>) {}
}

/// Conditions and their arguments.
#[derive(Debug)]
pub struct Conditions<'a> {
    args: &'a mut Args,
    /// What the rows are called.
    alias: &'a str,
    /// What stands for the id of the organization or space.
    scope: &'a str,
    text: String,
}

impl<'a> Conditions<'a> {
    /// The text of a filter, which follows another condition.
    pub fn of(filter: &impl Filter, alias: &'a str, scope: &'a str, args: &'a mut Args) -> String {
        let mut conditions = Self { args, alias, scope, text: String::new() };
        filter.narrow(&mut conditions);
        conditions.text
    }

    /// A column of the rows.
    pub fn column(&self, name: &str) -> String {
        format!("{}.{name}", self.alias)
    }

    pub fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }

    /// `?` in the condition stands for the value.
    pub fn with<T: Field>(&mut self, condition: &str, value: &T) {
        let value = self.args.bind(value);
        self.and(&condition.replace('?', &value));
    }

    /// The column names what has this slug inside the organization or space.
    pub fn with_slug(&mut self, column: &str, kind: ClaimKind, slug: &str) {
        let slug = self.args.bind(slug);
        let holder = holder_within(kind, self.scope, &slug);
        self.and(&format!("{column} = {holder}"));
    }
}
