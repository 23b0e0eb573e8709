//! The conventions, on roles.

use serde_json::json;

use crate::support::resource::{Has, Resource, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/roles";
const ONE: &str = "/api/v1/organizations/{org}/roles/{role}";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "roles:write",
    once: &[],
    after: None,
    not_found: (404, "role_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static ROLES: Resource = Resource {
    tag: "roles",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/key",
    unknown: "nobody",
    not_found: "role_not_found",
    permission: "roles:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "key": format!("role-{n}"), "name": format!("Role {n}"), "permissions": [] }),
        status: 201,
        events: &["RoleCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["RoleUpdated"],
            ..WRITE
        },
        Write { method: "DELETE", path: ONE, status: 204, events: &["RoleDeleted"], ..WRITE },
    ],
    pages: Has::Not("an organization has few roles, and a member who chooses one wants to see them all"),
    beside: &[],
};

conventions!(ROLES);
