//! `/spaces/{space}/products`, and `/products/{id}`.

mod body;
mod representation;

use aggregates::{
    ids::{ProductId, SpaceId},
    name::{Lines, MAX_NAME, parse_text},
};

use self::body::{NewProduct, ProductChanges};
pub use self::representation::{Product, ProductSummary};
use crate::{
    commands::catalog::products::{ChangeProduct, ProductChange},
    readmodel::{
        StatusFilter,
        catalog::products::{ProductFilter, ProductView},
    },
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, Nothing, One, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "products";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update)).routes(routes!(archive))
}

/// Create a product
///
/// When no slug is sent, one is derived from the name. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/spaces/{space}/products", tag = TAG, operation_id = "create_product",
    responses((status = 409, description = "The slug is taken, or the space is archived")),
)]
async fn create(
    Writes { by, path: space, body, .. }: Writes<NewProduct, In<SpaceId>>,
) -> Result<Created<Product<'static>>, Problem> {
    let location = |view: &ProductView| format!("/api/v1/products/{}", view.product.id);
    Ok(by.create(&body.check(space)?, location).await?)
}

impl Filter for ProductFilter {}

impl Parameters for ProductFilter {
    fn read(query: &mut Query) -> Self {
        let status = query.word("status", "`active` when absent.");
        let search = query.parsed("search", "What name or slug have in them, in whatever case.", |text| {
            parse_text(text, MAX_NAME, Lines::Single)
        });
        Self { status: status.unwrap_or(StatusFilter::Active), search: search.filter(|text| !text.is_empty()) }
    }
}

/// List the products of a space
///
/// Newest first. Needs the permission `catalog:read`.
#[utoipa::path(get, path = "/spaces/{space}/products", tag = TAG, operation_id = "list_products")]
async fn list(request: Listing<ProductFilter, In<SpaceId>>) -> Result<Page<Product<'static>>, Problem> {
    let (In(space), filter) = (&request.path, &request.filter);
    let readmodel = &request.app.readmodel;
    let found = readmodel.products(request.asker(), space, filter, request.page(), request.wants_total());
    Ok(request.answer(found.await?))
}

/// Get a product
///
/// Needs the permission `catalog:read`.
#[utoipa::path(
    get, path = "/products/{id}", tag = TAG, operation_id = "get_product",
    responses((status = 403, description = "Not authorized for the space")),
)]
async fn get(request: Reads<One<ProductId>>) -> Result<Found<Product<'static>>, Problem> {
    let One(id) = request.path;
    let found = request.app.readmodel.product(request.asker(), id).await?;
    Ok(request.found(&found.ok_or_else(|| Problem::new(Code::ProductNotFound))?))
}

/// Update a product
///
/// Absent fields keep their values; null clears. Needs the permission `catalog:write`.
#[utoipa::path(
    patch, path = "/products/{id}", tag = TAG, operation_id = "update_product",
    responses((status = 409, description = "The slug is taken, or the product or its space is archived")),
)]
async fn update(
    Writes { by, path: product, body, .. }: Writes<ProductChanges, One<ProductId>>,
) -> Result<Changed<Product<'static>>, Problem> {
    Ok(by.change(&body.check(product)?).await?)
}

/// Archive a product
///
/// It keeps its slug. Needs the permission `catalog:write`.
#[utoipa::path(
    post, path = "/products/{id}/archive", tag = TAG, operation_id = "archive_product",
    responses((status = 409, description = "Archived already, or its space is")),
)]
async fn archive(
    Writes { by, path: product, .. }: Writes<Nothing, One<ProductId>>,
) -> Result<Changed<Product<'static>>, Problem> {
    Ok(by.change(&ChangeProduct { product, change: ProductChange::Archive }).await?)
}
