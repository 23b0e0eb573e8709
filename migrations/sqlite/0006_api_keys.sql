-- Times are milliseconds since 1970-01-01T00:00:00Z, ids and JSON are text.
--
-- API keys.

ALTER TABLE memberships ADD COLUMN api_keys INTEGER NOT NULL DEFAULT 0;

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    ending TEXT NOT NULL,
    hash TEXT NOT NULL,
    previous_hash TEXT,
    grace_until INTEGER,
    owner_id TEXT NOT NULL,
    owned_by_organization INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    scopes TEXT NOT NULL,
    ip_allowlist TEXT NOT NULL,
    rate_limit TEXT,
    on_creator_leave TEXT NOT NULL,
    expires_at INTEGER,
    expiry_recorded INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    revocation TEXT,
    revoked_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_handle ON api_keys (handle);
CREATE INDEX api_keys_owner ON api_keys (owner_id, id);
CREATE INDEX api_keys_creator ON api_keys (created_by, owner_id);
CREATE INDEX api_keys_expiry ON api_keys (expires_at) WHERE expires_at IS NOT NULL AND NOT expiry_recorded;
