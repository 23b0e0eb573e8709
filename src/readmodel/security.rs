//! Weaknesses of what the asker is responsible for: findings of a published list of checks.

use std::sync::LazyLock;

use aggregates::authorization::{Asker, Permission};
use chrono::{DateTime, TimeDelta, Utc};
use projections::{
    api_keys::ApiKeyRow,
    row::{Columns, One},
};

use super::{ReadModel, across::AcrossOrganizations, api_keys::status_at, columns::columns, organizations::Page};
use crate::database::{Arg, Error};

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

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullAccessKeyWithoutExpiry => "full_access_key_without_expiry",
            Self::UnusedKey => "unused_key",
        }
    }

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

/// What is selected of keys, and the condition that something was found.
struct Statements {
    of_organizations: AcrossOrganizations,
    /// The next argument says whose, and the one after it whether everybody's.
    of_people: String,
}

impl Statements {
    fn new(own: usize, select: &str, rest: &str) -> Self {
        let found = format!("{} = 'active' AND ({FULL_ACCESS} OR {UNUSED}) {rest}", status_at("$1"));
        let uses = "LEFT JOIN api_key_uses s ON s.api_key_id = k.id";
        Self {
            of_organizations: AcrossOrganizations::new(Permission::ApiKeysRead, own, |place, readable| {
                format!(
                    "SELECT {select} FROM organizations o {place} JOIN api_keys k ON k.owner_id = o.id {uses} \
                     WHERE {readable} AND {found}"
                )
            }),
            of_people: format!(
                "SELECT {select} FROM api_keys k {uses} \
                 WHERE (${} OR k.owner_id = ${}) AND NOT k.owned_by_organization AND {found}",
                own + 2,
                own + 1,
            ),
        }
    }

    /// What organizations' keys say, and people's.
    async fn fetch<T: Columns>(&self, readmodel: &ReadModel, asker: Asker, args: &[Arg]) -> Result<Vec<T>, Error> {
        let mut found = self.of_organizations.fetch(readmodel, asker, args.iter().cloned()).await?;
        // A credential that does not carry all of a person does not show their own keys.
        if let Some(user) = asker.person() {
            let who = [Arg::from(&user), Arg::from(&asker.operates())];
            let args: Vec<_> = args.iter().cloned().chain(who).collect();
            found.extend(readmodel.database.fetch(&self.of_people, &args).await?);
        }
        Ok(found)
    }
}

fn since(now: DateTime<Utc>) -> [Arg; 2] {
    [Arg::from(&now), Arg::from(&(now - TimeDelta::days(UNUSED_DAYS)))]
}

impl ReadModel {
    /// Keys with findings, of the asker and of the organizations whose keys they may read; newest first.
    pub async fn suspect_keys(&self, asker: Asker, page: Page) -> Result<Vec<SuspectKey>, Error> {
        // $3 the last id of the page before, $4 how many rows.
        static LIST: LazyLock<Statements> = LazyLock::new(|| {
            let select = format!("{}, {FULL_ACCESS}, {UNUSED}", columns::<ApiKeyRow>("k"));
            Statements::new(4, &select, "AND ($3 IS NULL OR k.id < $3) ORDER BY k.id DESC LIMIT $4")
        });
        let args: Vec<_> = since(Utc::now()).into_iter().chain([Arg::from(&page.after), page.limit.into()]).collect();
        let mut found: Vec<(ApiKeyRow, One<bool>, One<bool>)> = LIST.fetch(self, asker, &args).await?;
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
        static COUNT: LazyLock<Statements> = LazyLock::new(|| {
            let count = |finding: &str| format!("count(CASE WHEN {finding} THEN 1 END)");
            Statements::new(2, &format!("{}, {}", count(FULL_ACCESS), count(UNUSED)), "")
        });
        let found: Vec<(One<i64>, One<i64>)> = COUNT.fetch(self, asker, &since(Utc::now())).await?;
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
