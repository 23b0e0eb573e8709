//! What is archived stays, and is listed only when it is asked for.

use std::str::FromStr;

/// Which of the things that can be archived a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StatusFilter {
    #[default]
    Active,
    Archived,
    All,
}

impl StatusFilter {
    /// Whether archived ones are meant; none when it makes no difference.
    pub(super) fn archived(self) -> Option<bool> {
        match self {
            Self::Active => Some(false),
            Self::Archived => Some(true),
            Self::All => None,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "active" => Ok(Self::Active),
            "archived" => Ok(Self::Archived),
            "all" => Ok(Self::All),
            _ => Err("must be active, archived or all"),
        }
    }
}
