//! Lists in pages: limit, cursor, and the link to the next page.

use aggregates::authorization::Asker;
use uuid::Uuid;

use super::{App, Problem, fields::FieldProblem};
use crate::readmodel::organizations::Page;

/// Rows of a page where the caller does not say.
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// One page of one list for one caller. The list is its path and its filters: a cursor is good for nothing else.
pub struct Pager<'a> {
    app: &'a App,
    asker: Asker,
    path: &'a str,
    filters: Vec<(&'static str, String)>,
    limit: i64,
    after: Option<Uuid>,
}

impl<'a> Pager<'a> {
    /// `path` begins behind `/api/v1`. Filters that are absent are left out.
    pub fn new(
        app: &'a App,
        asker: Asker,
        path: &'a str,
        filters: &[(&'static str, Option<&str>)],
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        let limit = check_limit(limit)?;
        let given = filters.iter().filter_map(|(name, value)| Some((*name, (*value)?.to_owned())));
        let mut pager = Self { app, asker, path, filters: given.collect(), limit, after: None };
        pager.after = cursor.map(|cursor| app.cursors.decode(cursor, asker, &pager.name())).transpose()?;
        Ok(pager)
    }

    /// What is asked of the read model: a row more tells that there is a next page.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: self.limit + 1 }
    }

    /// The rows of this page, and the link to the next one.
    pub fn cut<R>(&self, mut rows: Vec<R>, id: impl Fn(&R) -> Uuid) -> (Vec<R>, Option<String>) {
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|last| self.link(id(last)));
        (rows, next)
    }

    fn link(&self, after: Uuid) -> String {
        let cursor = self.app.cursors.encode(after, self.asker, &self.name());
        let mut query = self.query();
        query.append_pair("limit", &self.limit.to_string()).append_pair("cursor", &cursor);
        format!("{}/api/v1{}?{}", self.app.settings.public_url, self.path, query.finish())
    }

    /// What a cursor is bound to.
    fn name(&self) -> String {
        format!("{}?{}", self.path, self.query().finish())
    }

    fn query(&self) -> form_urlencoded::Serializer<'static, String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.filters.iter().map(|(name, value)| (*name, value)));
        query
    }
}

fn check_limit(limit: Option<i64>) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::invalid(vec![FieldProblem::new("?limit", "must be between 1 and 100")]))
    }
}
