//! What describes the API: OpenAPI, its viewer, and a page for each problem.

mod conventions;

use axum::{
    Router,
    extract::Path,
    response::{Html, IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::routes;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use self::conventions::complete;
use super::web::{App, Code, Problem, ProblemDocument, Routes};

const TAG: &str = "documents";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tenantry",
        description = "The organizations backend of a multi-tenant product. Every path under `/api/v1` is served under `/v1` as well.",
    ),
    tags(
        (name = "organizations", description = "Tenants: their profile, slug, limits and life."),
        (name = "authentication", description = "Signing up, in and out, and links that work once."),
        (name = "me", description = "The caller's own account, memberships and sessions."),
        (name = "users", description = "Every account, for superadmins."),
        (name = "members", description = "Who belongs to an organization, and in which role."),
        (name = "invitations", description = "Offers of membership, and their answers."),
        (name = "roles", description = "What members may do: built-in roles, and an organization's own."),
        (name = "teams", description = "Groups of an organization's members."),
        (name = "workspaces", description = "Containers for work inside an organization."),
        (name = "projects", description = "Pieces of work inside an organization."),
        (name = "spaces", description = "What a product is kept in, with members of its own; an organization sees across its spaces."),
        (name = "products", description = "What is offered in a space."),
        (name = "contracts", description = "Agreements between two products of a space."),
        (name = "issues", description = "What someone has to see to in a space."),
        (name = "quality", description = "What products are measured by, and how that went."),
        (name = "api keys", description = "Credentials of programs: creating, verifying and revoking them."),
        (name = "security", description = "Weaknesses of what the caller is responsible for."),
        (name = "statistics", description = "What an organization and its spaces amount to."),
        (name = "usage", description = "What API keys were used for, and what that costs."),
        (name = "graphql", description = "The read side as a graph."),
        (name = "classic", description = "An older interface to these resources, with the fields that its clients expect."),
        (name = "operations", description = "For the operators of the server."),
        (name = "documents", description = "The API's description of itself."),
    ),
    servers((url = "/", description = "The server that this was read from")),
    components(schemas(ProblemDocument)),
    security(("bearer" = []), ("basic" = [])),
    modifiers(&Schemes),
)]
pub struct Description;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

/// The documents that are described themselves.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(problem_page))
}

/// The description and its viewer, all of it from this program: nothing is sent to a validator elsewhere.
pub fn viewer(openapi: utoipa::openapi::OpenApi) -> Router<App> {
    let config = Config::default().deep_linking(true).validator_url("none");
    Router::new().merge(SwaggerUi::new("/docs").config(config).url("/openapi.json", openapi))
}

/// What a kind of problem means
///
/// The page that the `type` of a problem leads to.
#[utoipa::path(
    get, path = "/problems/{code}", tag = TAG, operation_id = "problem_page", security(()),
    params(("code" = String, Path, description = "The code of a problem")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown code", body = ProblemDocument),
    ),
)]
async fn problem_page(Path(code): Path<String>) -> Response {
    let Some(code) = Code::ALL.iter().copied().find(|known| known.as_str() == code) else {
        return Problem::new(Code::NotFound).into_response();
    };
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>Code <code>{code}</code>, status {status}.</p><p>{meaning}</p></html>\n",
        title = code.title(),
        code = code.as_str(),
        status = code.status(),
        meaning = code.meaning(),
    ))
    .into_response()
}
