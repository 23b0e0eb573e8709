//! The conventions, on products.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/spaces/{space}/products";
const ONE: &str = "/api/v1/products/{id}";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "catalog:write",
    once: &[],
    after: None,
    not_found: (404, "product_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static PRODUCTS: Resource = Resource {
    tag: "products",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "product_not_found",
    permission: "catalog:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "name": format!("Product {n}"), "slug": format!("product-{n}") }),
        status: 201,
        events: &["ProductCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["ProductUpdated"],
            ..WRITE
        },
        Write { path: "/api/v1/products/{id}/archive", events: &["ProductArchived"], ..WRITE },
    ],
    pages: Has::This(&["status=all", "search=product"]),
    beside: &[("get /api/v1/organizations/{org}/products", "it is of all spaces of an organization: `across.rs`")],
};

conventions!(PRODUCTS);
