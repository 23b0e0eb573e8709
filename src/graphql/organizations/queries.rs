//! One organization, and the list of them.

use aggregates::organization::Status;
use async_graphql::{
    Context, ID, Object, Result,
    connection::{Connection, DefaultConnectionName, DefaultEdgeName, DisableNodesField, Edge, EmptyFields},
};

use super::{Organization, OrganizationStatus, asked};
use crate::{
    graphql::{
        connections::{DEFAULT_FIRST, cost, list},
        error::Fallible,
    },
    readmodel::organizations::{OrganizationFilter, Reference},
    web::{Code, Problem},
};

type Organizations =
    Connection<String, Organization, Total, EmptyFields, DefaultConnectionName, DefaultEdgeName, DisableNodesField>;

/// What a connection counts beside its page.
pub struct Total {
    filter: OrganizationFilter,
}

#[Object]
impl Total {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Fallible<i64> {
        Some(count(ctx, &self.filter).await)
    }
}

#[derive(Debug, Default)]
pub struct OrganizationQueries;

#[Object]
impl OrganizationQueries {
    /// One organization, by exactly one of `id` and `slug`; an old slug works too. When it does not exist or the caller
    /// may not read it, null and an error that says why.
    async fn organization(&self, ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Fallible<Organization> {
        Some(one(ctx, id, slug).await)
    }

    /// Those that the caller belongs to; a superadmin sees all. Newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        #[graphql(desc = "A cursor of this list with the same filters, from GraphQL or REST.")] after: Option<String>,
        #[graphql(desc = "Part of the name or slug; case is ignored.")] search: Option<String>,
        #[graphql(desc = "All but deleted ones when absent.")] status: Option<OrganizationStatus>,
    ) -> Fallible<Organizations> {
        let status = status.map(|status| Status::from(status).as_str().to_owned());
        Some(organizations(ctx, [("search", search), ("status", status)], (first, after)).await)
    }
}

async fn one(ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Result<Organization> {
    let (app, asker) = asked(ctx)?;
    let view = app.readmodel.organization(asker, &reference(id, slug)?).await.map_err(Problem::from)?;
    tracing::Span::current().record("organization", view.organization.id.to_string());
    Ok(Organization::alone(&view, asker))
}

async fn organizations(
    ctx: &Context<'_>,
    filters: [(&'static str, Option<String>); 2],
    paging: (i32, Option<String>),
) -> Result<Organizations> {
    let (app, asker) = asked(ctx)?;
    let (filter, list) = list::<OrganizationFilter>(ctx, "/organizations".to_owned(), filters, paging)?;
    let views = app.readmodel.organizations(asker, &filter, list.page()).await.map_err(Problem::from)?;
    let more = views.len() > list.most();
    let mut connection = Connection::with_additional_fields(list.goes_on(), more, Total { filter });
    let shown = views.get(..list.most()).unwrap_or(&views);
    let edge = |organization: Organization| Edge::new(list.cursor(organization.organization.uuid()), organization);
    connection.edges.extend(Organization::together(shown, asker).into_iter().map(edge));
    Ok(connection)
}

async fn count(ctx: &Context<'_>, filter: &OrganizationFilter) -> Result<i64> {
    let (app, asker) = asked(ctx)?;
    Ok(app.readmodel.count_organizations(asker, filter).await.map_err(Problem::from)?)
}

fn reference(id: Option<ID>, slug: Option<String>) -> Result<Reference, Problem> {
    match (id, slug) {
        (Some(id), None) => {
            // A text that is not an id would be looked up as a slug.
            id.parse().map(Reference::Id).map_err(|_| Problem::new(Code::OrganizationNotFound))
        }
        (None, Some(slug)) => Ok(Reference::Slug(slug)),
        _ => Err(Problem::with_detail(Code::Invalid, "Name an organization by exactly one of id and slug")),
    }
}
