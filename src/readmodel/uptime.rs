//! How much of the time somebody was there to answer.

use chrono::{DateTime, TimeDelta, Utc};
use projections::row::One;

use super::ReadModel;
use crate::database::{Arg, Error};

/// Over how long it is counted.
const DAYS: i64 = 30;

/// Minutes that are over, and those of them in which some node said that it was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    pub minutes: i64,
    pub up: i64,
}

impl Uptime {
    /// The share in tenths of a percent, rounded down: 1000 is all of it, also when no minute is over yet.
    pub const fn per_mille(self) -> i64 {
        if self.minutes == 0 { 1000 } else { self.up.saturating_mul(1000) / self.minutes }
    }
}

impl ReadModel {
    /// Of the last 30 days, or since the first heartbeat when that is later.
    pub async fn uptime(&self, now: DateTime<Utc>) -> Result<Uptime, Error> {
        // The minute that goes on may not have been said yet.
        let seconds = now.timestamp();
        let end = DateTime::from_timestamp(seconds - seconds.rem_euclid(60), 0).unwrap_or(now);
        let begin = end - TimeDelta::days(DAYS);
        let sql = "SELECT (SELECT min(minute) FROM heartbeats), \
                       (SELECT count(*) FROM heartbeats WHERE minute >= $1 AND minute < $2)";
        let args = [Arg::from(&begin), Arg::from(&end)];
        type Columns = (One<Option<DateTime<Utc>>>, One<i64>);
        let found: Option<Columns> = self.database.fetch_optional(sql, &args).await?;
        let (One(first), One(up)) = found.unwrap_or((One(None), One(0)));
        let since = first.unwrap_or(end).clamp(begin, end);
        Ok(Uptime { minutes: (end - since).num_minutes(), up })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        let share = |up, minutes| Uptime { minutes, up }.per_mille();
        assert_eq!(share(0, 0), 1000);
        assert_eq!(share(43_200, 43_200), 1000);
        assert_eq!(share(43_199, 43_200), 999);
        assert_eq!(share(1, 3), 333);
        assert_eq!(share(0, 1), 0);
    }
}
