//! Asking the graph, and reading its answers.

use serde_json::{Value, json};

use crate::support::{Request, Server};

/// A query.
pub fn query(server: &Server, text: &str) -> Request {
    server.post("/graphql").json(json!({ "query": text }))
}

/// The data of a query without errors.
pub async fn data(request: Request) -> Value {
    let mut reply = request.send().await.expect(200);
    assert_eq!(reply["errors"], Value::Null, "{reply}");
    reply.json["data"].take()
}

/// The nodes of a connection.
pub fn nodes(connection: &Value) -> Vec<Value> {
    let edges = connection["edges"].as_array().unwrap_or_else(|| panic!("no edges: {connection}"));
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

/// REST's names in the form of GraphQL.
pub fn camel(value: &Value) -> Value {
    let name = |name: &str| {
        let mut parts = name.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |mut all, part| {
            all.extend(part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)));
            all
        })
    };
    match value {
        Value::Object(object) => object.iter().map(|(key, value)| (name(key), camel(value))).collect(),
        Value::Array(list) => list.iter().map(camel).collect(),
        other => other.clone(),
    }
}

/// How many statements the read model has sent.
pub async fn queries(server: &Server) -> u64 {
    let metrics = server.get("/metrics").send().await.expect(200).body;
    let line = metrics.lines().find(|line| line.starts_with("tenantry_readmodel_queries_total"));
    line.and_then(|line| line.rsplit(' ').next()).and_then(|number| number.parse().ok()).expect("a count of queries")
}

impl Server {
    /// What a query with variables answers, with status 200.
    pub async fn answer(&self, text: &str, variables: Value) -> Value {
        self.post("/graphql").json(json!({ "query": text, "variables": variables })).send().await.expect(200).json
    }

    /// The data of a query that has no errors.
    pub async fn data(&self, text: &str, variables: Value) -> Value {
        let mut answer = self.answer(text, variables).await;
        assert_eq!(answer.get("errors"), None, "{text}: {answer}");
        answer["data"].take()
    }

    /// The code of the one error that a query has.
    pub async fn code(&self, text: &str, variables: Value) -> String {
        let answer = self.answer(text, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{text} has no error: {answer}")).to_owned()
    }
}
