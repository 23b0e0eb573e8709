//! The conventions, on workspaces.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/workspaces";
const ONE: &str = "/api/v1/organizations/{org}/workspaces/{workspace}";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "workspaces:write",
    once: &[],
    after: None,
    not_found: (404, "workspace_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static WORKSPACES: Resource = Resource {
    tag: "workspaces",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "workspace_not_found",
    permission: "workspaces:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "name": format!("Workspace {n}"), "slug": format!("workspace-{n}") }),
        status: 201,
        events: &["WorkspaceCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["WorkspaceUpdated"],
            ..WRITE
        },
        Write {
            path: "/api/v1/organizations/{org}/workspaces/{workspace}/archive",
            events: &["WorkspaceArchived"],
            ..WRITE
        },
    ],
    pages: Has::This(&["status=all"]),
    beside: &[],
};

conventions!(WORKSPACES);
