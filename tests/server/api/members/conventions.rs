//! The conventions, on members.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/members";
const ONE: &str = "/api/v1/organizations/{org}/members/{user_id}";
const USERS: &str = "/api/v1/organizations/{org}/users";
/// The other name of a member.
const USER: &str = "/api/v1/organizations/{org}/users/{user_id}";

const UPDATE: Write = Write {
    method: "POST",
    path: ONE,
    body: nothing,
    status: 200,
    events: &[],
    permission: "members:update",
    once: &[],
    after: None,
    not_found: (404, "member_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};
const ROLE: Write = Write {
    method: "PATCH",
    // Not the role that a row is made with.
    body: |_, n| json!({ "role": if n % 2 == 0 { "viewer" } else { "member" } }),
    events: &["MemberRoleChanged"],
    ..UPDATE
};
const REMOVE: Write =
    Write { method: "DELETE", status: 204, events: &["MemberRemoved"], permission: "members:remove", ..UPDATE };
const SUSPEND: &str = "/api/v1/organizations/{org}/members/{user_id}/suspend";

pub static MEMBERS: Resource = Resource {
    tag: "members",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::Not("the list shows everything about a member"),
    reference: "/user/id",
    unknown: UNKNOWN,
    not_found: "member_not_found",
    permission: "members:read",
    known: Has::This(()),
    gives: Some("developer"),
    create: Write {
        path: USERS,
        body: |org, n| json!({ "user_email": format!("user-{n}@{org}.example"), "role": "developer" }),
        status: 201,
        events: &["UserRegistered", "ActivationIssued", "MemberAdded"],
        permission: "members:invite",
        once: &["/activation/token", "/activation/url", "/activation/secret_available"],
        versioned: Has::Not("nothing has a version before it is made"),
        ..UPDATE
    },
    changes: &[
        ROLE,
        Write { path: USER, ..ROLE },
        Write { path: SUSPEND, events: &["MemberSuspended"], ..UPDATE },
        Write {
            path: "/api/v1/organizations/{org}/members/{user_id}/reinstate",
            events: &["MemberReinstated"],
            after: Some(("POST", SUSPEND)),
            // A person who never was a member is like one who cannot be brought back.
            not_found: (409, "not_reinstatable"),
            ..UPDATE
        },
        REMOVE,
        Write { path: USER, ..REMOVE },
    ],
    pages: Has::This(&["role=developer", "search=user"]),
    beside: &[
        ("post /api/v1/organizations/{org}/leave", "it is about the caller: `end.rs`"),
        ("post /api/v1/organizations/{org}/transfer-ownership", "it changes two rows: `ownership.rs`"),
    ],
};

conventions!(MEMBERS);
