//! Every field of the graph that leads somewhere. The columns are those of `world::PRINCIPALS`.

/// The types whose fields have rows. What all others have is part of what led to them.
pub const TYPES: [&str; 6] = ["Query", "User", "Organization", "Team", "Space", "Usage"];

type Row = (&'static str, &'static str, [&'static str; 11]);

const NOBODY: &str = "not_authenticated";
const UNKNOWN: &str = "api_key_not_found";
const NO_SPACE: &str = "space_not_found";
const SIGNED_IN: [&str; 11] = [NOBODY, "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"];
const VIEWER: [&str; 11] =
    [NOBODY, "not_a_member", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "missing_permission"];
const MEMBER: [&str; 11] =
    [NOBODY, "not_a_member", "missing_permission", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "missing_permission"];
const DEVELOPER: [&str; 11] = [
    NOBODY,
    "not_a_member",
    "missing_permission",
    "missing_permission",
    "ok",
    "missing_permission",
    "ok",
    "ok",
    "ok",
    "ok",
    "missing_permission",
];
const ADMIN: [&str; 11] = [
    NOBODY,
    "not_a_member",
    "missing_permission",
    "missing_permission",
    "missing_permission",
    "missing_permission",
    "ok",
    "ok",
    "ok",
    "ok",
    "missing_permission",
];

/// A space in which the viewer is a viewer, the developer an editor, and the member nothing.
const IN_SPACE: [&str; 11] = [NOBODY, NO_SPACE, "ok", NO_SPACE, "ok", "ok", "ok", "ok", "ok", "ok", NO_SPACE];

/// Fields, a query for them, and the code of its first error for each principal.
pub const TABLE: &[Row] = &[
    ("Query.me", "{ me { id } }", SIGNED_IN),
    ("User.id email name organization isSuperadmin", "{ me { id email name organization isSuperadmin } }", SIGNED_IN),
    ("User.memberships", "{ me { memberships { organization { id } } } }", SIGNED_IN),
    ("Query.node", r#"{ node(id: "{user_id}") { id } }"#, SIGNED_IN),
    ("Query.organizations", "{ organizations { edges { node { id } } } }", SIGNED_IN),
    ("Query.organization", r#"{ organization(slug: "acme") { id } }"#, VIEWER),
    (
        "Organization.id name slug description domain billingEmail status plan isPersonal owner isOwner role userCount \
         workspaceCount projectCount spaceCount limits usage jwtExpirySecs settings metadata purgeAfter createdAt updatedAt",
        r#"{ organization(slug: "acme") { id name slug description domain billingEmail status plan isPersonal owner { id }
            isOwner role userCount workspaceCount projectCount spaceCount limits { maxMembers } usage { runningAgents }
            jwtExpirySecs settings { locale } metadata purgeAfter createdAt updatedAt } }"#,
        VIEWER,
    ),
    ("Organization.members", r#"{ organization(slug: "acme") { members { edges { node { status } } } } }"#, MEMBER),
    ("Organization.invitations", r#"{ organization(slug: "acme") { invitations { edges { node { id } } } } }"#, ADMIN),
    ("Organization.roles", r#"{ organization(slug: "acme") { roles { key } } }"#, MEMBER),
    ("Organization.teams", r#"{ organization(slug: "acme") { teams { edges { node { id } } } } }"#, VIEWER),
    (
        "Team.id name description memberCount createdAt updatedAt",
        r#"{ organization(slug: "acme") { teams { edges { node { id name description memberCount createdAt updatedAt } } } } }"#,
        VIEWER,
    ),
    (
        "Team.members",
        r#"{ organization(slug: "acme") { teams(first: 5) { edges { node { members(first: 5) { edges { node { addedAt } } } } } } } }"#,
        MEMBER,
    ),
    ("Organization.billing", r#"{ organization(slug: "acme") { billing { total } } }"#, ADMIN),
    (
        "Usage.runningAgents runtimeHours",
        r#"{ organization(slug: "acme") { usage { runningAgents runtimeHours } } }"#,
        VIEWER,
    ),
    ("Usage.periods", r#"{ organization(slug: "acme") { usage { periods { start } } } }"#, DEVELOPER),
    ("Organization.workspaces", r#"{ organization(slug: "acme") { workspaces { edges { node { id } } } } }"#, VIEWER),
    ("Organization.projects", r#"{ organization(slug: "acme") { projects { edges { node { id } } } } }"#, VIEWER),
    ("Organization.apiKeys", r#"{ organization(slug: "acme") { apiKeys { edges { node { id } } } } }"#, DEVELOPER),
    (
        "Query.apiKey",
        r#"{ apiKey(id: "{api_key}") { id } }"#,
        [NOBODY, UNKNOWN, UNKNOWN, UNKNOWN, "ok", UNKNOWN, "ok", "ok", "ok", "ok", UNKNOWN],
    ),
    (
        "User.apiKeys",
        "{ me { apiKeys { edges { node { id } } } } }",
        [NOBODY, "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "person_required", "person_required"],
    ),
    ("Query.spaces", "{ spaces { edges { node { id } } } }", SIGNED_IN),
    ("Query.space", r#"{ space(id: "{space}") { id } }"#, IN_SPACE),
    (
        "Space.id organization name slug description role status createdAt updatedAt",
        r#"{ space(id: "{space}") { id organization { id } name slug description role status createdAt updatedAt } }"#,
        IN_SPACE,
    ),
    ("Space.members", r#"{ space(id: "{space}") { members { edges { node { role } } } } }"#, IN_SPACE),
    ("Organization.spaces", r#"{ organization(slug: "acme") { spaces { edges { node { id } } } } }"#, VIEWER),
    (
        "Space.products",
        r#"{ space(id: "{space}") { products(status: ALL, search: "o") { edges { node { id } } } } }"#,
        IN_SPACE,
    ),
    (
        "Space.contracts",
        r#"{ space(id: "{space}") { contracts(includeArchived: true) { edges { node { id } } } } }"#,
        IN_SPACE,
    ),
    (
        "Space.issues",
        r#"{ space(id: "{space}") { issues(first: 5) { edges { node { comments(first: 5) { edges { node { body } } } } } } } }"#,
        IN_SPACE,
    ),
    (
        "Space.qualityChecks",
        r#"{ space(id: "{space}") { qualityChecks(first: 5) { edges { node { results(first: 5) { edges { node { number } } } } } } } }"#,
        IN_SPACE,
    ),
    (
        "Organization.products",
        r#"{ organization(slug: "acme") { products(status: ALL, search: "o") { edges { node { id } } } } }"#,
        VIEWER,
    ),
    (
        "Organization.contracts",
        r#"{ organization(slug: "acme") { contracts(includeArchived: true) { edges { node { id } } } } }"#,
        VIEWER,
    ),
    (
        "Organization.issues",
        r#"{ organization(slug: "acme") { issues(status: [OPEN], priority: MEDIUM) { edges { node { id } } } } }"#,
        VIEWER,
    ),
    (
        "Organization.qualityChecks",
        r#"{ organization(slug: "acme") { qualityChecks(includeArchived: true) { edges { node { id } } } } }"#,
        VIEWER,
    ),
    ("Organization.stats", r#"{ organization(slug: "acme") { stats { totalSpaces qualityScore } } }"#, VIEWER),
    ("Query.projects", "{ projects { edges { node { id } } } }", SIGNED_IN),
];
