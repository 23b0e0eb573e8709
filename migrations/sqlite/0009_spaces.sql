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
    -- What the index of the texts calls a row.
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
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
CREATE INDEX products_active ON products (space_id, id) WHERE archived_at IS NULL;
-- Any part of a name is found by its trigrams.
CREATE VIRTUAL TABLE products_text USING fts5 (search_text, content = 'products', content_rowid = 'n', tokenize = 'trigram');
CREATE TRIGGER products_text_insert AFTER INSERT ON products BEGIN
    INSERT INTO products_text (rowid, search_text) VALUES (new.n, new.search_text);
END;
CREATE TRIGGER products_text_delete AFTER DELETE ON products BEGIN
    INSERT INTO products_text (products_text, rowid, search_text) VALUES ('delete', old.n, old.search_text);
END;
CREATE TRIGGER products_text_update AFTER UPDATE OF search_text ON products
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO products_text (products_text, rowid, search_text) VALUES ('delete', old.n, old.search_text);
    INSERT INTO products_text (rowid, search_text) VALUES (new.n, new.search_text);
END;

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
CREATE INDEX contracts_status ON contracts (space_id, status, id);
CREATE INDEX contracts_expiry ON contracts (expires_at) WHERE status = 'active' AND archived_at IS NULL;

CREATE TABLE issues (
    id TEXT PRIMARY KEY,
    space_id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    assignee_id TEXT,
    product_id TEXT,
    search_text TEXT NOT NULL,
    comment_count INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;
CREATE INDEX issues_space ON issues (space_id, id);
CREATE INDEX issues_status ON issues (space_id, status, id);
CREATE INDEX issues_priority ON issues (space_id, status, priority, id);
CREATE INDEX issues_assignee ON issues (space_id, assignee_id, id) WHERE assignee_id IS NOT NULL;

CREATE TABLE issue_comments (
    id TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL,
    space_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX issue_comments_issue ON issue_comments (issue_id, id);
CREATE INDEX issue_comments_space ON issue_comments (space_id, id);

CREATE TABLE quality_checks (
    id TEXT PRIMARY KEY,
    space_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    severity TEXT NOT NULL,
    outcome TEXT,
    value_text TEXT,
    value_integer INTEGER,
    last_result_at INTEGER,
    results INTEGER NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quality_checks_space ON quality_checks (space_id, id);
CREATE INDEX quality_checks_active ON quality_checks (space_id, id) WHERE archived_at IS NULL;

CREATE TABLE quality_results (
    check_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    space_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    value_text TEXT,
    value_integer INTEGER,
    ignored INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (check_id, number)
) STRICT;
CREATE INDEX quality_results_check ON quality_results (check_id, id);
CREATE INDEX quality_results_space ON quality_results (space_id, id);
