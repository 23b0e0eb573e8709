//! The conventions, on spaces.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/spaces";
const ONE: &str = "/api/v1/spaces/{space}";

const WRITE: Write = Write {
    method: "POST",
    path: ALL,
    body: nothing,
    status: 200,
    events: &[],
    permission: "spaces:write",
    once: &[],
    after: None,
    not_found: (404, "space_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static SPACES: Resource = Resource {
    tag: "spaces",
    list: ALL,
    of: "organization={org}",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "space_not_found",
    permission: "spaces:read",
    known: Has::Not("who does not have all spaces, or is not in one, does not know of it: `seen.rs`"),
    gives: None,
    create: Write {
        body: |org, n| json!({ "name": format!("Space {n}"), "slug": format!("{org}-space-{n}"), "organization": org }),
        status: 201,
        events: &["SpaceCreated"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            path: ONE,
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["SpaceUpdated"],
            ..WRITE
        },
        Write { path: "/api/v1/spaces/{space}/archive", events: &["SpaceArchived"], ..WRITE },
    ],
    pages: Has::This(&["status=all"]),
    beside: &[
        ("get /api/v1/organizations/{org}/spaces", "the same rows: `seen.rs`"),
        ("post /api/v1/organizations/{org}/spaces", "it is about a space that there is: `attach.rs`"),
        ("delete /api/v1/organizations/{org}/spaces/{space_id}", "the space stays: `attach.rs`"),
        ("get /api/v1/spaces/{space}/members", "members of a space have no life of their own: `members.rs`"),
        ("get /api/v1/spaces/{space}/members/{user_id}", "as above"),
        ("put /api/v1/spaces/{space}/members/{user_id}", "as above"),
        ("delete /api/v1/spaces/{space}/members/{user_id}", "as above"),
    ],
};

conventions!(SPACES);
