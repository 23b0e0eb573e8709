-- Times are milliseconds since 1970-01-01T00:00:00Z, ids and JSON are text.
--
-- What API keys are used for.

-- Not part of the read model: what was counted and is not in the ledger yet. An hour leaves in the transaction that
-- records it.
CREATE TABLE usage_buffer (
    organization_id TEXT NOT NULL,
    -- When the hour began.
    hour INTEGER NOT NULL,
    api_key_id TEXT NOT NULL,
    requests INTEGER NOT NULL,
    verifications INTEGER NOT NULL,
    -- From when on the hour is to be recorded. It never changes, so that counting on touches no index.
    due_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, hour, api_key_id)
) STRICT;
CREATE INDEX usage_buffer_due ON usage_buffer (due_at);

-- The last chunk of counts that each process added, so that none is added twice.
CREATE TABLE usage_chunks (
    node TEXT PRIMARY KEY,
    chunk INTEGER NOT NULL,
    heard_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key_uses (
    api_key_id TEXT PRIMARY KEY,
    last_used_at INTEGER NOT NULL
) STRICT;

-- The recorded hours, by key. Derived from the events.
CREATE TABLE usage_hours (
    organization_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    api_key_id TEXT NOT NULL,
    -- The day of the hour, UTC.
    day INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    verifications INTEGER NOT NULL,
    PRIMARY KEY (organization_id, hour, api_key_id)
) STRICT;

-- The events that the hours were recorded by: what a bill adds up. Derived from the events.
CREATE TABLE usage_records (
    organization_id TEXT NOT NULL,
    -- The event's place in the stream.
    sequence INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    verifications INTEGER NOT NULL,
    PRIMARY KEY (organization_id, sequence)
) STRICT;
CREATE INDEX usage_records_hour ON usage_records (organization_id, hour);
