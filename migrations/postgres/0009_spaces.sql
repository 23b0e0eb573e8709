-- Spaces, and what is kept in them.

CREATE TABLE spaces (
    id uuid PRIMARY KEY,
    organization_id uuid,
    name text NOT NULL,
    slug text NOT NULL,
    description text,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX spaces_organization ON spaces (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE TABLE space_members (
    space_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (space_id, user_id)
);
CREATE INDEX space_members_user ON space_members (user_id, space_id);

CREATE TABLE space_counters (
    space_id uuid PRIMARY KEY,
    products bigint NOT NULL,
    open_issues bigint NOT NULL,
    active_contracts bigint NOT NULL,
    scored_products bigint NOT NULL,
    score_sum bigint NOT NULL
);

CREATE TABLE products (
    id uuid PRIMARY KEY,
    space_id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    description text,
    archived_at timestamptz,
    search_text text NOT NULL,
    quality_weight bigint NOT NULL,
    quality_points bigint NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX products_space ON products (space_id, id);

CREATE TABLE contracts (
    id uuid PRIMARY KEY,
    space_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    producer_id uuid NOT NULL,
    consumer_id uuid NOT NULL,
    status text NOT NULL,
    expires_at timestamptz,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX contracts_space ON contracts (space_id, id);
CREATE INDEX contracts_expiry ON contracts (expires_at) WHERE status = 'active' AND archived_at IS NULL;
