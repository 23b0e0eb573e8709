//! What lists have in common: the parameters of a page, its cursor, and the link to the next one.

use aggregates::authorization::Asker;
use axum::response::Response;
use serde::Serialize;
use uuid::Uuid;

use super::{App, Problem, cursor::CursorKey, fields::FieldProblem, reply};
use crate::readmodel::{Listed, organizations::Page};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// A page of a list that was asked for.
pub struct Paging {
    asker: Asker,
    /// The path of the list behind `/api/v1`.
    path: String,
    /// What narrows the list down, as it was sent.
    filters: Vec<(&'static str, String)>,
    limit: Option<i64>,
    include: Option<String>,
    after: Option<Uuid>,
}

/// What every list understands.
pub struct PageParams<'a> {
    pub limit: Option<i64>,
    pub cursor: Option<&'a str>,
    pub include: Option<&'a str>,
}

impl Paging {
    /// Checks the parameters. A cursor is bound to the path, the filters and the caller.
    pub fn new(
        app: &App,
        asker: Asker,
        path: String,
        filters: &[(&'static str, Option<&str>)],
        params: &PageParams<'_>,
    ) -> Result<Self, Problem> {
        let mut problems = Vec::new();
        if params.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
            problems.push(FieldProblem::new("?limit", "must be between 1 and 100"));
        }
        if params.include.is_some_and(|include| include != "total") {
            problems.push(FieldProblem::new("?include", "must be total"));
        }
        if !problems.is_empty() {
            return Err(Problem::invalid(problems));
        }
        let filters = filters.iter().filter_map(|(name, value)| Some((*name, (*value)?.to_owned()))).collect();
        let include = params.include.map(str::to_owned);
        let mut paging = Self { asker, path, filters, limit: params.limit, include, after: None };
        let decode = |cursor| app.cursors.decode(cursor, asker, &paging.name());
        paging.after = params.cursor.map(decode).transpose()?;
        Ok(paging)
    }

    /// One row more than asked for tells that there is a next page.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: self.limit() + 1 }
    }

    /// Whether all rows are to be counted.
    pub fn counts(&self) -> bool {
        self.include.is_some()
    }

    /// The answer. `id` is what rows are ordered by.
    pub fn reply<'a, V, T: Serialize>(
        &self,
        app: &App,
        listed: &'a Listed<V>,
        id: impl Fn(&V) -> Uuid,
        show: impl Fn(&'a V) -> T,
    ) -> Result<Response, Problem> {
        let most = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let rows = listed.rows.get(..most).unwrap_or(&listed.rows);
        let last = rows.last().filter(|_| listed.rows.len() > most);
        let next = last.map(|last| self.link(&app.settings.public_url, &app.cursors, id(last)));
        let items: Vec<_> = rows.iter().map(show).collect();
        reply::page(&items, next, listed.total)
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// What a cursor is bound to.
    fn name(&self) -> String {
        let filters = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.filters).finish();
        format!("{}?{filters}", self.path)
    }

    fn link(&self, public_url: &str, cursors: &CursorKey, last: Uuid) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if let Some(include) = &self.include {
            query.append_pair("include", include);
        }
        query.append_pair("cursor", &cursors.encode(last, self.asker, &self.name()));
        format!("{public_url}/api/v1{}?{}", self.path, query.finish())
    }
}
