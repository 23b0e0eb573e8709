-- Lists that cost a page, whatever else an organization has.

CREATE INDEX projects_active ON projects (organization_id, id) WHERE archived_at IS NULL;
CREATE INDEX projects_archived ON projects (organization_id, id) WHERE archived_at IS NOT NULL;
CREATE INDEX projects_workspace ON projects (workspace_id, id) WHERE workspace_id IS NOT NULL;
