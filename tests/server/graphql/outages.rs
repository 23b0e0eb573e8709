//! What a query answers when the database does not.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};

use super::server::{Cluster, Database, Server};

const LIST: &str = "{ organizations { edges { node { id } } } }";

async fn connect(server: &Server) -> PgConnection {
    let url = server.cluster.as_ref().map(Cluster::url).expect("a cluster");
    PgConnection::connect(&url).await.expect("a connection")
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let server = Server::start(Database::Postgres, &[]);
    server.data(LIST, Value::Null).await;
    let mut other = connect(&server).await;
    let mut lock = other.begin().await.expect("a transaction");
    lock.execute("LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let response = server.graphql(&json!({ "query": LIST })).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    let problem: Value = response.json().await.expect("a problem");
    assert_eq!(problem["code"], "timeout");
    assert_eq!(problem["detail"], "A query may take 5 seconds");
    lock.rollback().await.expect("the lock is released");
    server.data(LIST, Value::Null).await;
}

#[tokio::test]
async fn what_is_unexpected_stays_inside() {
    let server = Server::start(Database::Postgres, &[]);
    server.data(LIST, Value::Null).await;
    let mut other = connect(&server).await;
    other.execute("ALTER TABLE organizations RENAME TO hidden_organizations").await.expect("a change");
    let request = server.request(Method::POST, "/graphql").header("x-request-id", "a-1");
    let response = request.json(&json!({ "query": "{ organizations { totalCount } me { isSuperadmin } }" })).send();
    let answer: Value = response.await.expect("an answer").json().await.expect("JSON");
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "Something went wrong");
    assert_eq!(error["extensions"], json!({ "code": "internal", "requestId": "a-1" }));
    assert_eq!(answer["data"], json!({ "organizations": null, "me": { "isSuperadmin": true } }));
}
