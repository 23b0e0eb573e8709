-- Spaces.

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
