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
/// The last page that can be asked for by its number.
const MAX_PAGE: i64 = 1_000_000;

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
    /// Whether its pages can be asked for by their numbers too.
    const NUMBERED: bool = false;
}

impl Filter for () {}

/// What every list takes.
#[derive(Debug, Clone)]
pub struct Paging {
    limit: Option<i64>,
    cursor: Option<String>,
    include: Option<Include>,
    /// The number of the page, from 1.
    page: Option<i64>,
    /// How many rows a page with a number has.
    size: Option<i64>,
}

impl Paging {
    /// Whether the request says anything about pages.
    pub fn is_asked_for(&self) -> bool {
        self.limit.is_some() || self.cursor.is_some()
    }
}

impl Parameters for Paging {
    fn read(query: &mut Query) -> Self {
        paging(query, false, false)
    }
}

pub(super) fn paging(query: &mut Query, counted: bool, numbered: bool) -> Paging {
    let bounds = 1..=MAX_LIMIT;
    let mut paging = Paging {
        limit: query.integer("limit", "How many rows on a page.", bounds.clone(), Some(DEFAULT_LIMIT)),
        cursor: query.text("cursor", "From the link to the next page."),
        include: if counted { query.word("include", "`total` adds the header X-Total-Count.") } else { None },
        page: None,
        size: None,
    };
    if numbered {
        let meaning = "The number of a page, instead of a cursor. Its answer has the header X-Total-Count.";
        paging.page = query.integer("page", meaning, 1..=MAX_PAGE, None);
        paging.size = query.integer("size", "How many rows a page with a number has.", bounds, Some(DEFAULT_LIMIT));
        query.apart(&["page", "size"], &["limit", "cursor"]);
    }
    paging
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
        let paging = paging(&mut query, F::COUNTED, F::NUMBERED);
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
        self.paging.limit.or(self.paging.size).unwrap_or(DEFAULT_LIMIT)
    }

    /// The rows to ask for: one more than are shown says that there is a next page.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: self.limit() + 1 }
    }

    /// How many rows come before a page that is asked for by its number.
    pub fn skip(&self) -> i64 {
        self.paging.page.map_or(0, |page| (page - 1).saturating_mul(self.limit()))
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

    fn is_numbered(&self) -> bool {
        self.paging.page.is_some() || self.paging.size.is_some()
    }

    pub fn wants_total(&self) -> bool {
        self.paging.include == Some(Include::Total) || self.is_numbered()
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
        let text = |number: Option<i64>| number.map(|number| number.to_string());
        let (limit, size) = (text(self.paging.limit), text(self.paging.size));
        let numbered = self.is_numbered();
        let cursor = Some(self.cursor(last)).filter(|_| !numbered);
        let page = text(Some(self.paging.page.unwrap_or(1).saturating_add(1)).filter(|_| numbered));
        let filters = self.filters.iter().map(|(name, value)| (*name, value.as_deref()));
        let paging = [
            ("limit", limit.as_deref()),
            ("include", self.paging.include.map(Word::word)),
            ("cursor", cursor.as_deref()),
            ("page", page.as_deref()),
            ("size", size.as_deref()),
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
