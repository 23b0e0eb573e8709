//! What is sent to create or change an organization.

use std::collections::BTreeMap;

use aggregates::{
    email::{Email, is_domain},
    ids::OrganizationId,
    name::parse_name,
    organization::{Plan, ProfilePatch, SettingsPatch},
    slug::Slug,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::{
        members::Activation,
        organizations::{CreateOrganization, Creation, UpdateOrganization},
    },
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
        words,
    },
};

const MAX_METADATA_KEY: usize = 40;
const MAX_METADATA_VALUE: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    #[schema(example = "Acme Corp", min_length = 1, max_length = 255)]
    pub name: String,
    /// Derived from the name when absent.
    #[schema(example = "acme", max_length = 63)]
    pub slug: Option<String>,
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// A label, neither unique nor verified.
    #[schema(example = "acme.com")]
    pub domain: Option<String>,
    /// The caller when absent. For an address without an account, an invited user is created.
    #[schema(example = "admin@acme.com")]
    pub owner_email: Option<String>,
    /// Anything but `free` for superadmins only.
    #[schema(schema_with = words::schema::<Plan>)]
    pub plan: Option<String>,
}

impl NewOrganization {
    pub fn check(self, creation: Creation, activation: Activation) -> Result<CreateOrganization, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.optional("/description", self.description, description);
        let domain = fields.optional("/domain", self.domain, domain);
        let owner_email = fields.optional("/owner_email", self.owner_email, |email| Email::parse(&email));
        let plan = fields.optional("/plan", self.plan, plan).unwrap_or_default();
        let whole = name.map(|name| CreateOrganization {
            name,
            slug,
            description: description.filter(|text| !text.is_empty()),
            domain,
            owner_email,
            plan,
            creation,
            activation,
        });
        fields.finish(whole)
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub domain: Option<Option<String>>,
    /// Shown to those with the permission `organization:billing`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub billing_email: Option<Option<String>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub settings: Option<SettingsChanges>,
    /// At most 50 pairs in all. Keys have 1 to 40 letters, digits, `_`, `-` or `.`; values at most 500 characters.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub metadata: Option<BTreeMap<String, Option<String>>>,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, minimum = 60, maximum = 86400)]
    pub jwt_expiry_secs: Option<i64>,
    /// For superadmins only.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(schema_with = words::schema::<Plan>)]
    pub plan: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChanges {
    /// A name of the IANA time zone database.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    pub timezone: Option<Option<String>>,
    /// A BCP 47 language tag.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "en-GB")]
    pub locale: Option<Option<String>>,
    /// An `https` URL.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub logo_url: Option<Option<String>>,
}

impl OrganizationChanges {
    pub fn check(self, id: OrganizationId) -> Result<UpdateOrganization, Problem> {
        let mut fields = Fields::default();
        let settings = self.settings.unwrap_or_default();
        let patch = ProfilePatch {
            name: fields.optional("/name", self.name, |name| parse_name(&name)),
            description: fields.nullable("/description", self.description, description),
            domain: fields.nullable("/domain", self.domain, domain),
            billing_email: fields.nullable("/billing_email", self.billing_email, |email| Email::parse(&email)),
            settings: SettingsPatch {
                timezone: fields.nullable("/settings/timezone", settings.timezone, timezone),
                locale: fields.nullable("/settings/locale", settings.locale, locale),
                logo_url: fields.nullable("/settings/logo_url", settings.logo_url, logo_url),
            },
            metadata: self.metadata.map(|pairs| metadata(&mut fields, pairs)),
            jwt_expiry_secs: fields.optional("/jwt_expiry_secs", self.jwt_expiry_secs, jwt_expiry_secs),
        };
        let plan = fields.optional("/plan", self.plan, plan);
        fields.finish(Some(UpdateOrganization { id, patch, plan }))
    }
}

fn domain(text: String) -> Result<String, &'static str> {
    let text = text.trim().to_lowercase();
    if is_domain(&text) { Ok(text) } else { Err("must be a domain such as acme.com") }
}

fn plan(text: String) -> Result<Plan, String> {
    words::parse(&text)
}

fn jwt_expiry_secs(seconds: i64) -> Result<i64, &'static str> {
    if (60..=86_400).contains(&seconds) { Ok(seconds) } else { Err("must be between 60 and 86400") }
}

fn timezone(text: String) -> Result<String, &'static str> {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b));
    let fine = text.len() <= 64 && text.split('/').all(part) && text.starts_with(|c: char| c.is_ascii_uppercase());
    if fine { Ok(text) } else { Err("must be a name of the IANA time zone database such as Europe/Berlin") }
}

fn locale(text: String) -> Result<String, &'static str> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let language = text
        .split('-')
        .next()
        .is_some_and(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphabetic()));
    let fine = language && text.len() <= 35 && text.split('-').all(part);
    if fine { Ok(text) } else { Err("must be a BCP 47 language tag such as en-GB") }
}

fn logo_url(text: String) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let fine = text.len() <= 500
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
        && host.is_some_and(|host| is_domain(host.rsplit_once(':').map_or(host, |(name, _)| name)));
    if fine { Ok(text) } else { Err("must be an https URL of at most 500 characters") }
}

fn metadata(fields: &mut Fields, pairs: BTreeMap<String, Option<String>>) -> BTreeMap<String, Option<String>> {
    for (key, value) in &pairs {
        let pointer = format!("/metadata/{}", key.replace('~', "~0").replace('/', "~1"));
        let key_is_fine = (1..=MAX_METADATA_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        if !key_is_fine {
            fields.problem(&pointer, "a key must have 1 to 40 letters, digits, _, - or .");
        }
        if let Some(value) = value
            && (value.chars().count() > MAX_METADATA_VALUE || value.chars().any(char::is_control))
        {
            fields.problem(&pointer, "a value must have at most 500 characters and no control characters");
        }
    }
    pairs
}
