//! Use by period and key.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{KEY, OTHER, due, until_recorded, usage, waiting};
use crate::support::{Counted, Reply, Server, schema::OpenApi};

both!(
    recorded_and_counted_use_is_one,
    each_granularity_adds_up,
    one_key_can_be_asked_for,
    this_month_is_meant_when_nothing_is_said,
    bad_parameters_are_named,
    an_hour_that_is_counted_on_is_recorded_again,
);

fn shown(reply: &Reply) -> Vec<(&str, &str, i64, i64)> {
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    let periods = reply.json.as_array().expect("a list").iter();
    periods
        .map(|period| {
            assert!(text(&period["start"]).is_some() && text(&period["end"]).is_some(), "{period}");
            let number = |field: &str| period[field].as_i64().expect("a number");
            let (start, end) = (period["start"].as_str().expect("a time"), period["end"].as_str().expect("a time"));
            (start, end, number("requests"), number("verifications"))
        })
        .collect()
}

const MARCH: &str = "?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";

async fn recorded_and_counted_use_is_one(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let other = server.organization("other").await.id().to_owned();
    let hour = "2026-03-02T10:00:00Z";
    server
        .count(&[
            due(&acme, hour, KEY, 5, 1),
            due(&acme, hour, OTHER, 2, 0),
            waiting(&acme, "2026-03-02T11:00:00Z", KEY, 3, 1),
            due(&other, hour, KEY, 100, 100),
        ])
        .await;
    until_recorded(&server, 2, 1).await;
    let reply = server.get(&usage("acme", MARCH)).send().await.expect(200);
    let expected = json!([{
        "start": "2026-03-02T00:00:00.000Z", "end": "2026-03-03T00:00:00.000Z", "requests": 10, "verifications": 2,
        "keys": [
            { "id": KEY, "requests": 8, "verifications": 2 },
            { "id": OTHER, "requests": 2, "verifications": 0 },
        ],
    }]);
    assert_eq!(reply.json, expected);
    let openapi = OpenApi(server.get("/openapi.json").send().await.expect(200).json);
    openapi.check("get", "/api/v1/organizations/{org}/usage", &reply);
    server.deployment().assert_projections_verify();
}

async fn each_granularity_adds_up(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    server
        .count(&[
            due(&acme, "2026-02-28T23:00:00Z", KEY, 1, 0),
            due(&acme, "2026-03-01T00:00:00Z", KEY, 2, 0),
            waiting(&acme, "2026-03-01T23:00:00Z", KEY, 4, 0),
            due(&acme, "2026-03-02T00:00:00Z", OTHER, 8, 0),
            due(&acme, "2025-12-31T23:00:00Z", KEY, 16, 1),
        ])
        .await;
    until_recorded(&server, 4, 1).await;
    let ask = async |query: &str| server.get(&usage(&acme, query)).send().await.expect(200);
    let days = ask("?from=2025-12-01T00:00:00Z&to=2026-11-01T00:00:00Z").await;
    let expected = [
        ("2025-12-31T00:00:00.000Z", "2026-01-01T00:00:00.000Z", 16, 1),
        ("2026-02-28T00:00:00.000Z", "2026-03-01T00:00:00.000Z", 1, 0),
        ("2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", 6, 0),
        ("2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z", 8, 0),
    ];
    assert_eq!(shown(&days), expected);
    let months = ask("?granularity=month&from=2025-01-01T00:00:00Z&to=2026-11-01T00:00:00Z").await;
    let expected = [
        ("2025-12-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", 16, 1),
        ("2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", 1, 0),
        ("2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z", 14, 0),
    ];
    assert_eq!(shown(&months), expected);
    let hours = ask(&MARCH.replace('?', "?granularity=hour&")).await;
    let expected = [
        ("2026-03-01T00:00:00.000Z", "2026-03-01T01:00:00.000Z", 2, 0),
        ("2026-03-01T23:00:00.000Z", "2026-03-02T00:00:00.000Z", 4, 0),
        ("2026-03-02T00:00:00.000Z", "2026-03-02T01:00:00.000Z", 8, 0),
    ];
    assert_eq!(shown(&hours), expected);
    // Any part of a period shows the whole of it, and the end is not a part.
    let first = ("2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", 6, 0);
    let part = ask("?granularity=day&from=2026-03-01T12:00:00Z&to=2026-03-01T14:00:00%2B01:00").await;
    assert_eq!(shown(&part), [first]);
    let part = ask("?from=2026-03-01T12:00:00Z&to=2026-03-02T00:00:00Z").await;
    assert_eq!(shown(&part), [first]);
}

