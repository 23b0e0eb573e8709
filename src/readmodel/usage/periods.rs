//! Hours, days and months, UTC.

use std::str::FromStr;

use aggregates::usage::hour_of;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use thiserror::Error;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Granularity {
    Hour,
    #[default]
    Day,
    Month,
}

impl Granularity {
    /// The beginning of the period that a moment lies in.
    pub fn start(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let date = at.date_naive();
        match self {
            Self::Hour => hour_of(at),
            Self::Day => midnight(date),
            Self::Month => midnight(date.with_day(1).unwrap_or(date)),
        }
    }

    /// The beginning of the period after the one that begins here; none where the calendar ends.
    pub fn end(self, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Hour => start.checked_add_signed(TimeDelta::hours(1)),
            Self::Day => start.checked_add_days(Days::new(1)),
            Self::Month => start.checked_add_months(Months::new(1)),
        }
    }

    /// The latest end of what begins at a moment and may be asked for at once; none where the calendar ends.
    fn furthest(self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Hour => from.checked_add_days(Days::new(31)),
            Self::Day => from.checked_add_days(Days::new(366)),
            Self::Month => from.checked_add_months(Months::new(120)),
        }
    }

    const fn most(self) -> &'static str {
        match self {
            Self::Hour => "from and to must be at most 31 days apart, for hours",
            Self::Day => "from and to must be at most 366 days apart, for days",
            Self::Month => "from and to must be at most 10 years apart",
        }
    }
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// Whole periods in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    pub granularity: Granularity,
    /// The beginning of the first period.
    pub from: DateTime<Utc>,
    /// The end of the last period.
    pub to: DateTime<Utc>,
}

/// What is wrong with a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadSpan {
    #[error("from must be before to")]
    Reversed,
    #[error("{}", .0.most())]
    TooLong(Granularity),
    #[error("from and to must be within the calendar")]
    BeyondCalendar,
}

impl Span {
    /// The periods that have any of the time between two moments. Without them it is the calendar month of `now`.
    pub fn new(
        granularity: Granularity,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, BadSpan> {
        let month = Granularity::Month.start(now);
        let from = from.unwrap_or(month);
        let to = to.or_else(|| Granularity::Month.end(month)).ok_or(BadSpan::BeyondCalendar)?;
        if to <= from {
            return Err(BadSpan::Reversed);
        }
        if to > granularity.furthest(from).ok_or(BadSpan::BeyondCalendar)? {
            return Err(BadSpan::TooLong(granularity));
        }
        let last = granularity.start(to);
        let end = if last == to { Some(to) } else { granularity.end(last) };
        Ok(Self { granularity, from: granularity.start(from), to: end.ok_or(BadSpan::BeyondCalendar)? })
    }

    /// It in parts of at most about a month, in order: what is read at once has a row for each day and each key that was
    /// used on it.
    pub fn parts(self) -> impl Iterator<Item = Self> + Send + 'static {
        let periods = match self.granularity {
            Granularity::Hour | Granularity::Day => 31,
            Granularity::Month => 1,
        };
        let end = move |from| {
            let end = (0..periods).try_fold(from, |from, _| self.granularity.end(from));
            end.map_or(self.to, |end| end.min(self.to))
        };
        let part = move |from| Self { from, to: end(from), ..self };
        std::iter::successors(Some(part(self.from)), move |last| (last.to < self.to).then(|| part(last.to)))
    }

    /// How many periods it has, with and without use.
    pub fn count(self) -> usize {
        let next = |start: &DateTime<Utc>| self.granularity.end(*start);
        std::iter::successors(Some(self.from), next).take_while(|start| *start < self.to).count()
    }
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Month {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a month such as 2026-01")]
pub struct BadMonth;

impl Month {
    /// The one that a moment lies in.
    pub fn of(at: DateTime<Utc>) -> Self {
        let start = Granularity::Month.start(at);
        Self { start, end: Granularity::Month.end(start).unwrap_or(start) }
    }
}

impl FromStr for Month {
    type Err = BadMonth;

    /// `2026-01`: four digits, a hyphen and two digits.
    fn from_str(text: &str) -> Result<Self, BadMonth> {
        let (year, month) = text.split_once('-').ok_or(BadMonth)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(BadMonth);
        }
        let (year, month) = (year.parse().map_err(|_| BadMonth)?, month.parse().map_err(|_| BadMonth)?);
        let first = NaiveDate::from_ymd_opt(year, month, 1).filter(|_| year > 0);
        first.map(|date| Self::of(midnight(date))).ok_or(BadMonth)
    }
}

#[cfg(test)]
mod tests;
