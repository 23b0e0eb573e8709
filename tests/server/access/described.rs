//! What the description says of statuses and headers, held against every answer of the access table.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    checked_in,
    routes::TABLE,
    world::{PRINCIPALS, Principal, World},
};
use crate::support::{Reply, Server};

both!(every_answer_is_described);

/// Headers that the description speaks of, where they are there whenever it does.
const ALWAYS: [&str; 3] = ["etag", "ledger-position", "x-request-id"];
/// Headers that the description speaks of, where they need not be there: on the last page, at the first request.
const SOMETIMES: [&str; 7] =
    ["idempotent-replayed", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-total-count"];

/// An operation of the description.
struct Operation<'a> {
    openapi: &'a Value,
    operation: &'a Value,
}

impl<'a> Operation<'a> {
    fn new(openapi: &'a Value, method: &str, path: &str) -> Self {
        Self { openapi, operation: &openapi["paths"][path][method.to_lowercase()] }
    }

    fn takes(&self, header: &str) -> bool {
        self.operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == header)
    }

    /// The headers of an answer with this status, in lower case; none where it is not described.
    fn headers(&self, status: u16) -> Option<BTreeSet<String>> {
        let response = &self.operation["responses"][status.to_string()];
        let response = match response["$ref"].as_str() {
            Some(reference) => self.openapi.pointer(reference.trim_start_matches('#'))?,
            None => response,
        };
        let headers = response.as_object()?.get("headers").and_then(Value::as_object);
        Some(headers.into_iter().flatten().map(|(name, _)| name.to_lowercase()).collect())
    }

    /// Whether it appends to the ledger. A verification of a key takes `dry_run` as well, and writes nothing anyway.
    fn writes(&self) -> bool {
        self.headers(200).is_some_and(|headers| headers.contains("ledger-position"))
    }

    /// What is wrong with an answer.
    fn differences(&self, reply: &Reply) -> Vec<String> {
        let Some(described) = self.headers(reply.status) else {
            return vec![format!("status {} is not described", reply.status)];
        };
        let real = |name: &&&str| reply.header(name).is_some();
        let unsaid = ALWAYS.iter().chain(&SOMETIMES).filter(real).filter(|name| !described.contains(**name));
        let unsaid = unsaid.map(|name| format!("{name} is there and not described"));
        // A dry run with the status of the write itself has what the write does not have.
        let dry = reply.json.get("events").is_some();
        let missing =
            ALWAYS.iter().filter(|name| described.contains(**name) && !real(name) && !(dry && **name == "etag"));
        unsaid.chain(missing.map(|name| format!("{name} is described and not there"))).collect()
    }
}

/// By whom everything that can be done is done.
const ABLE: [Principal; 4] = [Principal::Superadmin, Principal::Owner, Principal::KeyWithScope, Principal::Anonymous];

async fn every_answer_is_described(server: Server) {
    let world = World::new(&server).await;
    let openapi: Value = serde_json::from_str(&checked_in("openapi.json")).expect("JSON");
    let mut wrong = Vec::new();
    for (route, body, _) in TABLE {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let operation = Operation::new(&openapi, method, path);
        let writes = operation.writes();
        let ask = |principal| {
            let dry = if operation.takes("dry_run") { "?dry_run=true" } else { "" };
            let request = world.by(principal, server.request(method, &format!("{}{dry}", world.fill(path))));
            if body.is_empty() { request } else { request.json(world.json(body)) }
        };
        for principal in PRINCIPALS {
            let reply = ask(principal).send().await;
            let mut differences = operation.differences(&reply);
            // A request with this key counts against a limit, where it counts at all.
            let counted = operation.headers(reply.status).is_some_and(|described| described.contains("ratelimit"));
            if counted
                && principal == Principal::KeyWithScope
                && reply.status < 400
                && reply.header("ratelimit").is_none()
            {
                differences.push("RateLimit is described and not there".to_owned());
            }
            let differences = differences.into_iter();
            wrong.extend(differences.map(|wrong| format!("{route} by {principal:?}, {}: {wrong}", reply.status)));
        }
        for principal in ABLE {
            let plain = ask(principal).send().await;
            if plain.status != 200 {
                continue;
            }
            if writes {
                let reply = ask(principal).header("if-match", "\"v999999999-0\"").send().await;
                let compared = (reply.status, reply["code"].as_str()) == (412, Some("version_mismatch"));
                let creates = plain["status"] == 201;
                let refused = (reply.status, reply["code"].as_str()) == (422, Some("not_supported"));
                match (operation.takes("If-Match"), compared) {
                    (true, true) => {}
                    (false, _) if refused || creates && compared => {}
                    (described, _) => wrong.push(format!("{route}: If-Match, described {described}, is {reply}")),
                }
            } else if method == "GET" {
                let tag = plain.header("etag").map(str::to_owned);
                let described = operation.takes("If-None-Match");
                if tag.is_some() != described {
                    wrong.push(format!("{route}: If-None-Match, described {described}, and the ETag is {tag:?}"));
                }
                if let Some(tag) = tag {
                    let known = ask(principal).header("if-none-match", &tag).send().await;
                    if known.status != 304 {
                        wrong.push(format!("{route}: If-None-Match is answered with {}", known.status));
                    }
                    wrong.extend(
                        operation.differences(&known).into_iter().map(|wrong| format!("{route}, 304: {wrong}")),
                    );
                }
            }
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
