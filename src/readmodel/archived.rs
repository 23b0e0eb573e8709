//! What is archived stays, and is listed only when it is asked for.

use std::str::FromStr;

use super::within::{Conditions, Filter};

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

impl StatusFilter {
    pub const ALL: [Self; 3] = [Self::Active, Self::Archived, Self::All];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
            Self::All => "all",
        }
    }
}

impl FromStr for StatusFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or("must be active, archived or all")
    }
}
