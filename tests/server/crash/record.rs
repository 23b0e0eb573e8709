//! Holding what was acknowledged against the ledger and the read model.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::support::Server;

/// What a writer did. The mark is the name that it gave to an organization, different for every deed.
#[derive(Debug)]
pub struct Deed {
    pub mark: String,
    pub writer: usize,
    pub is_creation: bool,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub enum Outcome {
    Acknowledged { id: String, position: i64 },
    Unknown,
}

pub struct Record {
    pub deeds: Vec<Deed>,
}

/// What the events of an organization come to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Folded {
    name: String,
    events: i64,
}

impl Record {
    /// Every acknowledged deed took effect once, where its reply said; every other at most once; nothing else is there;
    /// the ledger has no gaps; and the read model is what its events come to.
    pub async fn check(&self, server: &Server) {
        let ledger = server.deployment().ledger().await;
        ledger.assert_gapless().await;
        let sql = "SELECT aggregate_id || ' ' || CAST(payload AS text), position FROM events \
                   WHERE event_type IN ('OrganizationCreated', 'OrganizationUpdated') ORDER BY position";
        let mut found: HashMap<String, Vec<i64>> = HashMap::new();
        let mut organizations: BTreeMap<String, Folded> = BTreeMap::new();
        for (event, position) in ledger.rows(sql).await {
            let (id, payload) = event.split_once(' ').expect("an id and a payload");
            let name = name(&serde_json::from_str(payload).expect("JSON"));
            let folded = organizations.entry(id.to_owned()).or_default();
            folded.events += 1;
            folded.name.clone_from(&name);
            found.entry(name).or_default().push(position);
        }
        ledger.close().await;
        self.check_deeds(found);
        check_read_model(server, &organizations).await;
        server.deployment().assert_projections_verify();
    }

    fn check_deeds(&self, mut found: HashMap<String, Vec<i64>>) {
        let mut last = HashMap::new();
        for deed in &self.deeds {
            let positions = found.remove(&deed.mark).unwrap_or_default();
            match &deed.outcome {
                Outcome::Acknowledged { position, .. } => {
                    // A creation's last event is that of the default workspace.
                    let expected = if deed.is_creation { position - 1 } else { *position };
                    assert_eq!(positions, [expected], "{deed:?}");
                }
                Outcome::Unknown => assert!(positions.len() <= 1, "{deed:?} took effect at {positions:?}"),
            }
            // Whatever a writer sent after an answer is behind what was answered. A request that it gave up on may still
            // have been on its way, and promises nothing to those that were sent after it.
            let answered = last.entry(deed.writer).or_insert(0);
            for position in positions {
                assert!(*answered < position, "{deed:?} came before an earlier one");
                if matches!(deed.outcome, Outcome::Acknowledged { .. }) {
                    *answered = position;
                }
            }
        }
        assert!(found.is_empty(), "nobody did this: {found:?}");
    }

    pub fn acknowledged(&self) -> usize {
        self.deeds.iter().filter(|deed| matches!(deed.outcome, Outcome::Acknowledged { .. })).count()
    }
}

/// The name that an event gives.
fn name(payload: &Value) -> String {
    let content = payload.as_object().and_then(|object| object.values().next()).expect("an event");
    let name = content.get("name").unwrap_or(&content["changes"]["name"]["to"]);
    name.as_str().unwrap_or_else(|| panic!("no name: {payload}")).to_owned()
}

async fn check_read_model(server: &Server, organizations: &BTreeMap<String, Folded>) {
    let mut listed = BTreeMap::new();
    let mut next = Some("/api/v1/organizations?limit=100&include=total".to_owned());
    while let Some(path) = next {
        let page = server.get(&path).send().await.expect(200);
        assert_eq!(page.header("x-total-count"), Some(organizations.len().to_string().as_str()));
        next = page.next();
        for row in page.json.as_array().expect("rows") {
            assert_eq!((&row["user_count"], &row["workspace_count"]), (&1.into(), &1.into()));
            listed.insert(
                row["id"].as_str().expect("an id").to_owned(),
                row["name"].as_str().expect("a name").to_owned(),
            );
        }
    }
    let names: BTreeMap<_, _> = organizations.iter().map(|(id, folded)| (id.clone(), folded.name.clone())).collect();
    assert_eq!(listed, names);
    for (id, folded) in organizations {
        let one = server.get(&format!("/api/v1/organizations/{id}")).send().await.expect(200);
        assert_eq!((one["name"].as_str(), one.version()), (Some(folded.name.as_str()), folded.events));
    }
}
