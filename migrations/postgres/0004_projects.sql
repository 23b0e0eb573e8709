-- Projects.

CREATE TABLE projects (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workspace_id uuid,
    name text NOT NULL,
    slug text NOT NULL,
    description text,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX projects_organization ON projects (organization_id, id);
