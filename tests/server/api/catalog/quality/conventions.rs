//! The conventions, on quality checks.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/spaces/{space}/quality";
const ONE: &str = "/api/v1/quality/{id}";
const RESULTS: &str = "results are a list of their own, without versions: the tests beside this one run on them";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "catalog:write",
    once: &[],
    after: None,
    not_found: (404, "quality_check_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static QUALITY: Resource = Resource {
    tag: "quality",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "quality_check_not_found",
    permission: "catalog:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "product_id": "{producer}", "name": format!("Check {n}"), "severity": "critical" }),
        status: 201,
        events: &["QualityCheckCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["QualityCheckUpdated"],
            ..WRITE
        },
        Write { path: "/api/v1/quality/{id}/archive", events: &["QualityCheckArchived"], ..WRITE },
    ],
    pages: Has::This(&["status=all", "product_id=0190163d-8694-739b-aea5-966c26f8ad91"]),
    beside: &[
        ("get /api/v1/organizations/{org}/quality", "it is of all spaces of an organization: `across.rs`"),
        ("get /api/v1/quality/{id}/results", RESULTS),
        ("post /api/v1/quality/{id}/results", RESULTS),
        ("post /api/v1/quality/{id}/results/{number}/ignore", RESULTS),
    ],
};

conventions!(QUALITY);
