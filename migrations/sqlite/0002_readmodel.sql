-- Times are milliseconds since 1970-01-01T00:00:00Z, ids and JSON are text.
--
-- The read model: every row here can be folded again from the ledger.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT,
    domain TEXT,
    billing_email TEXT,
    status TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    purge_after INTEGER,
    plan TEXT NOT NULL,
    is_personal INTEGER NOT NULL,
    owner_id TEXT NOT NULL,
    settings TEXT NOT NULL,
    metadata TEXT NOT NULL,
    jwt_expiry_secs INTEGER NOT NULL,
    max_concurrent_agents INTEGER,
    max_runtime_seconds INTEGER,
    max_workspaces INTEGER,
    max_members INTEGER,
    max_spaces INTEGER,
    search_text TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX organizations_purge ON organizations (purge_after) WHERE purge_after IS NOT NULL;

CREATE TABLE organization_counters (
    organization_id TEXT PRIMARY KEY,
    users INTEGER NOT NULL,
    seats INTEGER NOT NULL,
    workspaces INTEGER NOT NULL,
    projects INTEGER NOT NULL,
    spaces INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT,
    name TEXT,
    activated INTEGER NOT NULL,
    is_superadmin INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, user_id)
) STRICT;
CREATE INDEX memberships_user ON memberships (user_id, organization_id);

CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX workspaces_organization ON workspaces (organization_id, id);
