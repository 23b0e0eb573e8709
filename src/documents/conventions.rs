//! What every operation of the API has in common, written into its description once: headers and parameters that are
//! understood everywhere, and the problems that can be met.

use utoipa::openapi::{
    Content, HeaderBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder, Type,
    path::{Operation, ParameterBuilder, ParameterIn},
};

use crate::web::describe::{Header, RATE_LIMITS};

const PROBLEM_JSON: &str = "application/problem+json";

/// Name of the response, its status and what it means.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("BadRequest", "400", "JSON that does not parse, or a malformed header or cursor"),
    ("NotAuthenticated", "401", "No valid credentials"),
    ("Forbidden", "403", "No access to this organization, or a permission is missing"),
    ("NotFound", "404", "Unknown, or deleted"),
    ("Conflict", "409", "It conflicts with the current state; `code` says how"),
    ("PreconditionFailed", "412", "If-Match named another version"),
    ("ContentTooLarge", "413", "The body is too large"),
    ("UnsupportedMediaType", "415", "The body is not `application/json`"),
    ("Invalid", "422", "A field or a parameter is not valid; `errors` lists them all"),
    ("TooManyRequests", "429", "Too many of these; Retry-After says when to try again"),
    ("Unavailable", "503", "The server cannot answer now; Retry-After says when to try again"),
];

/// Completes the description of the API. What an operation takes and answers its handler has described already.
pub fn complete(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    for (name, status, meaning) in PROBLEMS {
        components.responses.insert((*name).to_owned(), problem(status, meaning).into());
    }
    for operation in openapi.paths.paths.values_mut().flat_map(operations) {
        complete_operation(operation);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

fn complete_operation(operation: &mut Operation) {
    let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(128));
    let request_id =
        ParameterBuilder::new().name("X-Request-Id").parameter_in(ParameterIn::Header).schema(Some(schema));
    let meaning = "At most 128 visible ASCII characters; one is made when absent. It is returned, and appears in logs, \
                   events and problems.";
    operation.parameters.get_or_insert_default().push(request_id.description(Some(meaning)).build());
    let responses = &mut operation.responses.responses;
    for (status, response) in responses {
        let RefOr::T(own) = response else { continue };
        if status.starts_with(['2', '3']) {
            if own.description.is_empty() {
                "OK".clone_into(&mut own.description);
            }
            says(own, "X-Request-Id", "The id of this request.");
        } else if own.description.is_empty() {
            *response = reference(status);
        } else {
            *own = problem(status, &own.description);
        }
    }
}

fn says(response: &mut Response, name: &str, meaning: &str) {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    response.headers.insert(name.to_owned(), HeaderBuilder::new().schema(schema).description(Some(meaning)).build());
}

fn reference(status: &str) -> RefOr<Response> {
    let name = PROBLEMS.iter().find(|(_, known, _)| *known == status).map_or("Unavailable", |(name, _, _)| *name);
    Ref::from_response_name(name).into()
}

fn problem(status: &str, meaning: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let mut response = ResponseBuilder::new().description(meaning).content(PROBLEM_JSON, content).build();
    match status {
        "401" => says(&mut response, "WWW-Authenticate", "The ways to sign in (RFC 6750, RFC 7617)."),
        "429" | "503" => says(&mut response, "Retry-After", "In how many seconds to try again."),
        _ => {}
    }
    match status {
        "401" => {}
        "429" => {
            says(
                &mut response,
                "RateLimit",
                "What is left of the limit that was reached (draft-ietf-httpapi-ratelimit-headers).",
            );
            says(&mut response, "RateLimit-Policy", "The limit that was reached.");
        }
        _ => RATE_LIMITS.iter().for_each(|Header(name, _, meaning)| says(&mut response, name, meaning)),
    }
    says(&mut response, "X-Request-Id", "The id of this request.");
    response
}
