//! Every route. The columns are those of `world::PRINCIPALS`: nobody, an outsider, viewer, member, developer, admin, owner,
//! superadmin, and the owner's API keys with the scope and without it.

type Row = (&'static str, &'static str, [u16; 10]);

/// Whoever it is.
const PUBLIC: [u16; 10] = [200; 10];
/// Whoever is signed in.
const SIGNED_IN: [u16; 10] = [401, 200, 200, 200, 200, 200, 200, 200, 200, 200];
/// Signed in as the person concerned.
const PERSON: [u16; 10] = [401, 200, 200, 200, 200, 200, 200, 200, 403, 403];
/// Whoever belongs to the organization.
const VIEWER: [u16; 10] = [401, 403, 200, 200, 200, 200, 200, 200, 200, 403];
const MEMBER: [u16; 10] = [401, 403, 403, 200, 200, 200, 200, 200, 200, 403];
const DEVELOPER: [u16; 10] = [401, 403, 403, 403, 200, 200, 200, 200, 200, 403];
const ADMIN: [u16; 10] = [401, 403, 403, 403, 403, 200, 200, 200, 200, 403];
const OWNER: [u16; 10] = [401, 403, 403, 403, 403, 403, 200, 200, 200, 403];
/// Whoever writes the organization's API keys.
const KEY_WRITER: [u16; 10] = [401, 404, 404, 404, 403, 200, 200, 200, 200, 404];
const KEY: [u16; 10] = [401, 401, 401, 401, 401, 401, 401, 401, 200, 200];
const SUPERADMIN: [u16; 10] = [401, 403, 403, 403, 403, 403, 403, 200, 403, 403];
/// Allowed to superadmins, and not possible as things are.
const SUPERADMIN_CONFLICT: [u16; 10] = [401, 403, 403, 403, 403, 403, 403, 409, 403, 403];
const READS_SPACE: [u16; 10] = [401, 404, 200, 404, 200, 200, 200, 200, 200, 404];
const WRITES_SPACE: [u16; 10] = [401, 404, 403, 404, 200, 200, 200, 200, 200, 404];
/// Allowed to whoever writes in the space, and not possible as things are.
const WRITES_SPACE_CONFLICT: [u16; 10] = [401, 404, 403, 404, 409, 409, 409, 409, 409, 404];

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
    ("POST /api/v1/auth/signup", r#"{"email": "new@example.com", "password": "{password}", "name": "New"}"#, [200; 10]),
    ("POST /api/v1/auth/login", r#"{"email": "target@example.com", "password": "{password}"}"#, PUBLIC),
    ("POST /api/v1/auth/refresh", r#"{"refresh_token": "{refresh}"}"#, PUBLIC),
    ("POST /api/v1/auth/activate", r#"{"token": "x", "password": "{password}", "name": "New"}"#, [404; 10]),
    ("POST /api/v1/auth/password-reset", r#"{"token": "x", "password": "{password}"}"#, [404; 10]),
    // A superadmin who sends address and password has no session.
    ("POST /api/v1/auth/logout", "", [401, 200, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("POST /api/v1/auth/switch", r#"{"organization": "acme"}"#, [401, 403, 200, 200, 200, 200, 200, 403, 403, 403]),
    // The caller.
    ("GET /api/v1/me", "", SIGNED_IN),
    ("PATCH /api/v1/me", r#"{"name": "Other"}"#, PERSON),
    (
        "POST /api/v1/me/password",
        r#"{"current_password": "x", "new_password": "short"}"#,
        [401, 422, 422, 422, 422, 422, 422, 422, 403, 403],
    ),
    ("GET /api/v1/me/sessions", "", PERSON),
    ("DELETE /api/v1/me/sessions/{id}", "", [401, 404, 404, 404, 404, 404, 404, 404, 403, 403]),
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
    ("POST /api/v1/organizations/{org}/restore", "", [401, 403, 403, 403, 403, 403, 409, 409, 403, 403]),
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
    ("POST /api/v1/organizations/{org}/leave", "", [401, 403, 200, 200, 200, 200, 409, 404, 403, 403]),
    (
        "POST /api/v1/organizations/{org}/transfer-ownership",
        r#"{"user_id": "{user_id}"}"#,
        [401, 403, 403, 403, 403, 403, 200, 200, 403, 403],
    ),
    // Invitations. The one that is asked for is the outsider's.
    ("POST /api/v1/organizations/{org}/members/invite", r#"{"email": "new@example.com", "role": "viewer"}"#, ADMIN),
    ("GET /api/v1/organizations/{org}/invitations", "", ADMIN),
    ("POST /api/v1/organizations/{org}/invitations/{id}/resend", "", ADMIN),
    ("DELETE /api/v1/organizations/{org}/invitations/{id}", "", ADMIN),
    ("GET /api/v1/invitations/{token}", "", PUBLIC),
    ("POST /api/v1/invitations/{token}/accept", "", [401, 200, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("POST /api/v1/invitations/{token}/decline", "", [401, 200, 403, 403, 403, 403, 403, 403, 403, 403]),
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
    // What is kept in a space of the organization. The viewer is a viewer there, the developer an editor, and the member
    // nothing.
    ("GET /api/v1/spaces/{space}/products", "", READS_SPACE),
    ("POST /api/v1/spaces/{space}/products", r#"{"name": "New"}"#, WRITES_SPACE),
    ("GET /api/v1/products/{id}", "", READS_SPACE),
    ("PATCH /api/v1/products/{id}", r#"{"name": "Other"}"#, WRITES_SPACE),
    ("POST /api/v1/products/{id}/archive", "", WRITES_SPACE),
    ("GET /api/v1/spaces/{space}/contracts", "", READS_SPACE),
    (
        "POST /api/v1/spaces/{space}/contracts",
        r#"{"name": "New", "producer_id": "{product}", "consumer_id": "{consumer}"}"#,
        WRITES_SPACE,
    ),
    ("GET /api/v1/contracts/{id}", "", READS_SPACE),
    ("PATCH /api/v1/contracts/{id}", r#"{"name": "Other"}"#, WRITES_SPACE),
    ("POST /api/v1/contracts/{id}/activate", "", WRITES_SPACE),
    ("POST /api/v1/contracts/{id}/deprecate", "", WRITES_SPACE_CONFLICT),
    ("POST /api/v1/contracts/{id}/archive", "", WRITES_SPACE),
    ("GET /api/v1/spaces/{space}/issues", "", READS_SPACE),
    ("POST /api/v1/spaces/{space}/issues", r#"{"title": "New"}"#, WRITES_SPACE),
    ("GET /api/v1/issues/{id}", "", READS_SPACE),
    ("PATCH /api/v1/issues/{id}", r#"{"title": "Other"}"#, WRITES_SPACE),
    ("POST /api/v1/issues/{id}/start", "", WRITES_SPACE),
    ("POST /api/v1/issues/{id}/resolve", "", WRITES_SPACE),
    ("POST /api/v1/issues/{id}/wont-fix", "", WRITES_SPACE),
    ("POST /api/v1/issues/{id}/reopen", "", WRITES_SPACE_CONFLICT),
    ("GET /api/v1/issues/{id}/comments", "", READS_SPACE),
    ("POST /api/v1/issues/{id}/comments", r#"{"body": "Seen"}"#, WRITES_SPACE),
    ("GET /api/v1/spaces/{space}/quality", "", READS_SPACE),
    (
        "POST /api/v1/spaces/{space}/quality",
        r#"{"name": "New", "product_id": "{product}", "severity": "error"}"#,
        WRITES_SPACE,
    ),
    ("GET /api/v1/quality/{id}", "", READS_SPACE),
    ("PATCH /api/v1/quality/{id}", r#"{"name": "Other"}"#, WRITES_SPACE),
    ("POST /api/v1/quality/{id}/archive", "", WRITES_SPACE),
    ("GET /api/v1/quality/{id}/results", "", READS_SPACE),
    ("POST /api/v1/quality/{id}/results", r#"{"outcome": "failed"}"#, WRITES_SPACE),
    ("POST /api/v1/quality/{id}/results/{number}/ignore", "", WRITES_SPACE),
    // API keys. The one that is asked for is the organization's; to whoever may neither read nor write such keys it does
    // not exist.
    ("GET /api/v1/api-keys", "", PERSON),
    (
        "POST /api/v1/api-keys",
        r#"{"name": "New", "organization": "acme", "scopes": ["org:acme:projects:read"]}"#,
        ADMIN,
    ),
    ("GET /api/v1/api-keys/{id}", "", [401, 404, 404, 404, 200, 200, 200, 200, 200, 404]),
    ("PATCH /api/v1/api-keys/{id}", r#"{"name": "Other"}"#, KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/rotate", "", KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/disable", "", KEY_WRITER),
    ("POST /api/v1/api-keys/{id}/enable", "", [401, 404, 404, 404, 403, 409, 409, 409, 409, 404]),
    ("POST /api/v1/api-keys/{id}/revoke", "", KEY_WRITER),
    // About keys themselves, by whoever has one.
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
];
