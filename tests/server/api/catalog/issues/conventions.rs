//! The conventions, on issues.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/spaces/{space}/issues";
const ONE: &str = "/api/v1/issues/{id}";
const COMMENTS: &str = "comments are a list of their own, without versions: the tests beside this one run on them";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &["IssueStatusChanged"],
    permission: "catalog:write",
    once: &[],
    after: None,
    not_found: (404, "issue_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static ISSUES: Resource = Resource {
    tag: "issues",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "issue_not_found",
    permission: "catalog:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "title": format!("Issue {n}"), "priority": "high", "product_id": "{producer}" }),
        status: 201,
        events: &["IssueCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "title": format!("Retitled {n}"), "description": format!("{n}") }),
            events: &["IssueUpdated"],
            ..WRITE
        },
        Write { path: "/api/v1/issues/{id}/start", ..WRITE },
        Write { path: "/api/v1/issues/{id}/resolve", ..WRITE },
        Write { path: "/api/v1/issues/{id}/wont-fix", ..WRITE },
        Write { path: "/api/v1/issues/{id}/reopen", after: Some(("POST", "/api/v1/issues/{id}/resolve")), ..WRITE },
    ],
    pages: Has::This(&["status=open,in_progress", "priority=high", "search=issue"]),
    beside: &[
        ("get /api/v1/organizations/{org}/issues", "it is of all spaces of an organization: `across.rs`"),
        ("get /api/v1/issues/{id}/comments", COMMENTS),
        ("post /api/v1/issues/{id}/comments", COMMENTS),
    ],
};

conventions!(ISSUES);
