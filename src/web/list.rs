//! One page of a list: its parameters, its cursor and the link to the next one.

use aggregates::authorization::Asker;
use axum::response::Response;
use serde::Serialize;
use uuid::Uuid;

use super::{App, Problem, fields::Fields, reply};
use crate::readmodel::organizations::Page;

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// The parameters that every list has.
#[derive(Debug, Default)]
pub struct Paging {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub include: Option<String>,
}

/// A list that was asked for.
pub struct List<'a> {
    app: &'a App,
    asker: Asker,
    /// Below `/api/v1`: what cursors are bound to, together with the filters. Where it has the organization as it was
    /// named, a cursor is valid for that name only, which the link to the next page repeats; the graph names ids.
    path: String,
    filters: Vec<(&'static str, Option<String>)>,
    paging: Paging,
    limit: i64,
    after: Option<Uuid>,
}

impl<'a> List<'a> {
    /// Checks the paging, and reports it with what is wrong with the filters.
    pub fn check(
        app: &'a App,
        asker: Asker,
        path: String,
        filters: Vec<(&'static str, Option<String>)>,
        paging: Paging,
        mut fields: Fields,
    ) -> Result<Self, Problem> {
        let limit = paging.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            fields.problem("?limit", "must be between 1 and 100");
        }
        if paging.include.as_deref().is_some_and(|include| include != "total") {
            fields.problem("?include", "must be total");
        }
        fields.finish(Some(()))?;
        let mut list = Self { app, asker, path, filters, paging, limit, after: None };
        let after = list.paging.cursor.as_deref();
        list.after = after.map(|cursor| app.cursors.decode(cursor, asker, &list.name())).transpose()?;
        Ok(list)
    }

    /// The rows to ask for: one more than are shown says that there is a next page.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: self.limit + 1 }
    }

    /// Whether this is not the first page.
    pub fn goes_on(&self) -> bool {
        self.after.is_some()
    }

    /// How many rows are shown at most.
    pub fn most(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// The cursor behind a row.
    pub fn cursor(&self, id: Uuid) -> String {
        self.app.cursors.encode(id, self.asker, &self.name())
    }

    pub fn wants_total(&self) -> bool {
        self.paging.include.is_some()
    }

    /// The page, with the link to the next one if there is one.
    pub fn answer<'r, R, T: Serialize>(
        &self,
        rows: &'r [R],
        id: impl Fn(&R) -> Uuid,
        show: impl Fn(&'r R) -> T,
        total: Option<i64>,
    ) -> Result<Response, Problem> {
        self.answer_each(rows, id, |row| vec![show(row)], total)
    }

    /// Answers a page where a row is shown as several things, or as none.
    pub fn answer_each<'r, R, T: Serialize>(
        &self,
        rows: &'r [R],
        id: impl Fn(&R) -> Uuid,
        show: impl Fn(&'r R) -> Vec<T>,
        total: Option<i64>,
    ) -> Result<Response, Problem> {
        let shown = self.shown(rows);
        let next = self.link(shown.len() < rows.len(), shown, id);
        reply::page(&shown.iter().flat_map(show).collect::<Vec<_>>(), next, total)
    }

    /// The rows of the page, of which one more was read if there is a next one.
    pub fn shown<'r, R>(&self, rows: &'r [R]) -> &'r [R] {
        rows.get(..self.most()).unwrap_or(rows)
    }

    /// The link to what is after these rows, if there is more.
    pub fn link<R>(&self, more: bool, shown: &[R], id: impl Fn(&R) -> Uuid) -> Option<String> {
        shown.last().filter(|_| more).map(|last| self.next(id(last)))
    }

    fn name(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.filters {
            query.append_pair(name, value.as_deref().unwrap_or_default());
        }
        format!("{}?{}", self.path, query.finish())
    }

    fn next(&self, last: Uuid) -> String {
        let limit = self.paging.limit.map(|limit| limit.to_string());
        let cursor = self.cursor(last);
        let filters = self.filters.iter().map(|(name, value)| (*name, value.as_deref()));
        let paging = [
            ("limit", limit.as_deref()),
            ("include", self.paging.include.as_deref()),
            ("cursor", Some(cursor.as_str())),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters.chain(paging) {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        format!("{}/api/v1{}?{}", self.app.settings.public_url, self.path, query.finish())
    }
}
