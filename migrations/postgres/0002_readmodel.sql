-- The read model: every row here can be folded again from the ledger.

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    slug text NOT NULL,
    description text,
    domain text,
    billing_email text,
    status text NOT NULL,
    suspended boolean NOT NULL,
    purge_after timestamptz,
    plan text NOT NULL,
    is_personal boolean NOT NULL,
    owner_id uuid NOT NULL,
    settings json NOT NULL,
    metadata json NOT NULL,
    jwt_expiry_secs bigint NOT NULL,
    max_concurrent_agents bigint,
    max_runtime_seconds bigint,
    max_workspaces bigint,
    max_members bigint,
    max_spaces bigint,
    search_text text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX organizations_purge ON organizations (purge_after) WHERE purge_after IS NOT NULL;

CREATE TABLE organization_counters (
    organization_id uuid PRIMARY KEY,
    users bigint NOT NULL,
    seats bigint NOT NULL,
    workspaces bigint NOT NULL,
    projects bigint NOT NULL,
    spaces bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text,
    name text,
    activated boolean NOT NULL,
    is_superadmin boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, organization_id);

CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    is_default boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX workspaces_organization ON workspaces (organization_id, id);
