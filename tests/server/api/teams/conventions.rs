//! The conventions, on teams.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/teams";
const ONE: &str = "/api/v1/organizations/{org}/teams/{team}";
const MEMBERS: &str = "who is in a team is a list of its own: `members.rs`";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "teams:write",
    once: &[],
    after: None,
    not_found: (404, "team_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static TEAMS: Resource = Resource {
    tag: "teams",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "team_not_found",
    permission: "teams:read",
    known: Has::This(()),
    gives: None,
    create: Write {
        body: |_, n| json!({ "name": format!("Team {n}"), "description": "x" }),
        status: 201,
        events: &["TeamCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["TeamUpdated"],
            ..WRITE
        },
        Write { method: "DELETE", path: ONE, status: 204, events: &["TeamDeleted"], ..WRITE },
    ],
    pages: Has::This(&[]),
    beside: &[
        ("get /api/v1/organizations/{org}/teams/{team}/members", MEMBERS),
        ("put /api/v1/organizations/{org}/teams/{team}/members/{user_id}", MEMBERS),
        ("delete /api/v1/organizations/{org}/teams/{team}/members/{user_id}", MEMBERS),
    ],
};

conventions!(TEAMS);
