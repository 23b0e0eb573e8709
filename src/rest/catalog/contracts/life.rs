//! What becomes of a contract.

use aggregates::ids::ContractId;

use super::{TAG, representation::Contract, shown};
use crate::{
    commands::catalog::contracts::{ChangeContract, ContractChange},
    web::{
        Problem, Routes,
        extract::{Nothing, One, Writer, Writes},
        reply::Changed,
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(activate)).routes(routes!(deprecate)).routes(routes!(archive))
}

/// Activate a contract
///
/// A draft, whose time to expire is still to come if it has one. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/contracts/{id}/activate", tag = TAG, operation_id = "activate_contract",
    responses((status = 409, description = "Not a draft, archived, or its time has passed; or its space is archived")),
)]
async fn activate(
    Writes { by, path: contract, .. }: Writes<Nothing, One<ContractId>>,
) -> Result<Changed<Contract<'static>>, Problem> {
    change(&by, contract, ContractChange::Activate).await
}

/// Deprecate a contract
///
/// An active one. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/contracts/{id}/deprecate", tag = TAG, operation_id = "deprecate_contract",
    responses((status = 409, description = "Not active, or archived; or its space is archived")),
)]
async fn deprecate(
    Writes { by, path: contract, .. }: Writes<Nothing, One<ContractId>>,
) -> Result<Changed<Contract<'static>>, Problem> {
    change(&by, contract, ContractChange::Deprecate).await
}

/// Archive a contract
///
/// It keeps its status. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/contracts/{id}/archive", tag = TAG, operation_id = "archive_contract",
    responses((status = 409, description = "Archived already, or its space is")),
)]
async fn archive(
    Writes { by, path: contract, .. }: Writes<Nothing, One<ContractId>>,
) -> Result<Changed<Contract<'static>>, Problem> {
    change(&by, contract, ContractChange::Archive).await
}

async fn change(
    by: &Writer,
    contract: ContractId,
    change: ContractChange,
) -> Result<Changed<Contract<'static>>, Problem> {
    Ok(by.run(&ChangeContract { contract, change }, shown).await?.into())
}
