//! What an organization's API keys were used for: hours by key, and the events that recorded them.

use aggregates::{
    ids::{ApiKeyId, OrganizationId},
    usage::UsageEvent,
};
use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::{FoldError, RecordedEvent, RowKeys, Rows, row::row};

row! {
    /// One key's use in one hour, whichever events recorded it.
    pub struct UsageHourRow in "usage_hours",
        key(organization_id: OrganizationId, hour: DateTime<Utc>, api_key_id: ApiKeyId), group(organization_id)
    {
        pub organization_id: OrganizationId,
        /// When the hour began.
        pub hour: DateTime<Utc>,
        pub api_key_id: ApiKeyId,
        /// When the hour's day began, UTC.
        pub day: DateTime<Utc>,
        pub requests: i64,
        pub verifications: i64,
    }
}

row! {
    /// What one event recorded of an hour: the source of a line of a bill.
    pub struct UsageRecordRow in "usage_records",
        key(organization_id: OrganizationId, sequence: i64), group(organization_id)
    {
        pub organization_id: OrganizationId,
        /// The event's place in the stream. Its position is not known yet when the row is declared.
        pub sequence: i64,
        pub position: i64,
        pub hour: DateTime<Utc>,
        pub requests: i64,
        pub verifications: i64,
    }
}

pub(crate) fn keys(recorded: &RecordedEvent, event: &UsageEvent, keys: &mut RowKeys) {
    let UsageEvent::UsageRecorded { organization, hour, keys: used, .. } = event;
    keys.usage_records.insert((*organization, recorded.sequence));
    keys.usage_hours.extend(used.iter().map(|used| (*organization, *hour, used.key)));
}

pub(crate) fn fold(recorded: &RecordedEvent, event: &UsageEvent, rows: &mut Rows) -> Result<(), FoldError> {
    let UsageEvent::UsageRecorded { organization, hour, keys, requests, verifications } = event;
    rows.usage_records.insert(UsageRecordRow {
        organization_id: *organization,
        sequence: recorded.sequence,
        position: recorded.position,
        hour: *hour,
        requests: *requests,
        verifications: *verifications,
    })?;
    for used in keys {
        let key = (*organization, *hour, used.key);
        if rows.usage_hours.get(&key).is_some() {
            rows.usage_hours.update(&key, |row| {
                row.requests += used.requests;
                row.verifications += used.verifications;
            })?;
        } else {
            rows.usage_hours.insert(UsageHourRow {
                organization_id: *organization,
                hour: *hour,
                api_key_id: used.key,
                day: day_of(*hour),
                requests: used.requests,
                verifications: used.verifications,
            })?;
        }
    }
    Ok(())
}

fn day_of(hour: DateTime<Utc>) -> DateTime<Utc> {
    hour - TimeDelta::hours(i64::from(hour.hour()))
}
