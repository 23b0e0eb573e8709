//! `/spaces/{space}/contracts`, and `/contracts/{id}`.

mod body;
mod life;
mod representation;

use aggregates::ids::{ContractId, SpaceId};
use chrono::Utc;

use self::body::{ContractChanges, NewContract};
pub(super) use self::representation::Contract;
use crate::{
    ledger::StoredReply,
    readmodel::{
        Versioned,
        catalog::contracts::{ContractFilter, ContractView},
    },
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, One, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{self, Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "contracts";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update)).merge(life::routes())
}

/// The answer to a change.
fn shown(view: &ContractView) -> StoredReply {
    reply::changed(&Contract::new(view, Utc::now()), view.version())
}

/// Create a contract
///
/// It is a draft. Producer and consumer are two products of the space that are not archived. Needs the permission
/// `catalog:write`.
#[utoipa::path(
    post, path = "/spaces/{space}/contracts", tag = TAG, operation_id = "create_contract",
    responses((status = 409, description = "The space is archived")),
)]
async fn create(
    Writes { by, path: space, body, .. }: Writes<NewContract, In<SpaceId>>,
) -> Result<Created<Contract<'static>>, Problem> {
    let command = body.check(space, Utc::now())?;
    let created = |view: &ContractView| {
        let location = format!("/api/v1/contracts/{}", view.contract.id);
        reply::created(&Contract::new(view, Utc::now()), view.version(), location)
    };
    Ok(by.run(&command, created).await?.into())
}

impl Filter for ContractFilter {}

impl Parameters for ContractFilter {
    fn read(query: &mut Query) -> Self {
        Self {
            status: query.word("status", "All when absent."),
            include_archived: query.flag("include_archived", "With `true` those that are archived are listed as well."),
        }
    }
}

/// List the contracts of a space
///
/// Newest first. An active contract whose time has passed is expired. Needs the permission `catalog:read`.
#[utoipa::path(get, path = "/spaces/{space}/contracts", tag = TAG, operation_id = "list_contracts")]
async fn list(request: Listing<ContractFilter, In<SpaceId>>) -> Result<Page<Contract<'static>>, Problem> {
    let (In(space), now) = (&request.path, Utc::now());
    let (filter, readmodel) = ((&request.filter, now), &request.app.readmodel);
    let found = readmodel.contracts(request.asker(), space, filter, request.page(), request.wants_total()).await?;
    let id = |view: &ContractView| view.contract.id.uuid();
    Ok(request.answer_as(&found.rows, id, |view| vec![Contract::new(view, now)], found.total))
}

/// Get a contract
///
/// Needs the permission `catalog:read`.
#[utoipa::path(
    get, path = "/contracts/{id}", tag = TAG, operation_id = "get_contract",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn get(request: Reads<One<ContractId>>) -> Result<Found<Contract<'static>>, Problem> {
    let One(id) = request.path;
    let found = request.app.readmodel.contract(request.asker(), id).await?;
    let view = found.ok_or_else(|| Problem::new(Code::ContractNotFound))?;
    Ok(request.found_as(&Contract::new(&view, Utc::now()), view.version()))
}

/// Update a contract
///
/// Absent fields keep their values; null clears. Needs the permission `catalog:write`.
#[utoipa::path(
    patch, path = "/contracts/{id}", tag = TAG, operation_id = "update_contract",
    responses((status = 409, description = "Expired, deprecated or archived, or its space is archived")),
)]
async fn update(
    Writes { by, path: contract, body, .. }: Writes<ContractChanges, One<ContractId>>,
) -> Result<Changed<Contract<'static>>, Problem> {
    Ok(by.run(&body.check(contract)?, shown).await?.into())
}
