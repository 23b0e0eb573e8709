//! What is sent to make or change an API key.

use aggregates::{
    api_key::{Details, DetailsPatch, OnCreatorLeave, RateLimit as Limit, Revocation},
    authorization::{MAX_ORGANIZATIONS, MAX_SCOPES, Scope, Scopes, WrittenScope},
    name::parse_name,
    network::Network,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    readmodel::organizations::Reference,
    web::{
        App, Problem,
        fields::{Fields, description, not_null, present},
        words::{self, words},
    },
};

/// The longest time for which the secret before a rotation stays good, in seconds: 30 days.
const MAX_GRACE: i64 = 30 * 24 * 3600;
/// How many networks a list names at most.
const MAX_NETWORKS: usize = 100;
/// The longest window of a rate limit, in seconds: a day.
const MAX_WINDOW: u32 = 24 * 3600;
const MAX_REQUESTS: u32 = 100_000_000;

/// How long a key works, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lifetime {
    Never,
    ThirtyDays,
    NinetyDays,
}

words! {
    Lifetime { Never = "never", ThirtyDays = "30d", NinetyDays = "90d", }
}

/// Of `expires_in` and `expires_at` at most one can be sent; without either the key never expires. `on_creator_leave` is
/// what happens to an organization's key when its creator, who is a member, leaves; `keep` when absent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// 1 to 255 characters.
    #[schema(example = "CI/CD Integration", min_length = 1, max_length = 255)]
    pub name: String,
    /// At most 2000 characters.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Id or slug of the organization whose key it becomes; your own key when absent.
    pub organization: Option<String>,
    /// `*:*` for everything that the owner may do, or `org:<slug>:<permission>`, with `*` or `<resource>:*` for several
    /// permissions.
    #[schema(example = json!(["org:acme-corp:*"]), min_items = 1, max_items = 64)]
    pub scopes: Vec<String>,
    #[schema(schema_with = words::nullable::<Lifetime>)]
    pub expires_in: Option<String>,
    /// RFC 3339, in the future.
    pub expires_at: Option<DateTime<Utc>>,
    /// Addresses and networks that the key may be used from; anywhere when empty.
    #[serde(default)]
    #[schema(example = json!(["192.0.2.0/24"]), max_items = 100)]
    pub ip_allowlist: Vec<String>,
    /// The deployment's default when absent.
    pub rate_limit: Option<SentLimit>,
    #[schema(schema_with = words::nullable::<OnCreatorLeave>)]
    pub on_creator_leave: Option<String>,
}

/// A number of requests within a number of seconds.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiKeyRateLimit)]
pub struct SentLimit {
    /// 1 to 100,000,000.
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub requests: u32,
    /// 1 to 86,400.
    #[schema(minimum = 1, maximum = 86_400)]
    pub window_seconds: u32,
}

/// Absent fields keep their values; null clears. `on_creator_leave` is for an organization's key whose creator is a member.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, min_length = 1, max_length = 255)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub description: Option<Option<String>>,
    /// Never more than the caller has.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, min_items = 1, max_items = 64)]
    pub scopes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 100)]
    pub ip_allowlist: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<SentLimit>)]
    pub rate_limit: Option<Option<SentLimit>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(schema_with = words::schema::<OnCreatorLeave>)]
    pub on_creator_leave: Option<String>,
}

/// Of `expires_in` and `expires_at` at most one can be sent; without either the key expires as it did before.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRotation {
    /// How long the previous secret keeps working, 0 to 2,592,000 seconds; 0 when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: i64,
    #[schema(schema_with = words::nullable::<Lifetime>)]
    pub expires_in: Option<String>,
    /// RFC 3339, in the future.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why the key is revoked, after the reasons of RFC 5280; `unspecified` when absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRevocation {
    #[schema(schema_with = words::nullable::<Revocation>)]
    pub reason: Option<String>,
}

impl NewApiKey {
    pub async fn check(self, app: &App, now: DateTime<Utc>) -> Result<(Details, Option<DateTime<Utc>>), Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let description = fields.optional("/description", self.description, description);
        let scopes = scopes(app, &mut fields, &self.scopes).await?;
        let expires_at = expiry(&mut fields, self.expires_in.as_deref(), self.expires_at, now);
        let ip_allowlist = networks(&mut fields, &self.ip_allowlist);
        let rate_limit = fields.optional("/rate_limit", self.rate_limit, limit);
        let on_creator_leave = fields.optional("/on_creator_leave", self.on_creator_leave, |word| words::parse(&word));
        let details = name.zip(scopes).map(|(name, scopes)| Details {
            name,
            description: description.filter(|text| !text.is_empty()),
            scopes,
            ip_allowlist,
            rate_limit,
            on_creator_leave: on_creator_leave.unwrap_or_default(),
        });
        Ok((fields.finish(details)?, expires_at.flatten()))
    }
}

