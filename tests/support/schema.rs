//! Comparing bodies with the schemas of an OpenAPI document, more strictly than JSON Schema does: every property that
//! is described has to be there, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

/// The OpenAPI document of a server.
pub struct OpenApi(pub Value);

impl OpenApi {
    /// Checks the body of a reply to an operation. The path is the one of the document, `/api/v1/organizations/{org}`.
    ///
    /// # Panics
    /// With everything that differs.
    #[track_caller]
    pub fn check(&self, method: &str, path: &str, reply: &super::Reply) {
        let operation = &self.0["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        let response = self.resolve(&operation["responses"][reply.status.to_string()]);
        assert!(response.is_object(), "{method} {path} does not describe {}", reply.status);
        let Some(content) = response["content"].as_object() else {
            assert!(reply.body.is_empty(), "{method} {path} describes no body for {reply}");
            return;
        };
        let content_type = reply.header("content-type").unwrap_or_default();
        let described = content
            .get(content_type)
            .unwrap_or_else(|| panic!("{method} {path} describes no {content_type}: {content:?}"));
        let mut differences = Vec::new();
        self.compare(&described["schema"], &reply.json, "", &mut differences);
        assert!(differences.is_empty(), "{method} {path} {}: {differences:#?}\n{reply}", reply.status);
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let found = self.0.pointer(reference.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
            None => schema,
        }
    }

    fn compare(&self, schema: &Value, value: &Value, place: &str, differences: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if let Some(parts) = schema["allOf"].as_array() {
            return self.compare(&self.merged(parts), value, place, differences);
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let fits = choices.iter().any(|choice| {
                let mut inner = Vec::new();
                self.compare(choice, value, place, &mut inner);
                inner.is_empty()
            });
            if !fits {
                differences.push(format!("{place}: none of the choices fits {value}"));
            }
            return;
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(only) => vec![only],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return differences.push(format!("{place}: the schema has no type: {schema}")),
        };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_i64() && !types.contains(&"number") => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !types.contains(&kind) {
            return differences.push(format!("{place}: {kind} instead of {types:?}"));
        }
        match value {
            Value::String(text) => check_format(schema, text, place, differences),
            Value::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    self.compare(&schema["items"], item, &format!("{place}/{n}"), differences);
                }
            }
            Value::Object(fields) => self.compare_fields(schema, fields, place, differences),
            _ => {}
        }
    }

    /// Objects that are shown as one: a representation, and what some replies have beside it.
    fn merged(&self, parts: &[Value]) -> Value {
        let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
        for part in parts {
            let whole = part.get("$ref").is_some();
            let part = self.resolve(part);
            for (name, property) in part["properties"].as_object().into_iter().flatten() {
                properties.insert(name.clone(), property.clone());
                let always = part["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
                required.extend((whole || always).then(|| Value::from(name.as_str())));
            }
        }
        serde_json::json!({ "type": "object", "properties": properties, "required": required, "x-merged": true })
    }

    fn compare_fields(
        &self,
        schema: &Value,
        fields: &serde_json::Map<String, Value>,
        place: &str,
        differences: &mut Vec<String>,
    ) {
        let additional = schema.get("additionalProperties").filter(|additional| *additional != &Value::Bool(false));
        let described = schema["properties"].as_object();
        // An object of which nothing more is said.
        if described.is_none() && schema.get("additionalProperties").is_none() {
            return;
        }
        for (name, value) in fields {
            let place = format!("{place}/{name}");
            match (described.and_then(|properties| properties.get(name)), additional) {
                (Some(property), _) => self.compare(property, value, &place, differences),
                (None, Some(schema)) if schema.is_object() && schema.get("type").is_some() => {
                    self.compare(schema, value, &place, differences);
                }
                (None, Some(_)) => {}
                (None, None) => differences.push(format!("{place}: not described")),
            }
        }
        // A schema that is open at its end may leave out what it does not require; others show every field.
        for name in described.into_iter().flatten().map(|(name, _)| name) {
            let required = schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
            let shown = additional.is_none() && schema.get("x-merged").is_none();
            if !fields.contains_key(name) && (required || shown) {
                differences.push(format!("{place}/{name}: missing"));
            }
        }
    }
}

