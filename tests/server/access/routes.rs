//! Every route. The columns are those of `world::PRINCIPALS`: nobody, an outsider, viewer, member, developer, a member
//! who is an admin of the space, admin, owner, superadmin, and the owner's API keys with the scope and without it.

type Row = (&'static str, &'static str, [u16; 11]);

/// Everybody.
const PUBLIC: [u16; 11] = [200; 11];
/// Everybody who is signed in.
const SIGNED_IN: [u16; 11] = [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200];
/// Signed in as the person concerned.
const PERSON: [u16; 11] = [401, 200, 200, 200, 200, 200, 200, 200, 200, 403, 403];
/// The members of the organization.
const VIEWER: [u16; 11] = [401, 403, 200, 200, 200, 200, 200, 200, 200, 200, 403];
const MEMBER: [u16; 11] = [401, 403, 403, 200, 200, 200, 200, 200, 200, 200, 403];
const DEVELOPER: [u16; 11] = [401, 403, 403, 403, 200, 403, 200, 200, 200, 200, 403];
const ADMIN: [u16; 11] = [401, 403, 403, 403, 403, 403, 200, 200, 200, 200, 403];
const OWNER: [u16; 11] = [401, 403, 403, 403, 403, 403, 403, 200, 200, 200, 403];
/// Those who are in the space, or have all of the organization's.
const SPACE_VIEWER: [u16; 11] = [401, 404, 200, 404, 200, 200, 200, 200, 200, 200, 404];
const SPACE_ADMIN: [u16; 11] = [401, 404, 403, 404, 403, 200, 200, 200, 200, 200, 404];
/// Those who may write the organization's API keys.
const KEY_WRITER: [u16; 11] = [401, 404, 404, 404, 403, 404, 200, 200, 200, 200, 404];
const KEY: [u16; 11] = [401, 401, 401, 401, 401, 401, 401, 401, 401, 200, 200];
const SUPERADMIN: [u16; 11] = [401, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403];
/// Allowed to superadmins, and not possible as things are.
const SUPERADMIN_CONFLICT: [u16; 11] = [401, 403, 403, 403, 403, 403, 403, 403, 409, 403, 403];
/// Those who may change what is in the space.
const SPACE_EDITOR: [u16; 11] = [401, 404, 403, 404, 200, 200, 200, 200, 200, 200, 404];
/// Allowed to those who may change what is in the space, and not possible as things are.
const SPACE_EDITOR_CONFLICT: [u16; 11] = [401, 404, 403, 404, 409, 409, 409, 409, 409, 409, 404];

