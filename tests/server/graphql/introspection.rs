//! What the schema tells about itself, and to whom.

use serde_json::{Value, json};

use crate::support::{Deployment, Engine, Server};

/// What GraphiQL asks first.
const INTROSPECTION: &str = "
    query IntrospectionQuery {
      __schema {
        queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType }
        directives { name description locations args { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description
      fields(includeDeprecated: true) {
        name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
      }
      inputFields { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
    fragment TypeRef on __Type {
      kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
        kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }
    }";

#[tokio::test]
async fn it_is_off_by_default() {
    let server = Server::start(Engine::Sqlite);
    for query in [
        INTROSPECTION,
        "{ __schema { types { name } } }",
        "{ s: __schema { queryType { name } } }",
        "{ __type(name: \"Organization\") { fields { name } } }",
        "{ ...f } fragment f on Query { __schema { types { name } } }",
        "{ me { id } ... on Query { __type(name: \"User\") { name } } }",
    ] {
        let answer = server.answer(query, Value::Null).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "invalid_query", "{query}");
        assert_eq!(answer["data"], Value::Null, "{query}");
    }
    // Names are not suggested either.
    let answer = server.answer("{ organizatio(slug: \"a\") { id } }", Value::Null).await;
    assert!(!answer.to_string().contains("Did you mean"), "{answer}");
    assert_eq!(
        server.data("{ __typename me { __typename } }", Value::Null).await,
        json!({ "__typename": "Query", "me": { "__typename": "User" } })
    );
    server.get("/graphql").header("accept", "text/html").send().await.expect(405);
}

#[tokio::test]
async fn development_has_it_and_graphiql() {
    let deployment = Deployment::new(Engine::Sqlite);
    let server = Server::with(&deployment, deployment.program().args(["--development", "true"]));
    let data = server.data(INTROSPECTION, Value::Null).await;
    let types = data["__schema"]["types"].as_array().expect("types");
    assert!(types.iter().any(|kind| kind["name"] == "Organization"));
    assert_eq!(data["__schema"]["mutationType"], Value::Null);

    let page = server.get("/graphql").anonymous().send().await.expect(200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    assert!(page.body.contains("GraphiQL"));

    let anonymous = server.post("/graphql").anonymous().json(json!({ "query": INTROSPECTION }));
    anonymous.send().await.expect(401);
    assert_eq!(
        server.code("{ a { a { a { a { a { a { a { a { a { a { a } } } } } } } } } } }", Value::Null).await,
        "query_too_complex"
    );
}
