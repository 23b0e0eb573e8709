//! The conventions, on the API keys of an organization. Those of a person have no organization.

use serde_json::json;

use crate::support::resource::{Has, Resource, UNKNOWN, Write, nothing};

const ALL: &str = "/api/v1/api-keys";
const ONE: &str = "/api/v1/api-keys/{id}";
const DISABLE: &str = "/api/v1/api-keys/{id}/disable";
const STOPS: &str = "a key can be stopped whatever has become of its organization";
const ONCE: &[&str] = &["/key", "/download", "/secret_available"];

const WRITE: Write = Write {
    method: "POST",
    path: ONE,
    body: nothing,
    status: 200,
    events: &[],
    permission: "api_keys:write",
    once: &[],
    after: None,
    not_found: (404, "api_key_not_found"),
    closed: Has::This(()),
    versioned: Has::This(()),
};

pub static API_KEYS: Resource = Resource {
    tag: "api keys",
    list: ALL,
    of: "organization={org}",
    one: ONE,
    read: Has::This(()),
    reference: "/id",
    unknown: UNKNOWN,
    not_found: "api_key_not_found",
    permission: "api_keys:read",
    known: Has::This(()),
    gives: Some("viewer"),
    create: Write {
        path: ALL,
        body: |org, n| {
            json!({
                "name": format!("Key {n}"), "organization": org, "scopes": [format!("org:{org}:teams:read")],
                "description": "x", "expires_in": "30d", "ip_allowlist": ["127.0.0.1"], "on_creator_leave": "revoke",
                "rate_limit": { "requests": 100, "window_seconds": 60 },
            })
        },
        status: 201,
        events: &["ApiKeyCreated"],
        once: ONCE,
        versioned: Has::Not("nothing has a version before it is made"),
        ..WRITE
    },
    changes: &[
        Write {
            method: "PATCH",
            body: |_, n| json!({ "name": format!("Renamed {n}"), "description": format!("{n}") }),
            events: &["ApiKeyUpdated"],
            ..WRITE
        },
        Write {
            path: "/api/v1/api-keys/{id}/rotate",
            body: |_, n| json!({ "grace_seconds": n }),
            events: &["ApiKeyRotated"],
            once: ONCE,
            ..WRITE
        },
        Write { path: DISABLE, events: &["ApiKeyDisabled"], closed: Has::Not(STOPS), ..WRITE },
        Write {
            path: "/api/v1/api-keys/{id}/enable",
            events: &["ApiKeyEnabled"],
            after: Some(("POST", DISABLE)),
            ..WRITE
        },
        Write { path: "/api/v1/api-keys/{id}/revoke", events: &["ApiKeyRevoked"], closed: Has::Not(STOPS), ..WRITE },
    ],
    pages: Has::This(&["status=active"]),
    beside: &[
        ("get /api/v1/api-keys/self", "it is asked by the key itself: `list.rs`"),
        ("post /api/v1/api-keys/revoke-self", "it is asked by the key itself: `life.rs`"),
        ("post /api/v1/api-keys/verify", "it is asked about any key: `verify.rs`"),
    ],
};

conventions!(API_KEYS);