fn check_format(schema: &Value, text: &str, place: &str, differences: &mut Vec<String>) {
    let fits = match schema["format"].as_str() {
        Some("uuid") => uuid::Uuid::parse_str(text).is_ok_and(|id| id.hyphenated().to_string() == text),
        // RFC 3339 in UTC with milliseconds.
        Some("date-time") => {
            text.len() == "2026-03-01T12:00:00.000Z".len()
                && text.ends_with('Z')
                && chrono::DateTime::parse_from_rfc3339(text).is_ok()
        }
        _ => true,
    };
    if !fits {
        differences.push(format!("{place}: {text:?} is not a {}", schema["format"]));
    }
}

/// What every reply may carry without a word in the document: HTTP itself, and how replies are stored.
const PLUMBING: [&str; 6] = ["cache-control", "connection", "content-length", "content-type", "date", "vary"];

/// Described headers that depend on the request or on what there is.
const DEPENDING: [&str; 5] = ["idempotent-replayed", "link", "ratelimit", "ratelimit-policy", "x-total-count"];

impl OpenApi {
    /// What differs between the headers of a reply and those that are described for its status.
    pub fn headers_that_differ(&self, method: &str, path: &str, reply: &super::Reply) -> Vec<String> {
        let (described, sent) = self.headers(method, path, reply);
        let missing = described.difference(&sent).filter(|name| !DEPENDING.contains(&name.as_str()));
        let missing = missing.map(|name| format!("{method} {path} {}: {name} is described and not sent", reply.status));
        missing.chain(self.headers_beyond(method, path, reply)).collect()
    }

    /// The headers of a reply that are not described for its status.
    pub fn headers_beyond(&self, method: &str, path: &str, reply: &super::Reply) -> Vec<String> {
        let (described, sent) = self.headers(method, path, reply);
        let more = sent.difference(&described).filter(|name| !PLUMBING.contains(&name.as_str()));
        more.map(|name| format!("{method} {path} {}: {name} is sent and not described", reply.status)).collect()
    }

    /// The names of the headers that are described, and of those that were sent.
    fn headers(&self, method: &str, path: &str, reply: &super::Reply) -> (BTreeSet<String>, BTreeSet<String>) {
        let response = self.resolve(&self.0["paths"][path][method]["responses"][reply.status.to_string()]);
        let described = response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_lowercase());
        (described.collect(), reply.headers.keys().map(|name| name.as_str().to_owned()).collect())
    }
}

/// A walk through operations, whose replies are held against the document of the server.
pub struct Walk {
    pub openapi: OpenApi,
    /// Method and path of every operation that was met.
    pub checked: BTreeSet<String>,
}

impl Walk {
    pub async fn of(server: &super::Server) -> Self {
        let document = server.get("/openapi.json").anonymous().send().await.expect(200);
        Self { openapi: OpenApi(document.json), checked: BTreeSet::new() }
    }

    /// Checks the status and the body of a reply to an operation of the document.
    #[track_caller]
    pub fn check(&mut self, method: &str, path: &str, reply: super::Reply, status: u16) -> super::Reply {
        let reply = reply.expect(status);
        self.openapi.check(method, path, &reply);
        self.checked.insert(format!("{method} {path}"));
        reply
    }

    /// Every operation with one of these tags has been met.
    #[track_caller]
    pub fn met_all_of(&self, tags: &[&str]) {
        assert_eq!(self.checked, self.operations(tags), "an operation is not checked");
    }

    /// The operations that the conventions of these resources leave to others have been met, and no others.
    #[track_caller]
    pub fn met_beside(&self, resources: &[&super::resource::Resource]) {
        let beside = resources.iter().flat_map(|resource| resource.beside);
        let beside: BTreeSet<_> = beside.map(|(operation, _)| (*operation).to_owned()).collect();
        assert_eq!(self.checked, beside, "an operation is not checked");
    }

    /// Method and path of every operation with one of these tags.
    pub fn operations(&self, tags: &[&str]) -> BTreeSet<String> {
        let paths = self.openapi.0["paths"].as_object().expect("paths");
        let operations = paths
            .iter()
            .flat_map(|(path, item)| item.as_object().expect("operations").iter().map(move |one| (path, one)));
        let tagged = operations.filter(|(_, (_, operation))| tags.iter().any(|tag| operation["tags"][0] == *tag));
        tagged.map(|(path, (method, _))| format!("{method} {path}")).collect()
    }

    pub fn describes(&self, method: &str, path: &str) -> bool {
        self.openapi.0["paths"][path][method].is_object()
    }

    /// Whether an operation has a parameter of this name.
    pub fn takes(&self, method: &str, path: &str, parameter: &str) -> bool {
        let parameters = self.openapi.0["paths"][path][method]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| self.openapi.resolve(one)["name"] == parameter))
    }
}
