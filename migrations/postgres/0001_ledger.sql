-- The ledger: the event table and what is written in the same transaction.

-- One constant row. Appends lock it and never update it: updating it would leave a dead version per append for as long
-- as any snapshot is open, and every append would have to step over them.
CREATE TABLE ledger (
    id integer PRIMARY KEY CHECK (id = 1),
    -- The version of the folds that write the read model. A node with older folds stops writing.
    projection_set bigint NOT NULL,
    -- Goes up when the read model was rebuilt, so that nodes drop the rows they hold.
    generation bigint NOT NULL,
    -- Which root secret this ledger was made with.
    secret_fingerprint text
);
INSERT INTO ledger (id, projection_set, generation) VALUES (1, 0, 0);

-- The columns up to metadata are those of cqrs-es, whose stock repositories can read this table.
CREATE TABLE events (
    position bigint PRIMARY KEY,
    event_id uuid NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload json NOT NULL,
    metadata json NOT NULL,
    organization_id uuid,
    recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX events_stream ON events (aggregate_type, aggregate_id, sequence);
CREATE INDEX events_organization ON events (organization_id, position) WHERE organization_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP;
END
$$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is unique across streams. Derived from the events.
CREATE TABLE claims (
    kind text NOT NULL,
    value text NOT NULL,
    holder uuid NOT NULL,
    PRIMARY KEY (kind, value)
);

-- Replies to requests that carried an idempotency key. The scope is a digest of principal, route and key.
CREATE TABLE idempotency_records (
    scope text PRIMARY KEY,
    fingerprint text NOT NULL,
    reply json NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX idempotency_records_age ON idempotency_records (recorded_at);

-- The keys that personal data is sealed with, wrapped. Without its key a subject's data is erased.
CREATE TABLE subject_keys (
    subject uuid PRIMARY KEY,
    wrapped_key text
);

CREATE TABLE credentials (
    user_id uuid PRIMARY KEY,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL
);
