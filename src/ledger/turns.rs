//! Turns: within this process, commands that write a stream do so one after another.
//!
//! Without them many requests for one organization would decide on the same version and all but one would be sent
//! back. Across nodes the version check decides. Streams that are only read take no turn.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

use super::StreamId;

/// What a turn is taken on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The scope of an idempotency key. It comes first, so that a duplicate waits before it loads anything.
    Scope(String),
    Stream(StreamId),
}

type Lock = Arc<tokio::sync::Mutex<()>>;

#[derive(Debug, Default, Clone)]
pub struct Turns {
    locks: Arc<Mutex<HashMap<Subject, Lock>>>,
}

/// Held from load to answer.
#[derive(Debug)]
pub struct Turn {
    subject: Subject,
    guard: Option<OwnedMutexGuard<()>>,
    turns: Turns,
}

impl Turns {
    /// Waits for the turn on one subject. Several are taken in their order, so that commands never
    /// deadlock.
    pub async fn take(&self, subject: Subject) -> Turn {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(subject.clone()).or_default())
        };
        Turn { subject, guard: Some(lock.lock_owned().await), turns: self.clone() }
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut locks = self.turns.locks.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        // The map's own reference is the last one when nobody holds the turn or waits for it.
        if locks.get(&self.subject).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_is_left_behind() {
        let turns = Turns::default();
        let inside = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (turns, inside) = (turns.clone(), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _turn = turns.take(Subject::Scope("one".into())).await;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two had the turn");
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("a turn");
        }
        assert_eq!(turns.waiting(), 0);
    }
}
