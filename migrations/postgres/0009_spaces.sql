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
CREATE INDEX products_active ON products (space_id, id) WHERE archived_at IS NULL;
-- Any part of a name is found by its trigrams. The module comes with PostgreSQL; where the server's role may not create
-- it, somebody who may has to do so before.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX products_text ON products USING gin (search_text gin_trgm_ops);

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
CREATE INDEX contracts_status ON contracts (space_id, status, id);
CREATE INDEX contracts_expiry ON contracts (expires_at) WHERE status = 'active' AND archived_at IS NULL;

CREATE TABLE issues (
    id uuid PRIMARY KEY,
    space_id uuid NOT NULL,
    title text NOT NULL,
    description text,
    status text NOT NULL,
    priority text NOT NULL,
    assignee_id uuid,
    product_id uuid,
    search_text text NOT NULL,
    comment_count bigint NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL
);
CREATE INDEX issues_space ON issues (space_id, id);
CREATE INDEX issues_status ON issues (space_id, status, id);
CREATE INDEX issues_priority ON issues (space_id, status, priority, id);
CREATE INDEX issues_assignee ON issues (space_id, assignee_id, id) WHERE assignee_id IS NOT NULL;

CREATE TABLE issue_comments (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL,
    space_id uuid NOT NULL,
    author_id uuid NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX issue_comments_issue ON issue_comments (issue_id, id);
CREATE INDEX issue_comments_space ON issue_comments (space_id, id);

CREATE TABLE quality_checks (
    id uuid PRIMARY KEY,
    space_id uuid NOT NULL,
    product_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    severity text NOT NULL,
    outcome text,
    value_text text,
    value_integer bigint,
    last_result_at timestamptz,
    results bigint NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX quality_checks_space ON quality_checks (space_id, id);
CREATE INDEX quality_checks_active ON quality_checks (space_id, id) WHERE archived_at IS NULL;

CREATE TABLE quality_results (
    check_id uuid NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL,
    space_id uuid NOT NULL,
    outcome text NOT NULL,
    value_text text,
    value_integer bigint,
    ignored boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    PRIMARY KEY (check_id, number)
);
CREATE INDEX quality_results_check ON quality_results (check_id, id);
CREATE INDEX quality_results_space ON quality_results (space_id, id);
