-- Times are milliseconds since 1970-01-01T00:00:00Z.
--
-- Not part of the read model: the minutes in which some node said that it was there.
CREATE TABLE heartbeats (
    -- When the minute began.
    minute INTEGER PRIMARY KEY
) STRICT;
