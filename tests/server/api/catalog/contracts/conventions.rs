//! The conventions, on contracts.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/spaces/{space}/contracts";
const ONE: &str = "/api/v1/contracts/{id}";
const ACTIVATE: &str = "/api/v1/contracts/{id}/activate";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "catalog:write",
    once: &[],
    after: None,
    not_found: (404, "contract_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static CONTRACTS: Resource = Resource {
    tag: "contracts",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "contract_not_found",
    permission: "catalog:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| {
            let name = format!("Contract {n}");
            json!({ "name": name, "producer_id": "{producer}", "consumer_id": "{consumer}" })
        },
        status: 201,
        events: &["ContractCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["ContractUpdated"],
            ..WRITE
        },
        Write { path: ACTIVATE, events: &["ContractActivated"], ..WRITE },
        Write {
            path: "/api/v1/contracts/{id}/deprecate",
            events: &["ContractDeprecated"],
            after: Some(("POST", ACTIVATE)),
            ..WRITE
        },
        Write { path: "/api/v1/contracts/{id}/archive", events: &["ContractArchived"], ..WRITE },
    ],
    pages: Has::This(&["status=draft", "include_archived=true"]),
    beside: &[("get /api/v1/organizations/{org}/contracts", "it is of all spaces of an organization: `across.rs`")],
};

conventions!(CONTRACTS);
