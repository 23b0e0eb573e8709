-- Times are milliseconds since 1970-01-01T00:00:00Z, ids are text.
--
-- Spaces, and what is kept in them.

CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    organization_id TEXT,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX spaces_organization ON spaces (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE TABLE space_members (
    space_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (space_id, user_id)
) STRICT;
CREATE INDEX space_members_user ON space_members (user_id, space_id);

CREATE TABLE space_counters (
    space_id TEXT PRIMARY KEY,
    products INTEGER NOT NULL,
    open_issues INTEGER NOT NULL,
    active_contracts INTEGER NOT NULL,
    scored_products INTEGER NOT NULL,
    score_sum INTEGER NOT NULL
) STRICT;

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    space_id TEXT NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT,
    archived_at INTEGER,
    search_text TEXT NOT NULL,
    quality_weight INTEGER NOT NULL,
    quality_points INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX products_space ON products (space_id, id);

CREATE TABLE contracts (
    id TEXT PRIMARY KEY,
    space_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    producer_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    status TEXT NOT NULL,
    expires_at INTEGER,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contracts_space ON contracts (space_id, id);
CREATE INDEX contracts_expiry ON contracts (expires_at) WHERE status = 'active' AND archived_at IS NULL;
