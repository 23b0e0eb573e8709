//! What keys were used for. Queries count what is recorded and what waits in the buffer in one statement, so that no use
//! is missing or counted twice while it moves from one to the other.

mod buffer;
mod by_period;
mod month;
mod periods;

pub use self::{
    by_period::{KeyTotals, UsedPeriod},
    month::{MonthOfUse, RecordedUse},
    periods::{BadMonth, BadSpan, Granularity, Month, Span},
};
