-- Times are milliseconds since 1970-01-01T00:00:00Z, ids and JSON are text.
--
-- People: sessions, invitations, roles and teams.

ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN organization TEXT;
ALTER TABLE users ADD COLUMN primary_organization_id TEXT;
ALTER TABLE users ADD COLUMN search_text TEXT NOT NULL DEFAULT '';

ALTER TABLE memberships ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

ALTER TABLE workspaces ADD COLUMN description TEXT;
ALTER TABLE workspaces ADD COLUMN archived_at INTEGER;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    organization_id TEXT,
    method TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    client_address TEXT,
    user_agent TEXT,
    started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    workspace_id TEXT,
    status TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    invited_by TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_organization ON invitations (organization_id, id);
CREATE INDEX invitations_expiry ON invitations (expires_at) WHERE status = 'pending';

CREATE TABLE roles (
    organization_id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    permissions TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, key)
) STRICT;

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX teams_organization ON teams (organization_id, id);

CREATE TABLE team_members (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (team_id, user_id)
) STRICT;
CREATE INDEX team_members_organization ON team_members (organization_id);

-- Not part of the read model: how often a session was refreshed, and until when it can be. A refresh token names the
-- generation it is good for, so the table holds nothing secret.
CREATE TABLE session_refreshes (
    session_id TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_refreshes_expiry ON session_refreshes (expires_at);
