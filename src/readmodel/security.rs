//! Weaknesses of what the asker is responsible for: findings of a published list of checks.

use std::sync::LazyLock;

use aggregates::authorization::{Asker, Permission};
use chrono::{TimeDelta, Utc};
use projections::{
    api_keys::ApiKeyRow,
    row::{Columns, One},
};

use super::{
    ReadModel,
    api_keys::status_at,
    columns::columns,
    organizations::Page,
    within::{Across, Args, Reached},
};
use crate::database::Error;

/// After how many days without use a key counts as forgotten.
pub const UNUSED_DAYS: i64 = 90;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    FullAccessKeyWithoutExpiry,
    UnusedKey,
}

impl Check {
    pub const ALL: [Self; 2] = [Self::FullAccessKeyWithoutExpiry, Self::UnusedKey];

    pub const fn title(self) -> &'static str {
        match self {
            Self::FullAccessKeyWithoutExpiry => "An API key may do everything and never expires",
            Self::UnusedKey => "An API key was not used for 90 days",
        }
    }

    /// What to do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::FullAccessKeyWithoutExpiry => "Give it scopes, or rotate it with a time to expire.",
            Self::UnusedKey => "Revoke it if nothing needs it any more.",
        }
    }

    /// How much one finding takes from the score.
    pub const fn weight(self) -> i64 {
        match self {
            Self::FullAccessKeyWithoutExpiry => 10,
            Self::UnusedKey => 3,
        }
    }

    /// How much all findings of this check take at most.
    pub const fn most(self) -> i64 {
        match self {
            Self::FullAccessKeyWithoutExpiry => 40,
            Self::UnusedKey => 15,
        }
    }
}

/// A key and what was found about it; at least one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct SuspectKey {
    pub key: ApiKeyRow,
    pub checks: Vec<Check>,
}

/// How often each check found something.
pub type Counts = [(Check, i64); Check::ALL.len()];

/// 100 without what the findings take.
pub fn score(counts: &Counts) -> i64 {
    let taken: i64 = counts.iter().map(|(check, found)| check.most().min(found.saturating_mul(check.weight()))).sum();
    100 - taken
}

/// An organization's key may do everything with all permissions there too. $1 now, $2 since when a key counts as forgotten.
const FULL_ACCESS: &str = "(k.expires_at IS NULL AND (CAST(k.scopes AS text) = '\"everything\"' \
    OR k.owned_by_organization AND CAST(k.scopes AS text) LIKE '%\"grant\":\"*\"%'))";
const UNUSED: &str = "COALESCE(s.last_used_at, k.created_at) < $2";

static READABLE: LazyLock<Across> = LazyLock::new(|| Across::new(Permission::ApiKeysRead));

/// What is selected of keys, and what follows the condition that something was found.
struct Search<'a> {
    select: &'a str,
    page: Option<Page>,
}

impl Search<'_> {
    /// What organizations' keys say, and people's.
    async fn fetch<T: Columns>(&self, readmodel: &ReadModel, asker: Asker) -> Result<Vec<T>, Error> {
        let mut args = self.args();
        let Reached { place, condition, .. } = READABLE.reached(asker, &mut args);
        let from = format!("organizations o {place} JOIN api_keys k ON k.owner_id = o.id");
        let sql = self.text(&from, &condition, &mut args);
        let mut found = readmodel.database.fetch(&sql, args.as_slice()).await?;
        // A credential that does not carry all of a person does not tell about their own keys.
        if let Some(user) = asker.person() {
            let mut args = self.args();
            let whose = if asker.operates() { String::new() } else { format!("k.owner_id = {} AND", args.bind(&user)) };
            let sql = self.text("api_keys k", &format!("{whose} NOT k.owned_by_organization"), &mut args);
            found.extend(readmodel.database.fetch(&sql, args.as_slice()).await?);
        }
        Ok(found)
    }

    /// $1 now, $2 since when a key counts as forgotten.
    fn args(&self) -> Args {
        let (mut args, now) = (Args::default(), Utc::now());
        args.bind(&now);
        args.bind(&(now - TimeDelta::days(UNUSED_DAYS)));
        args
    }

    fn text(&self, from: &str, condition: &str, args: &mut Args) -> String {
        let cut = self.page.map(|Page { after, limit }| {
            let behind = after.map(|after| format!("AND k.id < {}", args.bind(&after))).unwrap_or_default();
            format!("{behind} ORDER BY k.id DESC LIMIT {}", args.bind(limit))
        });
        format!(
            "SELECT {} FROM {from} LEFT JOIN api_key_uses s ON s.api_key_id = k.id \
             WHERE {condition} AND {} = 'active' AND ({FULL_ACCESS} OR {UNUSED}) {}",
            self.select,
            status_at("$1"),
            cut.unwrap_or_default(),
        )
    }
}

impl ReadModel {
    /// Keys with findings, of the asker and of the organizations whose keys they may read; newest first.
    pub async fn suspect_keys(&self, asker: Asker, page: Page) -> Result<Vec<SuspectKey>, Error> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("{}, {FULL_ACCESS}, {UNUSED}", columns::<ApiKeyRow>("k")));
        let search = Search { select: &SELECT, page: Some(page) };
        let mut found: Vec<(ApiKeyRow, One<bool>, One<bool>)> = search.fetch(self, asker).await?;
        found.sort_by_key(|(key, ..)| std::cmp::Reverse(key.id));
        found.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
        let suspect = |(key, One(full_access), One(unused))| {
            let checks = [(Check::FullAccessKeyWithoutExpiry, full_access), (Check::UnusedKey, unused)];
            let checks = checks.into_iter().filter(|(_, found)| *found).map(|(check, _)| check).collect();
            SuspectKey { key, checks }
        };
        Ok(found.into_iter().map(suspect).collect())
    }

    /// How much was found of what the asker would be shown.
    pub async fn count_findings(&self, asker: Asker) -> Result<Counts, Error> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let count = |finding: &str| format!("count(CASE WHEN {finding} THEN 1 END)");
            format!("{}, {}", count(FULL_ACCESS), count(UNUSED))
        });
        let found: Vec<(One<i64>, One<i64>)> = Search { select: &SELECT, page: None }.fetch(self, asker).await?;
        let (full_access, unused) =
            found.into_iter().fold((0, 0), |(full, unused), (One(a), One(b))| (full + a, unused + b));
        Ok([(Check::FullAccessKeyWithoutExpiry, full_access), (Check::UnusedKey, unused)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_one_check_take_only_so_much() {
        let scored = |full, unused| score(&[(Check::FullAccessKeyWithoutExpiry, full), (Check::UnusedKey, unused)]);
        assert_eq!(scored(0, 0), 100);
        assert_eq!(scored(1, 2), 84);
        assert_eq!(scored(1_000_000, 0), 60);
        assert_eq!(scored(i64::MAX, i64::MAX), 45);
    }
}
