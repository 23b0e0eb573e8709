//! The baselines of the read bars: axum with the one query behind it, and axum with nothing behind it.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use projections::{
    memberships::MembershipRow,
    organizations::{OrganizationCountersRow, OrganizationRow},
    roles::RoleRow,
    row::Row,
    users::UserRow,
};
use sqlx::{
    FromRow, PgPool,
    postgres::{PgPoolOptions, PgRow},
    types::Json as JsonColumn,
};
use uuid::Uuid;

use crate::{
    Result,
    answer::{Limits, Organization, Person, Settings},
};

#[derive(Clone)]
struct Bare {
    pool: PgPool,
    asker: Uuid,
    superadmin: bool,
    by_id: Arc<str>,
    list: Arc<str>,
}

/// Who asks the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Superadmin,
    /// The only one who signed up.
    Member,
}

/// The statements of the read model, over its tables.
pub async fn router(database_url: &str, asker: Asker) -> Result<Router> {
    let pool = PgPoolOptions::new().max_connections(10).connect(database_url).await?;
    let superadmin = asker == Asker::Superadmin;
    let found = sqlx::query_as("SELECT id FROM users WHERE is_superadmin = $1 LIMIT 1").bind(superadmin);
    let (asker,): (Uuid,) = found.fetch_one(&pool).await?;
    // Other askers than superadmins start from their own memberships.
    let (select, of_list) = (select("LEFT JOIN"), select(if superadmin { "LEFT JOIN" } else { "JOIN" }));
    let visible = "($3 IS NULL AND o.status <> 'deleted' OR o.status = $3) \
        AND ($4 IS NULL OR o.search_text LIKE $4 ESCAPE '\\') \
        AND ($5 IS NULL OR $5 LIKE '%' || CAST(o.id AS text) || '%') \
        AND ($2 OR m.status = 'active' AND (o.status = 'active' OR o.status = 'deleted' AND m.role = 'owner') \
            AND (r.key IS NULL OR CAST(r.permissions AS text) LIKE '%\"organization:read\"%'))";
    let bare = Bare {
        pool,
        asker,
        superadmin,
        by_id: format!("{select} WHERE o.id = $2").into(),
        list: format!("{of_list} WHERE {visible} AND ($6 IS NULL OR o.id < $6) ORDER BY o.id DESC LIMIT $7").into(),
    };
    Ok(Router::new().route("/organizations", get(list)).route("/organizations/{id}", get(one)).with_state(bare))
}

fn select(join_membership: &str) -> String {
    fn columns<R: Row>(alias: &str) -> Vec<String> {
        R::TABLE.columns.iter().map(|column| format!("{alias}.{0} AS {alias}_{0}", column.name)).collect()
    }
    let columns = [
        columns::<OrganizationRow>("o"),
        columns::<OrganizationCountersRow>("c"),
        columns::<UserRow>("u"),
        columns::<MembershipRow>("m"),
        columns::<RoleRow>("r"),
    ];
    format!(
        "SELECT {} FROM organizations o JOIN organization_counters c ON c.organization_id = o.id \
         LEFT JOIN users u ON u.id = o.owner_id \
         {join_membership} memberships m ON m.organization_id = o.id AND m.user_id = $1 \
         LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role",
        columns.concat().join(", ")
    )
}

async fn one(State(bare): State<Bare>, Path(id): Path<Uuid>) -> Response {
    let found = sqlx::query_as::<_, Answer>(&bare.by_id).bind(bare.asker).bind(id).fetch_optional(&bare.pool).await;
    match found {
        Ok(Some(Answer(organization))) => Json(organization).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn list(State(bare): State<Bare>) -> Response {
    let found = sqlx::query_as::<_, Answer>(&bare.list)
        .bind(bare.asker)
        .bind(bare.superadmin)
        .bind(None::<String>)
        .bind(None::<String>)
        .bind(None::<String>)
        .bind(None::<Uuid>)
        .bind(21_i64)
        .fetch_all(&bare.pool);
    match found.await {
        Ok(found) => Json(found.into_iter().take(20).map(|Answer(row)| row).collect::<Vec<_>>()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

struct Answer(Organization);

impl<'r> FromRow<'r, PgRow> for Answer {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let role: Option<String> = row.try_get("m_role")?;
        let JsonColumn(settings): JsonColumn<Settings> = row.try_get("o_settings")?;
        Ok(Self(Organization {
            id: row.try_get("o_id")?,
            name: row.try_get("o_name")?,
            slug: row.try_get("o_slug")?,
            description: row.try_get("o_description")?,
            domain: row.try_get("o_domain")?,
            billing_email: row.try_get("o_billing_email")?,
            status: row.try_get("o_status")?,
            plan: row.try_get("o_plan")?,
            is_personal: row.try_get("o_is_personal")?,
            owner: Person {
                id: row.try_get("o_owner_id")?,
                email: row.try_get("u_email")?,
                name: row.try_get("u_name")?,
            },
            is_owner: role.as_deref() == Some("owner"),
            role,
            user_count: row.try_get("c_users")?,
            workspace_count: row.try_get("c_workspaces")?,
            project_count: row.try_get("c_projects")?,
            space_count: row.try_get("c_spaces")?,
            limits: Limits::FREE,
            jwt_expiry_secs: row.try_get("o_jwt_expiry_secs")?,
            settings,
            metadata: row.try_get("o_metadata")?,
            purge_after: row.try_get("o_purge_after")?,
            created_at: row.try_get::<DateTime<Utc>, _>("o_created_at")?,
            updated_at: row.try_get::<DateTime<Utc>, _>("o_updated_at")?,
            ..Organization::default()
        }))
    }
}

/// Answers every request with the same bytes.
pub fn constant(bytes: &'static str) -> Router {
    Router::new().fallback(move || async move { ([(header::CONTENT_TYPE, "application/json")], bytes) })
}
