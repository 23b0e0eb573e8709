//! What is archived stays, and is listed only when it is asked for.

use chrono::{DateTime, Utc};

use super::within::{Conditions, Filter};

/// What becomes of things that can be archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    Active,
    Archived,
}

impl Lifecycle {
    pub fn of(archived_at: Option<DateTime<Utc>>) -> Self {
        if archived_at.is_some() { Self::Archived } else { Self::Active }
    }
}

/// Which of the things that can be archived a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StatusFilter {
    #[default]
    Active,
    Archived,
    All,
}

impl Filter for StatusFilter {
    fn narrow(&self, rows: &mut Conditions<'_>) {
        let archived_at = rows.column("archived_at");
        match self {
            Self::Active => rows.and(&format!("{archived_at} IS NULL")),
            Self::Archived => rows.and(&format!("{archived_at} IS NOT NULL")),
            Self::All => {}
        }
    }
}