/// Route, body, and the status for each principal. Writes are dry runs: 200 is «it would be done».
pub const TABLE: &[Row] = &[
    ("GET /livez", "", PUBLIC),
    ("GET /readyz", "", PUBLIC),
    ("GET /metrics", "", PUBLIC),
    ("GET /problems/{code}", "", PUBLIC),
    ("GET /schema.graphql", "", PUBLIC),
    ("GET /.well-known/jwks.json", "", PUBLIC),
    ("POST /graphql", r#"{"query": "{ me { id } }"}"#, SIGNED_IN),
    // Signing in: credentials are in the body.
    ("POST /api/v1/auth/signup", r#"{"email": "new@example.com", "password": "{password}", "name": "New"}"#, [200; 11]),
    ("POST /api/v1/auth/login", r#"{"email": "target@example.com", "password": "{password}"}"#, PUBLIC),
    ("POST /api/v1/auth/refresh", r#"{"refresh_token": "{refresh}"}"#, PUBLIC),
    ("POST /api/v1/auth/activate", r#"{"token": "x", "password": "{password}", "name": "New"}"#, [404; 11]),
    ("POST /api/v1/auth/password-reset", r#"{"token": "x", "password": "{password}"}"#, [404; 11]),
    // A superadmin who sends address and password has no session.
    ("POST /api/v1/auth/logout", "", [401, 200, 200, 200, 200, 200, 200, 200, 403, 403, 403]),
    (
        "POST /api/v1/auth/switch",
        r#"{"organization": "acme"}"#,
        [401, 403, 200, 200, 200, 200, 200, 200, 403, 403, 403],
    ),
    // The caller.
    ("GET /api/v1/me", "", SIGNED_IN),
    ("PATCH /api/v1/me", r#"{"name": "Other"}"#, PERSON),
    (
        "POST /api/v1/me/password",
        r#"{"current_password": "x", "new_password": "short"}"#,
        [401, 422, 422, 422, 422, 422, 422, 422, 422, 403, 403],
    ),
    ("GET /api/v1/me/sessions", "", PERSON),
    ("DELETE /api/v1/me/sessions/{id}", "", [401, 404, 404, 404, 404, 404, 404, 404, 404, 403, 403]),
    // Accounts.
    ("GET /api/v1/users", "", SUPERADMIN),
    ("GET /api/v1/users/{id}", "", SUPERADMIN),
    ("PATCH /api/v1/users/{id}", r#"{"name": "Other"}"#, SUPERADMIN),
    ("POST /api/v1/users/{id}/disable", "", SUPERADMIN),
    ("POST /api/v1/users/{id}/enable", "", SUPERADMIN_CONFLICT),
    ("POST /api/v1/users/{id}/grant-superadmin", "", SUPERADMIN),
    ("POST /api/v1/users/{id}/revoke-superadmin", "", SUPERADMIN),
    ("POST /api/v1/users/{id}/password-reset", "", SUPERADMIN),
    // Organizations.
    ("GET /api/v1/organizations", "", SIGNED_IN),
    ("POST /api/v1/organizations", r#"{"name": "New"}"#, PERSON),
    ("GET /api/v1/organizations/{org}", "", VIEWER),
    ("PATCH /api/v1/organizations/{org}", r#"{"name": "Other"}"#, ADMIN),
    ("DELETE /api/v1/organizations/{org}", "", OWNER),
    ("POST /api/v1/organizations/{org}/slug", r#"{"slug": "other"}"#, ADMIN),
    ("PATCH /api/v1/organizations/{org}/limits", r#"{"max_spaces": 1}"#, ADMIN),
    ("POST /api/v1/organizations/{org}/suspend", "", SUPERADMIN),
    ("POST /api/v1/organizations/{org}/reactivate", "", SUPERADMIN_CONFLICT),
    ("POST /api/v1/organizations/{org}/restore", "", [401, 403, 403, 403, 403, 403, 403, 409, 409, 403, 403]),
    ("POST /api/v1/organizations/{org}/purge", "", SUPERADMIN_CONFLICT),
    // Members.
    ("GET /api/v1/organizations/{org}/members", "", MEMBER),
    ("PATCH /api/v1/organizations/{org}/members/{user_id}", r#"{"role": "member"}"#, ADMIN),
    ("DELETE /api/v1/organizations/{org}/members/{user_id}", "", ADMIN),
    ("POST /api/v1/organizations/{org}/members/{user_id}/suspend", "", ADMIN),
    ("POST /api/v1/organizations/{org}/members/{user_id}/reinstate", "", ADMIN),
    ("POST /api/v1/organizations/{org}/users", r#"{"user_email": "outsider@example.com", "role": "viewer"}"#, ADMIN),
    ("PATCH /api/v1/organizations/{org}/users/{user_id}", r#"{"role": "member"}"#, ADMIN),
    ("DELETE /api/v1/organizations/{org}/users/{user_id}", "", ADMIN),
    // The only owner cannot leave, and those who are not members have nothing to leave.
    ("POST /api/v1/organizations/{org}/leave", "", [401, 403, 200, 200, 200, 200, 200, 409, 404, 403, 403]),
    (
        "POST /api/v1/organizations/{org}/transfer-ownership",
        r#"{"user_id": "{user_id}"}"#,
        [401, 403, 403, 403, 403, 403, 403, 200, 200, 403, 403],
    ),
    // Invitations. The one that is asked for is the outsider's.
    ("POST /api/v1/organizations/{org}/members/invite", r#"{"email": "new@example.com", "role": "viewer"}"#, ADMIN),
    ("GET /api/v1/organizations/{org}/invitations", "", ADMIN),
    ("POST /api/v1/organizations/{org}/invitations/{id}/resend", "", ADMIN),
    ("DELETE /api/v1/organizations/{org}/invitations/{id}", "", ADMIN),
    ("GET /api/v1/invitations/{token}", "", PUBLIC),
    ("POST /api/v1/invitations/{token}/accept", "", [401, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("POST /api/v1/invitations/{token}/decline", "", [401, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
    // Roles.
    ("GET /api/v1/organizations/{org}/roles", "", MEMBER),
    ("POST /api/v1/organizations/{org}/roles", r#"{"key": "new", "name": "New", "permissions": []}"#, ADMIN),
    ("GET /api/v1/organizations/{org}/roles/{role}", "", MEMBER),
    ("PATCH /api/v1/organizations/{org}/roles/{role}", r#"{"name": "Other"}"#, ADMIN),
    ("DELETE /api/v1/organizations/{org}/roles/{role}", "", ADMIN),
    // Teams.
    ("GET /api/v1/organizations/{org}/teams", "", VIEWER),
    ("POST /api/v1/organizations/{org}/teams", r#"{"name": "New"}"#, ADMIN),
    ("GET /api/v1/organizations/{org}/teams/{team}", "", VIEWER),
    ("PATCH /api/v1/organizations/{org}/teams/{team}", r#"{"name": "Other"}"#, ADMIN),
    ("DELETE /api/v1/organizations/{org}/teams/{team}", "", ADMIN),
    // Names and addresses, as in the list of members.
    ("GET /api/v1/organizations/{org}/teams/{team}/members", "", MEMBER),
    ("PUT /api/v1/organizations/{org}/teams/{team}/members/{user_id}", "", ADMIN),
    ("DELETE /api/v1/organizations/{org}/teams/{team}/members/{user_id}", "", ADMIN),
    // Use.
    ("GET /api/v1/organizations/{org}/usage", "", DEVELOPER),
    ("GET /api/v1/organizations/{org}/billing", "", ADMIN),
    // Workspaces.
    ("GET /api/v1/organizations/{org}/workspaces", "", VIEWER),
    ("POST /api/v1/organizations/{org}/workspaces", r#"{"name": "New"}"#, DEVELOPER),
    ("GET /api/v1/organizations/{org}/workspaces/{workspace}", "", VIEWER),
    ("PATCH /api/v1/organizations/{org}/workspaces/{workspace}", r#"{"name": "Other"}"#, DEVELOPER),
    ("POST /api/v1/organizations/{org}/workspaces/{workspace}/archive", "", DEVELOPER),
    // Projects.
    ("GET /api/v1/projects", "", SIGNED_IN),
    ("GET /api/v1/organizations/{org}/projects", "", VIEWER),
    ("POST /api/v1/organizations/{org}/projects", r#"{"name": "New"}"#, DEVELOPER),
    ("GET /api/v1/organizations/{org}/projects/{project}", "", VIEWER),
    ("PATCH /api/v1/organizations/{org}/projects/{project}", r#"{"name": "Other"}"#, DEVELOPER),
    ("POST /api/v1/organizations/{org}/projects/{project}/archive", "", DEVELOPER),
    // Spaces. In the one that is asked for, the viewer is a viewer, the developer an editor, and one member an admin. The
    // other one is the owner's own.
    ("GET /api/v1/spaces", "", SIGNED_IN),
    ("POST /api/v1/spaces", r#"{"name": "New"}"#, PERSON),
    ("GET /api/v1/spaces/{space}", "", SPACE_VIEWER),
    ("PATCH /api/v1/spaces/{space}", r#"{"name": "Other"}"#, SPACE_ADMIN),
    ("POST /api/v1/spaces/{space}/archive", "", SPACE_ADMIN),
    ("GET /api/v1/spaces/{space}/members", "", SPACE_VIEWER),
    ("GET /api/v1/spaces/{space}/members/{user_id}", "", SPACE_VIEWER),
    ("PUT /api/v1/spaces/{space}/members/{user_id}", r#"{"role": "editor"}"#, SPACE_ADMIN),
    ("DELETE /api/v1/spaces/{space}/members/{user_id}", "", SPACE_ADMIN),
    ("GET /api/v1/organizations/{org}/spaces", "", VIEWER),
    (
        "POST /api/v1/organizations/{org}/spaces",
        r#"{"space_id": "{own_space}"}"#,
        [401, 403, 403, 403, 403, 403, 404, 200, 200, 404, 403],
    ),
    ("DELETE /api/v1/organizations/{org}/spaces/{space_id}", "", ADMIN),
    // What is kept in that space.
    ("GET /api/v1/spaces/{space}/products", "", SPACE_VIEWER),
    ("POST /api/v1/spaces/{space}/products", r#"{"name": "New"}"#, SPACE_EDITOR),
    ("GET /api/v1/products/{id}", "", SPACE_VIEWER),
    ("PATCH /api/v1/products/{id}", r#"{"name": "Other"}"#, SPACE_EDITOR),
    ("POST /api/v1/products/{id}/archive", "", SPACE_EDITOR),
    ("GET /api/v1/spaces/{space}/contracts", "", SPACE_VIEWER),
    (
        "POST /api/v1/spaces/{space}/contracts",
        r#"{"name": "New", "producer_id": "{product}", "consumer_id": "{consumer}"}"#,
        SPACE_EDITOR,
    ),
    ("GET /api/v1/contracts/{id}", "", SPACE_VIEWER),
    ("PATCH /api/v1/contracts/{id}", r#"{"name": "Other"}"#, SPACE_EDITOR),
    ("POST /api/v1/contracts/{id}/activate", "", SPACE_EDITOR),
    ("POST /api/v1/contracts/{id}/deprecate", "", SPACE_EDITOR_CONFLICT),
    ("POST /api/v1/contracts/{id}/archive", "", SPACE_EDITOR),
    ("GET /api/v1/spaces/{space}/issues", "", SPACE_VIEWER),
    ("POST /api/v1/spaces/{space}/issues", r#"{"title": "New"}"#, SPACE_EDITOR),
    ("GET /api/v1/issues/{id}", "", SPACE_VIEWER),
    ("PATCH /api/v1/issues/{id}", r#"{"title": "Other"}"#, SPACE_EDITOR),
    ("POST /api/v1/issues/{id}/start", "", SPACE_EDITOR),
    ("POST /api/v1/issues/{id}/resolve", "", SPACE_EDITOR),
    ("POST /api/v1/issues/{id}/wont-fix", "", SPACE_EDITOR),
    ("POST /api/v1/issues/{id}/reopen", "", SPACE_EDITOR_CONFLICT),
    ("GET /api/v1/issues/{id}/comments", "", SPACE_VIEWER),
    ("POST /api/v1/issues/{id}/comments", r#"{"body": "Seen"}"#, SPACE_EDITOR),
    ("GET /api/v1/spaces/{space}/quality", "", SPACE_VIEWER),
    (
        "POST /api/v1/spaces/{space}/quality",
        r#"{"name": "New", "product_id": "{product}", "severity": "error"}"#,
        SPACE_EDITOR,
    ),
    ("GET /api/v1/quality/{id}", "", SPACE_VIEWER),
    ("PATCH /api/v1/quality/{id}", r#"{"name": "Other"}"#, SPACE_EDITOR),
    ("POST /api/v1/quality/{id}/archive", "", SPACE_EDITOR),
    ("GET /api/v1/quality/{id}/results", "", SPACE_VIEWER),
    ("POST /api/v1/quality/{id}/results", r#"{"outcome": "failed"}"#, SPACE_EDITOR),
    ("POST /api/v1/quality/{id}/results/{number}/ignore", "", SPACE_EDITOR),
    // What all spaces of the organization have together.
    ("GET /api/v1/organizations/{org}/products", "", VIEWER),
    ("GET /api/v1/organizations/{org}/contracts", "", VIEWER),
    ("GET /api/v1/organizations/{org}/issues", "", VIEWER),
    ("GET /api/v1/organizations/{org}/quality", "", VIEWER),
    ("GET /api/v1/organizations/{org}/stats", "", VIEWER),
    // API keys. The one that is asked for is the organization's; to those who may neither read nor write such keys it
    // does not exist.
    ("GET /api/v1/api-keys", "", PERSON),
    (
        "POST /api/v1/api-keys",
        r#"{"name": "New", "organization": "acme", "scopes": ["org:acme:projects:read"]}"#,
        ADMIN,
    ),
    ("GET /api/v1/api-keys/{id}", "", [401, 404, 404, 404, 200, 404, 200, 200, 200, 200, 404]),
    ("PATCH /api/v1/api-keys/{id}", r#"{"name": "Other"}"#, KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/rotate", "", KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/disable", "", KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/enable", "", [401, 404, 404, 404, 403, 404, 409, 409, 409, 409, 404]),
    ("POST /api/v1/api-keys/{id}/revoke", "", KEY_WRITER),
    // About keys themselves, by those who have one.
    ("GET /api/v1/api-keys/self", "", KEY),
    ("POST /api/v1/api-keys/revoke-self", "", KEY),
    ("POST /api/v1/api-keys/verify", r#"{"key": "{shown_key}"}"#, SIGNED_IN),
    ("GET /api/v1/security/findings", "", SIGNED_IN),
    ("GET /api/v1/security/score", "", SIGNED_IN),
    // The classic door.
    ("GET /api/me", "", PERSON),
    ("GET /api/organizations", "", SIGNED_IN),
    ("POST /api/organizations", r#"{"name": "New"}"#, PERSON),
    ("GET /api/organizations/{id}", "", VIEWER),
    ("PUT /api/organizations/{id}", r#"{"name": "Other"}"#, ADMIN),
    ("DELETE /api/organizations/{id}", "", OWNER),
    ("GET /api/organizations/{id}/teams", "", VIEWER),
    ("POST /api/organizations/{id}/teams", r#"{"name": "New"}"#, ADMIN),
    ("GET /api/stats", "", SIGNED_IN),
];
