//! What describes the API: OpenAPI, its viewer, and a page for each problem.

use axum::{
    Router,
    extract::Path,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, PathItem, RefOr, Response as Described,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::SwaggerUi;

use super::{App, Problem, problem::Code};

#[derive(OpenApi)]
#[openapi(
    info(title = "Tenantry", description = "The organizations backend of a multi-tenant product."),
    tags(
        (name = "organizations", description = "Tenants: their profile, slug, limits and life."),
        (name = "classic", description = "The same resources in the fields of the classic documents."),
        (name = "operations", description = "For whoever runs the server."),
    ),
    security(("basic" = [])),
    modifiers(&Schemes),
)]
pub struct Description;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

/// Says of every problem that it is one: the macro would describe it as any other JSON.
pub fn with_problem_types(mut openapi: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let responses =
        openapi.paths.paths.values_mut().flat_map(operations).flat_map(|o| o.responses.responses.values_mut());
    for response in responses {
        if let RefOr::T(Described { content, .. }) = response {
            let kinds = std::mem::take(content).into_iter();
            *content = kinds.map(|(kind, content)| (problem_type(&content).unwrap_or(kind), content)).collect();
        }
    }
    openapi
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

fn problem_type(content: &Content) -> Option<String> {
    match &content.schema {
        Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem") => {
            Some("application/problem+json".to_owned())
        }
        _ => None,
    }
}

pub fn routes(openapi: utoipa::openapi::OpenApi) -> Router<App> {
    Router::new()
        .route("/problems/{code}", get(problem_page))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", openapi))
}

/// What a kind of problem means, for the person who follows its type.
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
