//! What a query answers when the database does not.

use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::{Engine, Server};

const LIST: &str = "{ organizations { edges { node { id } } } }";

async fn connect(server: &Server) -> PgConnection {
    PgConnection::connect(&server.deployment().database_url).await.expect("a connection")
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let server = Server::start(Engine::Postgres);
    server.data(LIST, Value::Null).await;
    let mut other = connect(&server).await;
    let mut lock = other.begin().await.expect("a transaction");
    lock.execute("LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let problem = server.post("/graphql").json(json!({ "query": LIST })).send().await.expect(503);
    assert!(problem.header("retry-after").is_some());
    assert_eq!(problem["code"], "timeout");
    assert_eq!(problem["detail"], "A query may take 5 seconds");
    lock.rollback().await.expect("the lock is released");
    server.data(LIST, Value::Null).await;
}

#[tokio::test]
async fn what_is_unexpected_stays_inside() {
    let server = Server::start(Engine::Postgres);
    server.data(LIST, Value::Null).await;
    let mut other = connect(&server).await;
    other.execute("ALTER TABLE organizations RENAME TO hidden_organizations").await.expect("a change");
    let request = server.post("/graphql").header("x-request-id", "a-1");
    let answer = request.json(json!({ "query": "{ organizations { totalCount } me { isSuperadmin } }" })).send().await;
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "Something went wrong");
    assert_eq!(error["extensions"], json!({ "code": "internal", "requestId": "a-1" }));
    assert_eq!(answer["data"], json!({ "organizations": null, "me": { "isSuperadmin": true } }));
}
