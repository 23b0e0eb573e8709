//! What belongs to several things that were found together is read with one statement, by whichever of them is asked
//! first; the others wait for it. So a query costs as many statements as it has fields, however many rows it finds.
//!
//! Loaders that collect keys for a moment do the same most of the time, and more statements when rows take longer than
//! the moment.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use aggregates::authorization::Asker;
use async_graphql::{Context, Result};
use tokio::sync::OnceCell;

use super::organizations::asked;
use crate::{
    database,
    readmodel::{Grouped, ReadModel},
    web::Problem,
};

/// A way to ask for what belongs to each of several things.
pub trait Belonging<K>: Clone + Eq + Hash + Send + Sync + 'static {
    type Row: Clone + Send + Sync + 'static;

    /// Reads it for all of them. The statement decides what the asker may see.
    fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[K],
    ) -> impl Future<Output = Result<Grouped<K, Self::Row>, database::Error>> + Send;
}

/// The newest of each, at most so many.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Newest<F> {
    pub filter: F,
    pub most: i64,
}

/// Things that were found together.
#[derive(Debug)]
pub struct Siblings<K> {
    ids: Vec<K>,
    /// For each way of asking what it found: a map of [`Found`] for each type of them.
    found: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

/// Rows, each with all that it was found with.
pub fn together<V, I: Copy + Eq + Hash + Send + Sync + 'static>(
    rows: Vec<V>,
    id: impl Fn(&V) -> I,
) -> Vec<(V, Arc<Siblings<I>>)> {
    let siblings = Siblings::new(rows.iter().map(id).collect());
    rows.into_iter().map(|row| (row, Arc::clone(&siblings))).collect()
}

/// The same for what belongs to each of several things.
pub fn all_together<K: Eq + Hash, V, I: Copy + Eq + Hash + Send + Sync + 'static>(
    found: Grouped<K, V>,
    id: impl Fn(&V) -> I,
) -> Grouped<K, (V, Arc<Siblings<I>>)> {
    let siblings = Siblings::new(found.values().flatten().flatten().map(id).collect());
    let with_siblings = |rows: Vec<V>| rows.into_iter().map(|row| (row, Arc::clone(&siblings))).collect();
    found.into_iter().map(|(of, rows)| (of, rows.map(with_siblings))).collect()
}

type Found<K, B> = Arc<OnceCell<Grouped<K, <B as Belonging<K>>::Row>>>;

impl<K: Copy + Eq + Hash + Send + Sync + 'static> Siblings<K> {
    pub fn new(ids: Vec<K>) -> Arc<Self> {
        Arc::new(Self { ids, found: Mutex::default() })
    }

    /// What belongs to one of them.
    pub async fn load<B: Belonging<K>>(&self, ctx: &Context<'_>, of: K, what: B) -> Result<Vec<B::Row>> {
        let (app, asker) = asked(ctx)?;
        let found = self.found(&what);
        let read = || what.read(&app.readmodel, asker, &self.ids);
        let found = found.get_or_try_init(read).await.map_err(Problem::from)?;
        match found.get(&of) {
            Some(Ok(rows)) => Ok(rows.clone()),
            Some(Err(denied)) => Err(Problem::from(*denied).into()),
            None => Ok(vec![]),
        }
    }

    fn found<B: Belonging<K>>(&self, what: &B) -> Found<K, B> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.entry(TypeId::of::<B>()).or_insert_with(|| Box::new(HashMap::<B, Found<K, B>>::new()));
        let found = found.downcast_mut::<HashMap<B, Found<K, B>>>();
        found.map_or_else(Arc::default, |found| Arc::clone(found.entry(what.clone()).or_default()))
    }
}
