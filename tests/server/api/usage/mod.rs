//! `/api/v1/organizations/{org}/usage` and `…/billing`.

mod billing;
mod keys;
mod periods;
mod permissions;
mod prices;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::support::{Counted, Server, eventually};

const KEY: Uuid = Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0001);
const OTHER: Uuid = Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0002);

fn usage(org: &str, query: &str) -> String {
    format!("/api/v1/organizations/{org}/usage{query}")
}

fn billing(org: &str, query: &str) -> String {
    format!("/api/v1/organizations/{org}/billing{query}")
}

/// Use that is to be recorded now.
fn due(organization: &str, hour: &str, key: Uuid, requests: i64, verifications: i64) -> Counted {
    let hour: DateTime<Utc> = hour.parse().expect("a time");
    Counted { organization: organization.to_owned(), hour, key, requests, verifications, is_due: true }
}

/// Use that stays in the buffer.
fn waiting(organization: &str, hour: &str, key: Uuid, requests: i64, verifications: i64) -> Counted {
    Counted { is_due: false, ..due(organization, hour, key, requests, verifications) }
}

async fn until_recorded(server: &Server, hours: i64, waiting: i64) {
    eventually("due hours are recorded", || async { server.usage_rows().await == (hours, waiting) }).await;
}
