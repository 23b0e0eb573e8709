//! Actions on an organization's life: suspend, reactivate, restore, purge.

use aggregates::{
    ids::OrganizationId,
    name::{Lines, parse_text},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Organization, TAG};
use crate::{
    commands::organizations::{Life, LifeCommand},
    readmodel::organizations::OrganizationView,
    web::{
        Problem, Routes,
        extract::{In, Nothing, Writer, Writes},
        fields::Fields,
        reply::{self, Changed, Removed},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(suspend)).routes(routes!(reactivate)).routes(routes!(restore)).routes(routes!(purge))
}

const MAX_REASON: usize = 500;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    /// Why, for the audit log.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Suspend an organization
///
/// Its keys and tokens are refused until it is reactivated. For superadmins.
#[utoipa::path(
    post, path = "/organizations/{org}/suspend", tag = TAG, operation_id = "suspend_organization",
    responses((status = 409, description = "Suspended already, or deleted")),
)]
async fn suspend(
    Writes { by, path, body, .. }: Writes<Suspension, In>,
) -> Result<Changed<Organization<'static>>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.optional("/reason", body.reason, |reason| parse_text(&reason, MAX_REASON, Lines::Many));
    run(by, path, fields.finish(Some(Life::Suspend { reason }))?).await
}

/// Reactivate a suspended organization
///
/// Its keys and tokens work again. For superadmins.
#[utoipa::path(
    post, path = "/organizations/{org}/reactivate", tag = TAG, operation_id = "reactivate_organization",
    responses((status = 409, description = "Not suspended")),
)]
async fn reactivate(Writes { by, path, .. }: Writes<Nothing, In>) -> Result<Changed<Organization<'static>>, Problem> {
    run(by, path, Life::Reactivate).await
}

/// Restore a deleted organization
///
/// Within 30 days of its deletion, by one of its owners or a superadmin.
#[utoipa::path(
    post, path = "/organizations/{org}/restore", tag = TAG, operation_id = "restore_organization",
    responses(
        (status = 409, description = "Not deleted"),
        (status = 410, description = "It is too late to restore it"),
    ),
)]
async fn restore(Writes { by, path, .. }: Writes<Nothing, In>) -> Result<Changed<Organization<'static>>, Problem> {
    run(by, path, Life::Restore).await
}

/// Purge a deleted organization
///
/// At once and permanently, by a superadmin. Its slugs are free again.
#[utoipa::path(
    post, path = "/organizations/{org}/purge", tag = TAG, operation_id = "purge_organization",
    responses((status = 409, description = "Not deleted")),
)]
async fn purge(Writes { by, path: id, .. }: Writes<Nothing, In>) -> Result<Removed, Problem> {
    Ok(by.remove(&LifeCommand { id, life: Life::Purge }).await?)
}

async fn run(by: Writer, id: OrganizationId, life: Life) -> Result<Changed<Organization<'static>>, Problem> {
    let asker = by.asker();
    let present = move |view: &Option<OrganizationView>| match view {
        Some(view) => reply::changed(&Organization::new(view, asker), view.organization.version),
        None => reply::no_content(),
    };
    Ok(by.run(&LifeCommand { id, life }, present).await?.into())
}