impl ApiKeyChanges {
    pub async fn check(self, app: &App) -> Result<DetailsPatch, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let description = fields.nullable("/description", self.description, description);
        let scopes = match &self.scopes {
            Some(written) => scopes(app, &mut fields, written).await?,
            None => None,
        };
        let ip_allowlist = self.ip_allowlist.map(|list| networks(&mut fields, &list));
        let rate_limit = fields.nullable("/rate_limit", self.rate_limit, limit);
        let on_creator_leave = fields.optional("/on_creator_leave", self.on_creator_leave, |word| words::parse(&word));
        fields.finish(Some(DetailsPatch { name, description, scopes, ip_allowlist, rate_limit, on_creator_leave }))
    }
}

impl ApiKeyRotation {
    /// The grace, and the time to expire if that changes.
    pub fn check(self, now: DateTime<Utc>) -> Result<(TimeDelta, Option<Expiry>), Problem> {
        let mut fields = Fields::default();
        if !(0..=MAX_GRACE).contains(&self.grace_seconds) {
            fields.problem("/grace_seconds", format!("must be between 0 and {MAX_GRACE}"));
        }
        let expires_at = expiry(&mut fields, self.expires_in.as_deref(), self.expires_at, now);
        fields.finish(Some(()))?;
        Ok((TimeDelta::seconds(self.grace_seconds), expires_at))
    }
}

impl ApiKeyRevocation {
    pub fn check(self) -> Result<Revocation, Problem> {
        let mut fields = Fields::default();
        let reason = fields.optional("/reason", self.reason, |reason| words::parse::<Revocation>(&reason));
        fields.finish(Some(reason.unwrap_or_default()))
    }
}

/// When a key expires; none is never.
type Expiry = Option<DateTime<Utc>>;

/// When a key expires, if that was said.
fn expiry(fields: &mut Fields, within: Option<&str>, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Expiry> {
    match (within, at) {
        (Some(_), Some(_)) => {
            fields.problem("/expires_in", "only one of expires_in and expires_at can be sent");
            None
        }
        (None, None) => None,
        (Some(within), None) => {
            let lifetime = words::parse(within).map_err(|must| format!("{must}; any other time is an expires_at"));
            fields.check("/expires_in", lifetime).map(|lifetime| match lifetime {
                Lifetime::Never => None,
                Lifetime::ThirtyDays => Some(now + TimeDelta::days(30)),
                Lifetime::NinetyDays => Some(now + TimeDelta::days(90)),
            })
        }
        (None, Some(at)) if at <= now => {
            fields.problem("/expires_at", "must be in the future");
            None
        }
        (None, Some(at)) => Some(Some(at.trunc_subsecs(3))),
    }
}

/// Scopes with the ids of their organizations. None where something is wrong with them.
async fn scopes(app: &App, fields: &mut Fields, written: &[String]) -> Result<Option<Scopes>, Problem> {
    if written.is_empty() || written.len() > MAX_SCOPES {
        fields.problem("/scopes", format!("must be between 1 and {MAX_SCOPES}"));
        return Ok(None);
    }
    let (mut everything, mut within) = (false, Vec::new());
    for (place, text) in written.iter().enumerate() {
        let pointer = format!("/scopes/{place}");
        match fields.check(&pointer, WrittenScope::parse(text)) {
            None => {}
            Some(WrittenScope::Everything) => everything = true,
            Some(WrittenScope::Within { organization, grant }) => {
                match app.readmodel.organization_id(&Reference::parse(organization)).await? {
                    Some(organization) => within.push(Scope { organization, grant }),
                    None => fields
                        .problem(&pointer, "names an organization that does not exist or that you do not belong to"),
                }
            }
        }
    }
    within.sort();
    within.dedup();
    let scopes = match (everything, within.is_empty()) {
        (true, true) => Scopes::Everything,
        (true, false) => {
            fields.problem("/scopes", "*:* is everything; it stands alone");
            return Ok(None);
        }
        (false, _) => Scopes::Within(within),
    };
    if scopes.organizations().len() > MAX_ORGANIZATIONS {
        fields.problem("/scopes", format!("must name at most {MAX_ORGANIZATIONS} organizations"));
    }
    Ok(Some(scopes))
}

fn networks(fields: &mut Fields, list: &[String]) -> Vec<Network> {
    if list.len() > MAX_NETWORKS {
        fields.problem("/ip_allowlist", format!("must be at most {MAX_NETWORKS}"));
        return vec![];
    }
    let network = |(place, text): (usize, &String)| fields.check(&format!("/ip_allowlist/{place}"), text.parse());
    list.iter().enumerate().filter_map(network).collect()
}

fn limit(SentLimit { requests, window_seconds }: SentLimit) -> Result<Limit, String> {
    let possible = (1..=MAX_REQUESTS).contains(&requests) && (1..=MAX_WINDOW).contains(&window_seconds);
    if possible {
        return Ok(Limit { requests, window_seconds });
    }
    Err(format!("requests must be between 1 and {MAX_REQUESTS}, window_seconds between 1 and {MAX_WINDOW}"))
}
