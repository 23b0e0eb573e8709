//! What every operation of the API has in common, written into its description once: headers and parameters that are
//! understood everywhere, and the problems that can be met.

use utoipa::openapi::{
    Content, HeaderBuilder, HttpMethod, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    security::SecurityRequirement,
};

const PROBLEM_JSON: &str = "application/problem+json";
const ETAG: &str = "ETag";

/// Name of the response, its status and what it means.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("BadRequest", "400", "JSON that does not parse, or a malformed header or cursor"),
    ("NotAuthenticated", "401", "No valid credentials"),
    ("Forbidden", "403", "No access to this organization, or a permission is missing"),
    ("NotFound", "404", "Unknown, or deleted"),
    ("Conflict", "409", "It conflicts with the current state; `code` says how"),
    ("Gone", "410", "It is no longer possible"),
    ("PreconditionFailed", "412", "If-Match named another version"),
    ("ContentTooLarge", "413", "The body is too large"),
    ("UnsupportedMediaType", "415", "The body is not `application/json`"),
    ("Invalid", "422", "A field or a parameter is not valid; `errors` lists them all"),
    ("Unavailable", "503", "The server cannot answer now; Retry-After says when to try again"),
];

/// Completes the description of the API.
pub fn complete(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    for (name, _, meaning) in PROBLEMS {
        components.responses.insert((*name).to_owned(), problem(meaning).into());
    }
    for (path, item) in &mut openapi.paths.paths {
        for (method, operation) in operations(item) {
            Kind::of(path, &method, operation).describe(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// What decides which conventions an operation follows.
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct Kind {
    /// Part of `/api`, where the conventions hold.
    rest: bool,
    /// Needs credentials.
    secured: bool,
    writes: bool,
    /// Is about one resource that exists already.
    single: bool,
    takes_body: bool,
}

impl Kind {
    fn of(path: &str, method: &HttpMethod, operation: &Operation) -> Self {
        let rest = path.starts_with("/api/");
        Self {
            rest,
            secured: !operation.security.as_ref().is_some_and(|all| all.contains(&SecurityRequirement::default())),
            writes: rest && *method != HttpMethod::Get,
            single: rest && path.contains('{'),
            takes_body: *method != HttpMethod::Get,
        }
    }

    fn describe(&self, operation: &mut Operation) {
        operation.parameters.get_or_insert_default().extend(self.parameters());
        let responses = &mut operation.responses.responses;
        for status in self.problems() {
            responses.entry(status.to_owned()).or_insert_with(|| reference(status));
        }
        if self.single && !self.writes {
            responses
                .entry("304".to_owned())
                .or_insert_with(|| Response::new("The caller has this state already").into());
        }
        for (status, response) in responses {
            let RefOr::T(own) = response else { continue };
            match own.description.as_str() {
                _ if status.starts_with(['2', '3']) => self.describe_success(status, own),
                "" => *response = reference(status),
                meaning => *own = problem(meaning),
            }
        }
    }

    fn problems(&self) -> impl Iterator<Item = &'static str> {
        let applies = |status: &str| match status {
            "400" | "422" | "503" => self.secured || self.rest,
            "401" => self.secured,
            "403" => self.rest && (self.single || self.writes),
            "404" => self.single,
            "409" => self.writes,
            "412" => self.single && self.writes,
            "413" | "415" => (self.secured || self.rest) && self.takes_body,
            _ => false,
        };
        PROBLEMS
            .iter()
            .map(|(_, status, _)| *status)
            .filter(move |status| applies(status))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        if self.writes {
            all.push(header("Idempotency-Key", "1 to 255 visible ASCII characters, a new one for each new request. A repeated request with the same key takes effect once and gets the same reply, for 7 days."));
            if self.single {
                all.push(header(
                    "If-Match",
                    "The ETag of the version to change; the status is 412 when the resource has another one.",
                ));
            }
            let dry_run = "With `true` nothing is written: the status is 200, and the reply has the events that would be appended and the reply that would be given.";
            all.push(parameter("dry_run", ParameterIn::Query, Type::Boolean, dry_run));
        } else if self.single {
            all.push(header("If-None-Match", "An ETag; the status is 304 when the resource still has it."));
        }
        all.push(header("X-Request-Id", "At most 128 visible ASCII characters; generated when absent. It is returned, and recorded in logs, events and problems."));
        all
    }

    fn describe_success(&self, status: &str, response: &mut Response) {
        if response.description.is_empty() {
            response.description = if status == "201" { "Created" } else { "OK" }.to_owned();
        }
        let headers = &mut response.headers;
        let mut add = |name: &str, kind: Type, text: &str| {
            let schema = ObjectBuilder::new().schema_type(kind);
            let described = HeaderBuilder::new().schema(schema).description(Some(text)).build();
            headers.insert(name.to_owned(), described);
        };
        add("X-Request-Id", Type::String, "The id of this request.");
        if self.writes {
            add("Ledger-Position", Type::Integer, "The position of the last event that was appended.");
            add(
                "Idempotent-Replayed",
                Type::String,
                "`true` when the reply is that of an earlier request with the same key.",
            );
        }
        if self.rest && status != "204" && (self.single || self.writes) {
            add(ETAG, Type::String, "`\"v<version>-<hash of the body>\"`.");
        }
    }
}

fn reference(status: &str) -> RefOr<Response> {
    let name = PROBLEMS.iter().find(|(_, known, _)| *known == status).map_or("Unavailable", |(name, _, _)| *name);
    Ref::from_response_name(name).into()
}

fn problem(meaning: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(meaning).content(PROBLEM_JSON, content).build()
}

fn header(name: &str, text: &str) -> Parameter {
    parameter(name, ParameterIn::Header, Type::String, text)
}

fn parameter(name: &str, place: ParameterIn, kind: Type, text: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(text))
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .build()
}
