//! Lists of the classic door have no pages: they are complete unless the caller limits them.

use futures::{Stream, stream};
use uuid::Uuid;

use crate::{
    readmodel::organizations::Page,
    web::query::{Parameters, Query},
};

/// How many rows are read at a time.
const CHUNK: i64 = 100;

/// How much of a list is wanted.
pub(super) struct Most(Option<i64>);

impl Parameters for Most {
    fn read(query: &mut Query) -> Self {
        Self(query.integer("limit", "At most so many, newest first; all when absent.", 1..=i64::MAX, None))
    }
}

/// A whole list that is read in chunks.
pub(super) struct Whole {
    left: i64,
    after: Option<Uuid>,
}

impl Whole {
    pub fn new(Most(most): &Most) -> Self {
        Self { left: most.unwrap_or(i64::MAX), after: None }
    }

    /// The next chunk to be read.
    pub fn page(&self) -> Page {
        Page { after: self.after, limit: CHUNK.min(self.left) }
    }

    /// The chunks after the first one, as they are read; none when that was all.
    pub fn rest<R, E, I, G, F>(
        mut self,
        first: &[R],
        id: I,
        read: G,
    ) -> Option<impl Stream<Item = Result<Vec<R>, E>> + use<R, E, I, G, F>>
    where
        I: Fn(&R) -> Uuid,
        G: Fn(Page) -> F,
        F: Future<Output = Result<Vec<R>, E>>,
    {
        self.took(first, &id);
        let next = |(mut whole, id, read): (Self, I, G)| async move {
            if whole.left == 0 {
                return Ok(None);
            }
            let rows = read(whole.page()).await?;
            whole.took(&rows, &id);
            Ok(Some((rows, (whole, id, read))))
        };
        (self.left > 0).then(|| stream::try_unfold((self, id, read), next))
    }

    /// Takes note of a chunk and of what its last row is ordered by. A chunk that is not full was the last.
    fn took<T>(&mut self, chunk: &[T], id: impl Fn(&T) -> Uuid) {
        let rows = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let is_full = rows == CHUNK.min(self.left);
        self.left = if is_full { self.left - rows } else { 0 };
        self.after = chunk.last().map(id);
    }
}
