//! Changing an organization's slug and its limits.

use aggregates::{ids::OrganizationId, organization::LimitsPatch, slug::Slug};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Organization, TAG, shown};
use crate::{
    commands::organizations::{ChangeLimits, ChangeSlug},
    web::{
        Problem, Routes,
        extract::{In, Writes},
        fields::{Fields, present},
        reply::Changed,
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(change_slug)).routes(routes!(change_limits))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationSlugChange)]
struct SlugChange {
    /// Lower-case letters, digits and single hyphens between them; at most 63 characters.
    #[schema(example = "acme", max_length = 63)]
    slug: String,
    /// Old slugs to give up. The others keep resolving to this organization.
    #[serde(default)]
    release: Vec<String>,
}

impl SlugChange {
    fn check(self, id: OrganizationId) -> Result<ChangeSlug, Problem> {
        let mut fields = Fields::default();
        let slug = fields.check("/slug", Slug::parse(&self.slug));
        let mut release = Vec::with_capacity(self.release.len());
        for (place, old) in self.release.iter().enumerate() {
            release.extend(fields.check(&format!("/release/{place}"), Slug::parse(old)));
        }
        fields.finish(slug.map(|slug| ChangeSlug { id, slug, release }))
    }
}

/// Change the slug
///
/// The old slug stays with the organization and keeps resolving to it, until it is released.
#[utoipa::path(
    post, path = "/organizations/{org}/slug", tag = TAG, operation_id = "change_organization_slug",
    responses((status = 409, description = "The slug is taken")),
)]
async fn change_slug(
    Writes { by, path: id, body, .. }: Writes<SlugChange, In>,
) -> Result<Changed<Organization<'static>>, Problem> {
    Ok(by.run(&body.check(id)?, shown(by.asker())).await?.into())
}

/// Absent fields keep their values; null restores the plan's limit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationLimitChanges)]
struct LimitChanges {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100)]
    max_concurrent_agents: Option<Option<i64>>,
    /// Agent runtime in a calendar month, in hours.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    max_runtime_hours: Option<Option<f64>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    max_workspaces: Option<Option<i64>>,
    /// Seats: active and suspended members and live invitations.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    max_members: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    max_spaces: Option<Option<i64>>,
}

impl LimitChanges {
    fn check(self, id: OrganizationId) -> Result<ChangeLimits, Problem> {
        let mut fields = Fields::default();
        let seconds = fields.nullable("/max_runtime_hours", self.max_runtime_hours, seconds);
        let patch = LimitsPatch {
            max_concurrent_agents: self.max_concurrent_agents,
            max_runtime_seconds: seconds,
            max_workspaces: self.max_workspaces,
            max_members: self.max_members,
            max_spaces: self.max_spaces,
        };
        fields.finish(Some(ChangeLimits { id, patch }))
    }
}

/// Hours as whole seconds; the ledger holds no fractions.
fn seconds(hours: f64) -> Result<i64, &'static str> {
    const WRONG: &str = "must be a number of hours, 0 to 1000000";
    if !hours.is_finite() || !(0.0..=1_000_000.0).contains(&hours) {
        return Err(WRONG);
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "checked: at most 3.6e9, which i64 and f64 both hold exactly"
    )]
    let seconds = (hours * 3600.0).round() as i64;
    Ok(seconds)
}

/// Change the limits
///
/// Only a superadmin may go beyond what the plan includes. A limit may be lower than what is in use; then nothing is
/// added until there is room.
#[utoipa::path(patch, path = "/organizations/{org}/limits", tag = TAG, operation_id = "change_organization_limits")]
async fn change_limits(
    Writes { by, path: id, body, .. }: Writes<LimitChanges, In>,
) -> Result<Changed<Organization<'static>>, Problem> {
    Ok(by.run(&body.check(id)?, shown(by.asker())).await?.into())
}
