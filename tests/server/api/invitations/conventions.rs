//! The conventions, on invitations.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/organizations/{org}/invitations";
const ONE: &str = "/api/v1/organizations/{org}/invitations/{id}";
const ANSWER: &str = "it is asked for with the token, by the person who is invited: `answer.rs`, `look.rs`";
const ONCE: &[&str] = &["/token", "/url", "/secret_available"];

const WRITE: Write = Write {
    method: "POST",
    path: ONE,
    body: nothing,
    status: 200,
    events: &[],
    permission: "members:invite",
    once: &[],
    after: None,
    not_found: (404, "invitation_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static INVITATIONS: Resource = Resource {
    tag: "invitations",
    list: ALL,
    of: "",
    one: ONE,
    read: Has::Not("the list shows everything about an invitation"),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "invitation_not_found",
    permission: "members:invite",
    known: Has::This(()),
    gives: Some("viewer"),
    create: Write {
        path: "/api/v1/organizations/{org}/members/invite",
        body: |org, n| json!({ "email": format!("user-{n}@{org}.example"), "role": "viewer" }),
        status: 201,
        events: &["MemberInvited"],
        once: ONCE,
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            path: "/api/v1/organizations/{org}/invitations/{id}/resend",
            body: |_, n| json!({ "expires_in_days": n % 30 + 1 }),
            events: &["InvitationResent"],
            once: ONCE,
            ..WRITE
        },
        Write { method: "DELETE", status: 204, events: &["InvitationRevoked"], ..WRITE },
    ],
    pages: Has::This(&["status=pending"]),
    beside: &[
        ("get /api/v1/invitations/{token}", ANSWER),
        ("post /api/v1/invitations/{token}/accept", ANSWER),
        ("post /api/v1/invitations/{token}/decline", ANSWER),
    ],
};

conventions!(INVITATIONS);
