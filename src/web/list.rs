//! One page of a list: its parameters, its cursor and the link to the next one. For REST and for the graph.

use aggregates::authorization::Asker;
use serde::Serialize;
use uuid::Uuid;

use super::{
    App, Problem,
    query::{Parameters, Query},
    reply,
    words::Word,
};
use crate::readmodel::organizations::Page;

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// What else a list can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Include {
    Total,
}

impl Word for Include {
    const ALL: &'static [Self] = &[Self::Total];

    fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
        }
    }
}

/// What narrows a list down.
pub trait Filter: Parameters {
    /// Whether the list can say how many rows it has on all pages.
    const COUNTED: bool = true;
}

impl Filter for () {}

/// What every list takes.
#[derive(Debug, Clone)]
pub struct Paging {
    limit: Option<i64>,
    cursor: Option<String>,
    include: Option<Include>,
}

impl Paging {
    /// Whether the request says anything about pages.
    pub fn is_asked_for(&self) -> bool {
        self.limit.is_some() || self.cursor.is_some()
    }
}

impl Parameters for Paging {
    fn read(query: &mut Query) -> Self {
        paging(query, false)
    }
}

pub(super) fn paging(query: &mut Query, counted: bool) -> Paging {
    let bounds = 1..=MAX_LIMIT;
    Paging {
        limit: query.integer("limit", "How many rows on a page.", bounds, Some(DEFAULT_LIMIT)),
        cursor: query.text("cursor", "From the link to the next page."),
        include: if counted { query.word("include", "`total` adds the header X-Total-Count.") } else { None },
    }
}

/// A list that was asked for.
pub struct List {
    app: App,
    asker: Asker,
    /// Below `/api/v1`: what cursors are bound to, together with the filters. Where it has the organization as it was
    /// named, a cursor is valid for that name only, which the link to the next page repeats; the graph names ids.
    path: String,
    filters: Vec<(&'static str, Option<String>)>,
    paging: Paging,
    after: Option<Uuid>,
}

impl List {
    /// Reads filters and paging, and reports what is wrong with either.
    pub fn read<F: Filter>(app: &App, asker: Asker, path: String, mut query: Query) -> Result<(F, Self), Problem> {
        let filter = F::read(&mut query);
        let filters = query.so_far();
        let paging = paging(&mut query, F::COUNTED);
        query.finish()?;
        Ok((filter, Self::of(app, asker, path, filters, paging)?))
    }

    /// A list with these filters.
    pub fn of(
        app: &App,
        asker: Asker,
        path: String,
        filters: Vec<(&'static str, Option<String>)>,
        paging: Paging,
    ) -> Result<Self, Problem> {
        let mut list = Self { app: app.clone(), asker, path, filters, paging, after: None };
        let after = list.paging.cursor.as_deref();
        list.after = after.map(|cursor| app.cursors.decode(cursor, asker, &list.name())).transpose()?;
        Ok(list)
    }

    fn limit(&self) -> i64 {
        self.paging.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// The rows to ask for: one more than are shown says that there is a next page.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: self.limit() + 1 }
    }

    /// Whether this is not the first page.
    pub fn goes_on(&self) -> bool {
        self.after.is_some()
    }

    /// How many rows are shown at most.
    pub fn most(&self) -> usize {
        usize::try_from(self.limit()).unwrap_or(usize::MAX)
    }

    /// The cursor behind a row.
    pub fn cursor(&self, id: Uuid) -> String {
        self.app.cursors.encode(id, self.asker, &self.name())
    }

    pub fn wants_total(&self) -> bool {
        self.paging.include == Some(Include::Total)
    }

    /// The page, with the link to the next one if there is one. A row may be shown as several things, or as none.
    pub(super) fn answer<'r, T, R, S: Serialize>(
        &self,
        rows: &'r [R],
        id: impl Fn(&R) -> Uuid,
        show: impl Fn(&'r R) -> Vec<S>,
        total: Option<i64>,
    ) -> reply::Page<T> {
        let shown = self.shown(rows);
        let next = self.link(shown.len() < rows.len(), shown, id);
        reply::Page::new(&shown.iter().flat_map(show).collect::<Vec<_>>(), next, total)
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
            ("include", self.paging.include.map(Word::word)),
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
