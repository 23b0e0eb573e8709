//! What is shown of a resource.

use uuid::Uuid;

/// What is shown of one thing.
pub trait View {
    /// Of the thing's own row: goes up when the thing itself changes, and is what If-Match compares.
    fn version(&self) -> i64;
}

/// What lists are made of.
pub trait Paged {
    /// Lists are ordered by it, and cursors name it.
    fn id(&self) -> Uuid;
}
