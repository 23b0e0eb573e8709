-- People: sessions, invitations, roles and teams.

ALTER TABLE users ADD COLUMN disabled boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN organization text;
ALTER TABLE users ADD COLUMN primary_organization_id uuid;
ALTER TABLE users ADD COLUMN search_text text NOT NULL DEFAULT '';

ALTER TABLE memberships ADD COLUMN version bigint NOT NULL DEFAULT 1;

ALTER TABLE workspaces ADD COLUMN description text;
ALTER TABLE workspaces ADD COLUMN archived_at timestamptz;

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    organization_id uuid,
    method text NOT NULL,
    epoch bigint NOT NULL,
    client_address text,
    user_agent text,
    started_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    email text,
    role text NOT NULL,
    workspace_id uuid,
    status text NOT NULL,
    token_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    invited_by uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX invitations_organization ON invitations (organization_id, id);
CREATE INDEX invitations_expiry ON invitations (expires_at) WHERE status = 'pending';

CREATE TABLE roles (
    organization_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    description text,
    permissions json NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key)
);

CREATE TABLE teams (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX teams_organization ON teams (organization_id, id);

CREATE TABLE team_members (
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_organization ON team_members (organization_id);

-- Not part of the read model: how often a session was refreshed, and until when it can be. A refresh token names the
-- generation it is good for, so the table holds nothing secret.
CREATE TABLE session_refreshes (
    session_id uuid PRIMARY KEY,
    generation bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_refreshes_expiry ON session_refreshes (expires_at);
