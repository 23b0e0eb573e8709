//! API keys.

use aggregates::{
    api_key::{
        ApiKeyChanges, ApiKeyEvent, Details, OnCreatorLeave, Owner, RateLimit, Revocation::KeyCompromise, Secret,
    },
    authorization::{Scope, Scopes},
    change::Change,
    ids::{OrganizationId, UserId},
    network::Network,
};

use super::{id, time};

fn secret() -> Secret {
    // SHA-256 of nothing.
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into();
    Secret { hash, ending: "xyz789".into() }
}

fn within(grants: &[&str]) -> Scopes {
    let organization = OrganizationId::new(id(1));
    let scope = |grant: &&str| Scope { organization, grant: grant.parse().expect("a grant") };
    Scopes::Within(grants.iter().map(scope).collect())
}

fn network(text: &str) -> Network {
    text.parse().expect("a network")
}

pub fn events() -> Vec<ApiKeyEvent> {
    let (owner, created_by) = (Owner::Organization(OrganizationId::new(id(1))), UserId::new(id(2)));
    vec![
        ApiKeyEvent::ApiKeyCreated {
            handle: "abc12345".into(),
            secret: secret(),
            owner,
            created_by,
            expires_at: Some(time()),
            details: Details {
                name: "CI/CD Integration".into(),
                description: Some("Deploys".into()),
                scopes: within(&["*", "agents:*", "projects:read"]),
                ip_allowlist: vec![network("192.0.2.0/24"), network("2001:db8::1")],
                rate_limit: Some(RateLimit { requests: 600, window_seconds: 60 }),
                on_creator_leave: OnCreatorLeave::Revoke,
            },
        },
        ApiKeyEvent::ApiKeyUpdated { owner, created_by, changes: Box::new(changes()) },
        ApiKeyEvent::ApiKeyRotated { secret: secret(), expires_at: Some(time()), grace_until: Some(time()) },
        ApiKeyEvent::ApiKeyWithdrawn { organization: OrganizationId::new(id(1)) },
        ApiKeyEvent::ApiKeyDisabled {},
        ApiKeyEvent::ApiKeyEnabled {},
        ApiKeyEvent::ApiKeyRevoked { reason: KeyCompromise },
        ApiKeyEvent::ApiKeyExpired {},
    ]
}

fn changes() -> ApiKeyChanges {
    let limit = |requests| Some(RateLimit { requests, window_seconds: 60 });
    ApiKeyChanges {
        name: Some(Change { from: "CI/CD Integration".into(), to: "CD".into() }),
        description: Some(Change { from: Some("Deploys".into()), to: None }),
        scopes: Some(Change { from: within(&["*"]), to: within(&["agents:run"]) }),
        ip_allowlist: Some(Change { from: vec![network("192.0.2.0/24")], to: vec![] }),
        rate_limit: Some(Change { from: limit(600), to: limit(60) }),
        on_creator_leave: Some(Change { from: OnCreatorLeave::Revoke, to: OnCreatorLeave::Keep }),
    }
}

/// A person's key with everything and nothing else.
pub fn plain() -> ApiKeyEvent {
    let user = UserId::new(id(2));
    ApiKeyEvent::ApiKeyCreated {
        handle: "abc12345".into(),
        secret: secret(),
        owner: Owner::User(user),
        created_by: user,
        expires_at: None,
        details: Details {
            name: "CI".into(),
            description: None,
            scopes: Scopes::Everything,
            ip_allowlist: vec![],
            rate_limit: None,
            on_creator_leave: OnCreatorLeave::Keep,
        },
    }
}
