//! Tables beside the events: what is not derived from events, and is committed with them.
//!
//! A batch meets each table once: it gathers what its writes need to know, fetches that with one statement, checks and
//! accepts the writes one after another in memory, and stores what is left at the end. A table that no write of the
//! batch concerns costs no statement and no allocation.

mod heartbeats;
mod passwords;
mod refreshes;
mod replies;
mod usage;

use chrono::{DateTime, Utc};

pub use self::{
    heartbeats::HeartbeatWrite,
    passwords::PasswordWrite,
    refreshes::RefreshWrite,
    replies::{Idempotency, ReplyWrite},
    usage::{UsageChunk, UsageCount, UsageWrite},
};
use self::{heartbeats::Heartbeats, passwords::Passwords, refreshes::Refreshes, replies::Replies, usage::UsageBuffer};
use super::{Appended, Error};
use crate::database::{self, Connection};

/// One table, for one batch. The functions stand in the order in which they are called.
trait SideTable: Default {
    /// What an append checks of the table and changes in it.
    type Write;

    /// Notes what has to be known before this write can be checked.
    fn need(&mut self, _write: &Self::Write) {}

    /// Fetches what was noted, with no statement when nothing was.
    async fn fetch(&mut self, _connection: &mut Connection) -> Result<(), database::Error> {
        Ok(())
    }

    /// The answer that the append has already; it is looked for before anything is checked.
    fn answer(&self, _write: &Self::Write) -> Result<Option<Appended>, Error> {
        Ok(None)
    }

    /// Refuses a write on what is there before the append.
    fn check(&self, _write: &Self::Write) -> Result<(), Error> {
        Ok(())
    }

    /// Takes in a write of an accepted append, so that the next append of the batch meets it.
    fn accept(&mut self, write: &Self::Write, appended: &Appended);

    /// Stores what was accepted, with no statement when nothing was.
    async fn store(self, connection: &mut Connection, at: DateTime<Utc>) -> Result<(), database::Error>;

    /// For a write that must not be done twice: another one, which passes its check if and only if this one is stored.
    fn trace(_write: &Self::Write) -> Option<Self::Write> {
        None
    }
}

/// Makes the closed list of side tables: a variant for the writes of each, its state, and the calls.
macro_rules! side_tables {
    ($($variant:ident($write:ty) in $field:ident: $table:ty,)+) => {
        /// What an append checks and changes in a side table, in the transaction of its events.
        #[derive(Debug)]
        pub enum SideWrite {
            $($variant($write),)+
        }

        $(impl From<$write> for SideWrite {
            fn from(write: $write) -> Self {
                Self::$variant(write)
            }
        })+

        /// All side tables, for one batch.
        #[derive(Default)]
        pub(super) struct SideTables {
            $($field: $table,)+
        }

        impl SideTables {
            pub(super) fn need(&mut self, writes: &[SideWrite]) {
                for write in writes {
                    match write {
                        $(SideWrite::$variant(write) => self.$field.need(write),)+
                    }
                }
            }

            pub(super) async fn fetch(&mut self, connection: &mut Connection) -> Result<(), database::Error> {
                $(self.$field.fetch(connection).await?;)+
                Ok(())
            }

            pub(super) fn answer(&self, writes: &[SideWrite]) -> Result<Option<Appended>, Error> {
                for write in writes {
                    let answer = match write {
                        $(SideWrite::$variant(write) => self.$field.answer(write)?,)+
                    };
                    if answer.is_some() {
                        return Ok(answer);
                    }
                }
                Ok(None)
            }

            pub(super) fn check(&self, writes: &[SideWrite]) -> Result<(), Error> {
                writes.iter().try_for_each(|write| match write {
                    $(SideWrite::$variant(write) => self.$field.check(write),)+
                })
            }

            pub(super) fn accept(&mut self, writes: &[SideWrite], appended: &Appended) {
                for write in writes {
                    match write {
                        $(SideWrite::$variant(write) => self.$field.accept(write, appended),)+
                    }
                }
            }

            pub(super) async fn store(
                self,
                connection: &mut Connection,
                at: DateTime<Utc>,
            ) -> Result<(), database::Error> {
                $(self.$field.store(connection, at).await?;)+
                Ok(())
            }
        }

        impl SideWrite {
            /// A write that passes its check if and only if this one is stored; none where doing this again changes nothing.
            pub(super) fn trace(&self) -> Option<Self> {
                match self {
                    $(Self::$variant(write) => <$table>::trace(write).map(Self::$variant),)+
                }
            }
        }
    };
}

side_tables! {
    Password(PasswordWrite) in passwords: Passwords,
    Refresh(RefreshWrite) in refreshes: Refreshes,
    Reply(ReplyWrite) in replies: Replies,
    Usage(UsageWrite) in usage: UsageBuffer,
    Heartbeat(HeartbeatWrite) in heartbeats: Heartbeats,
}
