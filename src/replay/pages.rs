//! Reading and decoding pages of events ahead of the fold, in a task of its own.

use projections::RecordedEvent;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::Error;
use crate::ledger::EventReader;

/// Pages that may wait for the fold.
const AHEAD: usize = 4;

pub(super) struct Pages {
    pages: mpsc::Receiver<Result<Vec<RecordedEvent>, Error>>,
    _task: AbortOnDropHandle<()>,
}

impl Pages {
    /// Begins to read the events after one position, up to another.
    pub(super) fn read(events: &EventReader, mut position: i64, to: i64, page: u32) -> Self {
        let (sender, pages) = mpsc::channel(AHEAD);
        let events = events.clone();
        let task = tokio::spawn(async move {
            while position < to {
                let limit = i64::from(page).min(to - position);
                let page = match events.to_fold(position, limit).await {
                    Ok(page) if i64::try_from(page.len()) == Ok(limit) => Ok(page),
                    Ok(_) => Err(crate::ledger::Error::Broken(format!("the ledger ends before position {to}")).into()),
                    Err(error) => Err(error.into()),
                };
                position += limit;
                let last = page.is_err();
                if sender.send(page).await.is_err() || last {
                    return;
                }
            }
        });
        Self { pages, _task: AbortOnDropHandle::new(task) }
    }

    /// The next page; none after the last one or after an error.
    pub(super) async fn next(&mut self) -> Option<Result<Vec<RecordedEvent>, Error>> {
        self.pages.recv().await
    }
}
