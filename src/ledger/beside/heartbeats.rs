//! The minutes in which some node said that it was there.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use projections::row::{Kind, Value};

use super::SideTable;
use crate::{
    database::{self, Arg, Batch, Connection},
    ledger::{Append, Appended, Error, Ledger},
};

/// How long a minute is kept.
const KEPT: TimeDelta = TimeDelta::days(31);
const MINUTE_SECS: i64 = 60;

/// Some node is there in this minute.
#[derive(Debug, Clone, Copy)]
pub struct HeartbeatWrite {
    /// When it began.
    minute: DateTime<Utc>,
}

impl HeartbeatWrite {
    pub fn at(now: DateTime<Utc>) -> Self {
        let seconds = now.timestamp();
        Self { minute: DateTime::from_timestamp(seconds - seconds.rem_euclid(MINUTE_SECS), 0).unwrap_or(now) }
    }
}

#[derive(Default)]
pub(super) struct Heartbeats(BTreeSet<DateTime<Utc>>);

impl SideTable for Heartbeats {
    type Write = HeartbeatWrite;

    fn accept(&mut self, write: &HeartbeatWrite, _: &Appended) {
        self.0.insert(write.minute);
    }

    async fn store(self, connection: &mut Connection, at: DateTime<Utc>) -> Result<(), database::Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let rows = self.0.into_iter().map(|minute| vec![Value::Time(minute)]).collect();
        let sql = "INSERT INTO heartbeats (minute) SELECT minute FROM {batch} k WHERE true ON CONFLICT DO NOTHING";
        connection.execute_batch(sql, Batch::new(&[("minute", Kind::Time)], rows)).await?;
        let sql = "DELETE FROM heartbeats WHERE minute < $1";
        connection.execute(sql, &[Arg::from(&(at - KEPT))]).await.map(drop)
    }
}

impl Ledger {
    /// Says that a node is there in the minute of this time. It is written once, whoever says it how often.
    pub async fn add_heartbeat(&self, now: DateTime<Utc>) -> Result<(), Error> {
        self.append(Append::beside(HeartbeatWrite::at(now))).await.map(drop)
    }
}
