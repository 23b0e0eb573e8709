//! The conventions, on projects.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/projects";
const ONE: &str = "/api/v1/organizations/{org}/projects/{project}";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "projects:write",
    once: &[],
    after: None,
    not_found: (404, "project_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static PROJECTS: Resource = Resource {
    tag: "projects",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "project_not_found",
    permission: "projects:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "name": format!("Project {n}"), "slug": format!("project-{n}"), "workspace": "default" }),
        status: 201,
        events: &["ProjectCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["ProjectUpdated"],
            ..WRITE
        },
        Write { path: "/api/v1/organizations/{org}/projects/{project}/archive", events: &["ProjectArchived"], ..WRITE },
    ],
    pages: Has::This(&["status=all", "workspace=default"]),
    beside: &[("get /api/v1/projects", "it is of many organizations: `everywhere.rs`")],
};

conventions!(PROJECTS);
