//! Which results of a quality check count.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::{Counts, Outcome, QualityCheckError};

/// How many results are kept, so that ignoring the latest brings back the one before.
pub const KEPT: usize = 100;

/// What is left of the results of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Results {
    /// The number of the last one; they are 1, 2, 3, …
    last: i64,
    /// The newest that are not ignored.
    counting: OrdMap<i64, Outcome>,
    /// The number of the newest that was too old to be kept; 0 while all are.
    dropped: i64,
}

impl Results {
    pub fn next(&self) -> i64 {
        self.last + 1
    }

    /// The latest that is not ignored.
    pub fn counts(&self) -> Option<Counts> {
        self.counting.get_max().map(|(number, outcome)| Counts { number: *number, outcome: *outcome })
    }

    pub fn record(&mut self, number: i64, outcome: Outcome) {
        self.last = number;
        self.counting.insert(number, outcome);
        if self.counting.len() > KEPT
            && let Some((oldest, _)) = self.counting.get_min()
        {
            self.dropped = *oldest;
            self.counting.remove(&self.dropped);
        }
    }

    pub fn ignore(&mut self, number: i64) {
        self.counting.remove(&number);
    }

    /// What counts once this one is ignored. It is known as long as one is kept.
    pub fn without(&self, number: i64) -> Result<Option<Counts>, QualityCheckError> {
        if !(1..=self.last).contains(&number) {
            return Err(QualityCheckError::ResultNotFound);
        }
        if number <= self.dropped || self.dropped > 0 && self.counting.keys().eq([&number]) {
            return Err(QualityCheckError::ResultTooOld);
        }
        if !self.counting.contains_key(&number) {
            return Err(QualityCheckError::ResultIgnored);
        }
        let mut left = self.clone();
        left.ignore(number);
        Ok(left.counts())
    }
}
