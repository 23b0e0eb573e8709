//! Aggregates and stream versions kept in memory. The version check at commit is what makes that safe.

use std::{
    any::Any,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cqrs_es::Aggregate;

use super::StreamId;

/// How many aggregates stay in memory.
const AGGREGATES: u64 = 20_000;
/// How many versions the writer keeps, in each of two generations.
const VERSIONS: usize = 100_000;

/// An aggregate and the version it was read at; version 0 is a stream that does not exist.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    pub aggregate: A,
    pub version: i64,
}

#[derive(Clone)]
struct Entry {
    version: i64,
    loaded: Arc<dyn Any + Send + Sync>,
}

pub(super) struct AggregateCache {
    entries: moka::sync::Cache<StreamId, Entry>,
}

impl AggregateCache {
    pub(super) fn new() -> Self {
        Self { entries: moka::sync::Cache::new(AGGREGATES) }
    }

    pub(super) fn get<A: Aggregate + 'static>(&self, stream: StreamId) -> Option<Arc<Loaded<A>>> {
        let entry = self.entries.get(&stream);
        metrics::counter!("tenantry_aggregate_cache_total", "hit" => if entry.is_some() { "true" } else { "false" })
            .increment(1);
        entry?.loaded.downcast().ok()
    }

    pub(super) fn put<A: Aggregate + 'static>(&self, stream: StreamId, loaded: Arc<Loaded<A>>) {
        // A slow loader must not replace what a later writer left.
        if self.entries.get(&stream).is_none_or(|entry| entry.version <= loaded.version) {
            self.entries.insert(stream, Entry { version: loaded.version, loaded });
        }
    }

    pub(super) fn evict(&self, stream: StreamId) {
        self.entries.invalidate(&stream);
    }

    /// The stream is known to have this version: what is older goes.
    pub(super) fn seen(&self, stream: StreamId, version: i64) {
        if self.entries.get(&stream).is_some_and(|entry| entry.version < version) {
            self.entries.invalidate(&stream);
        }
    }
}

/// Versions that the writer knows to be exact.
#[derive(Default)]
pub(super) struct Versions {
    young: HashMap<StreamId, i64>,
    old: HashMap<StreamId, i64>,
}

impl Versions {
    /// The versions that are known, and the streams of which none is.
    pub(super) fn known(&mut self, streams: HashSet<StreamId>) -> (HashMap<StreamId, i64>, Vec<StreamId>) {
        let mut known = HashMap::with_capacity(streams.len());
        let mut unknown = Vec::new();
        for stream in streams {
            match self.young.get(&stream).or_else(|| self.old.get(&stream)) {
                Some(version) => drop(known.insert(stream, *version)),
                None => unknown.push(stream),
            }
        }
        (known, unknown)
    }

    pub(super) fn extend(&mut self, known: HashMap<StreamId, i64>) {
        self.young.extend(known);
        if self.young.len() > VERSIONS {
            self.old = std::mem::take(&mut self.young);
        }
    }
}
