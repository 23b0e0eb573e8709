-- API keys.

ALTER TABLE memberships ADD COLUMN api_keys bigint NOT NULL DEFAULT 0;

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    handle text NOT NULL,
    ending text NOT NULL,
    hash text NOT NULL,
    previous_hash text,
    grace_until timestamptz,
    owner_id uuid NOT NULL,
    owned_by_organization boolean NOT NULL,
    created_by uuid NOT NULL,
    name text NOT NULL,
    description text,
    scopes json NOT NULL,
    ip_allowlist json NOT NULL,
    rate_limit json,
    on_creator_leave text NOT NULL,
    expires_at timestamptz,
    expiry_recorded boolean NOT NULL,
    disabled boolean NOT NULL,
    revocation text,
    revoked_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX api_keys_handle ON api_keys (handle);
CREATE INDEX api_keys_owner ON api_keys (owner_id, id);
CREATE INDEX api_keys_creator ON api_keys (created_by, owner_id);
CREATE INDEX api_keys_expiry ON api_keys (expires_at) WHERE expires_at IS NOT NULL AND NOT expiry_recorded;
