//! How a query arrives and leaves: what is accepted, as whom, and how long it may take.
//!
//! The library's own extractor is not used: it reads queries from URLs and from any content type, takes batches, and
//! knows no limit of the body.

use std::time::Duration;

use async_graphql::{Response, Variables, http::GraphiQLSource, parser::parse_query};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::header,
    response::{Html, IntoResponse},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::{
    error::{finish, refusal},
    limits,
    schema::{Schema, sdl},
    tokens,
};
use crate::web::{
    App, Code, Problem, Routes,
    describe::{Describe, Described},
    extract::{Caller, context, parse_body, read_body},
    fields::FieldProblem,
    reply::Plain,
    routes,
};

const TAG: &str = "graphql";
/// The largest request, in bytes: as many variables and as long a query as may be, with room for how JSON writes quotes
/// and line ends.
const MAX_BODY: usize = 320 * 1024;
/// How long a query may take.
const DEADLINE: Duration = Duration::from_secs(5);

pub(super) fn routes() -> OpenApiRouter<App> {
    Routes::new().routes(routes!(query)).routes(utoipa_axum::routes!(schema)).at("")
}

/// One query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GraphqlRequest {
    #[schema(example = "{ organizations(first: 10) { edges { node { id name } } } }")]
    query: String,
    /// Which operation to run, where the query has several.
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    variables: Option<serde_json::Map<String, Value>>,
    /// Accepted because some clients always send it; ignored.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    #[expect(dead_code, reason = "its presence is all that matters")]
    extensions: Option<serde_json::Map<String, Value>>,
}

/// The result of a query: data, and an error for everything that is missing from it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes the library's own type")]
pub struct GraphqlResponse {
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    errors: Option<Vec<GraphqlError>>,
}

/// `extensions.code` is one of the codes of problem documents, `extensions.requestId` the id of the request.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes the library's own type")]
pub struct GraphqlError {
    message: String,
    path: Option<Vec<Value>>,
    #[schema(value_type = Object)]
    extensions: Value,
}

/// A query and who asks it. It only reads, so that nothing is compared with an If-Match.
pub struct Asked {
    app: App,
    schema: Schema,
    caller: Caller,
    request_id: String,
    body: GraphqlRequest,
}

impl FromRequest<App> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let content = read_body(body, MAX_BODY).await.map_err(|problem| match problem.code {
            Code::BodyTooLarge => {
                Problem::with_detail(Code::BodyTooLarge, "A GraphQL request may have at most 320 KiB")
            }
            _ => problem,
        })?;
        // serde would take an array for the fields in their order.
        if content.trim_ascii_start().starts_with(b"[") {
            let batch = FieldProblem::new("", "A request is one query: batches are not accepted");
            return Err(Problem::invalid(vec![batch]));
        }
        let body = parse_body(&parts, &content)?;
        let schema = parts.extensions.remove::<Schema>().ok_or_else(|| Problem::new(Code::Internal))?;
        Ok(Self { app: app.clone(), schema, caller, request_id: context(&parts).request_id, body })
    }
}

impl Describe for Asked {
    fn describe(operation: &mut Described<'_>) {
        Caller::describe(operation);
        operation.body::<GraphqlRequest>();
        for status in ["403", "413", "415"] {
            operation.problem(status);
        }
    }
}

/// Run a GraphQL query
///
/// Queries only; writes go through REST. A request that is not valid gets a problem document; a query that fails gets
/// status 200 and `errors`.
#[utoipa::path(
    post, path = "/graphql", tag = TAG, operation_id = "graphql",
)]
async fn query(Asked { app, schema, caller, request_id, body }: Asked) -> Result<Plain<GraphqlResponse>, Problem> {
    let response = match prepare(body, app.settings.development) {
        Ok(request) => {
            let executed = tokio::time::timeout(DEADLINE, schema.execute(request.data(app).data(caller))).await;
            executed.map_err(|_| Problem::with_detail(Code::Timeout, "A query may take 5 seconds"))?
        }
        Err(problem) => Response::from_errors(vec![refusal(problem)]),
    };
    Ok(Plain::new(&finish(response, &request_id)))
}

/// The query, parsed, once it is known to be within the limits.
fn prepare(body: GraphqlRequest, development: bool) -> Result<async_graphql::Request, Problem> {
    tokens::check(&body.query)?;
    let variables = body.variables.unwrap_or_default();
    limits::check_variables(&variables)?;
    let document =
        parse_query(&body.query).map_err(|error| Problem::with_detail(Code::InvalidQuery, error.to_string()))?;
    let asks = limits::check(&document)?;
    if asks.schema && !development {
        return Err(Problem::with_detail(Code::InvalidQuery, "Introspection is off; the schema is at /schema.graphql"));
    }
    let variables = Variables::from_json(Value::Object(variables));
    let mut request = async_graphql::Request::new(body.query).variables(variables);
    request.operation_name = body.operation_name;
    request.set_parsed_query(document);
    Ok(request)
}

/// The GraphQL schema
///
/// In the schema definition language.
#[utoipa::path(
    get, path = "/schema.graphql", tag = TAG, operation_id = "graphql_schema", security(()),
    responses((status = 200, description = "The schema", body = String, content_type = "application/graphql")),
)]
async fn schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/graphql; charset=utf-8")], sdl())
}

/// The page of GraphiQL. It loads its scripts from elsewhere, one more reason to have it in development only.
pub(super) async fn graphiql() -> impl IntoResponse {
    Html(GraphiQLSource::build().endpoint("/graphql").title("Tenantry GraphiQL").finish())
}
