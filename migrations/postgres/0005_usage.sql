-- What API keys are used for.

-- Not part of the read model: what was counted and is not in the ledger yet. An hour leaves in the transaction that
-- records it.
CREATE TABLE usage_buffer (
    organization_id uuid NOT NULL,
    -- When the hour began.
    hour timestamptz NOT NULL,
    api_key_id uuid NOT NULL,
    requests bigint NOT NULL,
    verifications bigint NOT NULL,
    -- From when on the hour is to be recorded. It never changes, so that counting on touches no index.
    due_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, hour, api_key_id)
) WITH (fillfactor = 50);
CREATE INDEX usage_buffer_due ON usage_buffer (due_at);

-- The last chunk of counts that each process added, so that none is added twice.
CREATE TABLE usage_chunks (
    node uuid PRIMARY KEY,
    chunk bigint NOT NULL,
    heard_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE api_key_uses (
    api_key_id uuid PRIMARY KEY,
    last_used_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- The recorded hours, by key. Derived from the events.
CREATE TABLE usage_hours (
    organization_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    api_key_id uuid NOT NULL,
    -- The day of the hour, UTC.
    day timestamptz NOT NULL,
    requests bigint NOT NULL,
    verifications bigint NOT NULL,
    PRIMARY KEY (organization_id, hour, api_key_id)
);

-- The events that the hours were recorded by: what a bill adds up. Derived from the events.
CREATE TABLE usage_records (
    organization_id uuid NOT NULL,
    -- The event's place in the stream.
    sequence bigint NOT NULL,
    position bigint NOT NULL,
    hour timestamptz NOT NULL,
    requests bigint NOT NULL,
    verifications bigint NOT NULL,
    PRIMARY KEY (organization_id, sequence)
);
CREATE INDEX usage_records_hour ON usage_records (organization_id, hour);
