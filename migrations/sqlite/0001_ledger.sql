-- Times are milliseconds since 1970-01-01T00:00:00Z, ids and JSON are text.
--
-- The ledger: the event table and what is written in the same transaction.

-- One constant row, as in the PostgreSQL ledger. Here the write transaction itself is the lock.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- The version of the folds that write the read model. A node with older folds stops writing.
    projection_set INTEGER NOT NULL,
    -- Goes up when the read model was rebuilt, so that nodes drop the rows they hold.
    generation INTEGER NOT NULL,
    -- Which root secret this ledger was made with.
    secret_fingerprint TEXT
) STRICT;
INSERT INTO ledger (id, projection_set, generation) VALUES (1, 0, 0);

-- The columns up to metadata are those of cqrs-es, whose stock repositories can read this table.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    event_type TEXT NOT NULL,
    event_version TEXT NOT NULL,
    payload TEXT NOT NULL,
    metadata TEXT NOT NULL,
    organization_id TEXT,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_stream ON events (aggregate_type, aggregate_id, sequence);
CREATE INDEX events_organization ON events (organization_id, position) WHERE organization_id IS NOT NULL;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only: UPDATE refused');
END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only: DELETE refused');
END;

-- What is unique across streams. Derived from the events.
CREATE TABLE claims (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    holder TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT;

-- Replies to requests that carried an idempotency key. The scope is a digest of principal, route and key.
CREATE TABLE idempotency_records (
    scope TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    reply TEXT NOT NULL,
    position INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_records_age ON idempotency_records (recorded_at);

-- The keys that personal data is sealed with, wrapped. Without its key a subject's data is erased.
CREATE TABLE subject_keys (
    subject TEXT PRIMARY KEY,
    wrapped_key TEXT
) STRICT;

CREATE TABLE credentials (
    user_id TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
