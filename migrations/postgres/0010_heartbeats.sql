-- Not part of the read model: the minutes in which some node said that it was there.
CREATE TABLE heartbeats (
    -- When the minute began.
    minute timestamptz PRIMARY KEY
);
