//! Other work on the writer's connection, between appends. Where only one connection may write, a rebuild uses it.

use futures::future::BoxFuture;
use tokio::sync::oneshot;

use super::{Error, Ledger};
use crate::database::Connection;

/// How many pieces of work may wait.
pub(super) const QUEUE: usize = 8;

/// Says whether it left the connection as it found it; otherwise the writer ends the transaction and forgets its rows.
pub(super) type Work = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, bool> + Send>;

impl Ledger {
    /// Runs this on the writer's connection while nothing is appended. It should be short: appends wait for it.
    ///
    /// # Errors
    /// Those of the work; [`Error::Stopping`] when the writer has ended.
    pub async fn exclusively<T, E, W>(&self, work: W) -> Result<T, E>
    where
        W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            Box::pin(async move {
                let result = work(connection).await;
                let clean = result.is_ok();
                // A requester that went away does not need the answer.
                let _ = answer.send(result);
                clean
            })
        });
        self.inner.exclusive.send(work).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::OutcomeUnknown)?
    }
}