async fn one_key_can_be_asked_for(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let hour = "2026-03-02T10:00:00Z";
    server
        .count(&[
            due(&acme, hour, KEY, 5, 1),
            due(&acme, hour, OTHER, 2, 0),
            waiting(&acme, "2026-03-02T11:00:00Z", OTHER, 3, 1),
        ])
        .await;
    until_recorded(&server, 1, 1).await;
    for (key, sums) in [(KEY, (5, 1)), (OTHER, (5, 1))] {
        let reply = server.get(&usage("acme", &format!("{MARCH}&api_key={key}"))).send().await.expect(200);
        let [(_, _, requests, verifications)] = shown(&reply)[..] else { panic!("one day: {reply}") };
        assert_eq!((requests, verifications), sums, "{reply}");
        assert_eq!(reply.json[0]["keys"].as_array().map(Vec::len), Some(1), "{reply}");
    }
    let unknown = Uuid::from_u128(9);
    let reply = server.get(&usage("acme", &format!("{MARCH}&api_key={unknown}"))).send().await.expect(200);
    assert_eq!(reply.json, json!([]));
}

async fn this_month_is_meant_when_nothing_is_said(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    assert_eq!(server.get(&usage("acme", "")).send().await.expect(200).json, json!([]));
    let now = Utc::now();
    let hour = aggregates::usage::hour_of(now).to_rfc3339_opts(SecondsFormat::Secs, true);
    let long_ago: Counted = waiting(&acme, "2020-01-01T00:00:00Z", KEY, 7, 7);
    server.count(&[waiting(&acme, &hour, KEY, 3, 4), long_ago]).await;
    let reply = server.get(&usage("acme", "")).send().await.expect(200);
    let [(start, _, requests, verifications)] = shown(&reply)[..] else { panic!("one day: {reply}") };
    assert_eq!((requests, verifications), (3, 4));
    assert!(start.starts_with(&now.format("%Y-%m-%d").to_string()), "{reply}");
}

async fn bad_parameters_are_named(server: Server) {
    server.organization("acme").await;
    for (query, pointers) in [
        ("?granularity=week", vec!["?granularity"]),
        ("?granularity=Day", vec!["?granularity"]),
        ("?granularity=", vec!["?granularity"]),
        ("?from=yesterday", vec!["?from"]),
        ("?from=2026-03-01", vec!["?from"]),
        ("?from=2026-13-01T00:00:00Z", vec!["?from"]),
        ("?to=2026-03-01T00:00:00", vec!["?to"]),
        ("?api_key=acme", vec!["?api_key"]),
        ("?from=x&to=y&granularity=z&api_key=k", vec!["?api_key", "?from", "?granularity", "?to"]),
        ("?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", vec!["?to"]),
        ("?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", vec!["?to"]),
        ("?from=2999-03-02T00:00:00Z", vec!["?from"]),
        ("?granularity=hour&from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00.001Z", vec!["?to"]),
        ("?from=2026-03-01T00:00:00Z&to=2027-03-03T00:00:00Z", vec!["?to"]),
        ("?granularity=month&from=2016-03-01T00:00:00Z&to=2026-03-01T00:00:01Z", vec!["?to"]),
        ("?from=2026-03-01T00:00:00Z&from=2026-03-02T00:00:00Z", vec!["?"]),
        ("?limit=5", vec!["?limit"]),
    ] {
        let refused = server.get(&usage("acme", query)).send().await.expect(422);
        refused.assert_problem(&server.url);
        if !query.contains("&from=") && !query.contains("limit") {
            assert_eq!(refused.pointers(), pointers, "{query}");
        }
    }
    for query in [
        "?granularity=hour&from=2026-03-01T00:30:00Z&to=2026-04-01T00:30:00Z",
        "?granularity=day&from=2026-03-01T00:30:00Z&to=2027-03-02T00:30:00Z",
        "?granularity=month&from=2016-03-05T00:00:00Z&to=2026-03-05T00:00:00Z",
        "?from=0001-01-01T00:00:00Z&to=0001-02-01T00:00:00Z",
        "?granularity=month&from=9990-01-01T00:00:00Z&to=9999-12-31T23:59:59Z",
    ] {
        assert_eq!(server.get(&usage("acme", query)).send().await.expect(200).json, json!([]), "{query}");
    }
}

/// A count that comes after its hour was recorded: it is counted at once, and recorded by an event more.
async fn an_hour_that_is_counted_on_is_recorded_again(mut server: Server) {
    let acme = server.organization("acme").await.id().to_owned();
    let hour = "2026-03-02T10:00:00Z";
    server.count(&[due(&acme, hour, KEY, 5, 1)]).await;
    until_recorded(&server, 1, 0).await;
    server.count(&[waiting(&acme, hour, KEY, 2, 0)]).await;
    let sums = async |server: &Server| {
        let reply = server.get(&usage("acme", MARCH)).send().await.expect(200);
        let [(_, _, requests, verifications)] = shown(&reply)[..] else { panic!("one day: {reply}") };
        (requests, verifications)
    };
    assert_eq!(sums(&server).await, (7, 1));
    server.count(&[due(&acme, "2026-03-02T09:00:00Z", KEY, 1, 0), due(&acme, hour, OTHER, 4, 4)]).await;
    until_recorded(&server, 3, 0).await;
    assert_eq!(sums(&server).await, (12, 5));
    server.deployment().assert_projections_verify();
}
