//! What an update changed of a field.

use serde::{Deserialize, Serialize};

/// The value before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    pub from: T,
    pub to: T,
}

impl<T: PartialEq + Clone> Change<T> {
    /// The change that is wanted, if it is one.
    pub fn wanted(current: &T, wanted: Option<T>) -> Option<Self> {
        wanted.filter(|wanted| wanted != current).map(|to| Self { from: current.clone(), to })
    }
}

/// A field of an event that is absent where nothing changed.
pub trait Apply<T> {
    /// Gives `field` the new value, if there is one.
    fn apply(&self, field: &mut T)
    where
        T: Clone;

    /// Gives it to a field that keeps the value in another form.
    fn apply_as<F>(&self, field: &mut F, form: impl FnOnce(&T) -> F);
}

impl<T> Apply<T> for Option<Change<T>> {
    fn apply(&self, field: &mut T)
    where
        T: Clone,
    {
        if let Some(change) = self {
            field.clone_from(&change.to);
        }
    }

    fn apply_as<F>(&self, field: &mut F, form: impl FnOnce(&T) -> F) {
        if let Some(change) = self {
            *field = form(&change.to);
        }
    }
}

/// The event of these changes; none where nothing changed.
pub(crate) fn changed<C: Default + PartialEq, E>(changes: C, event: impl FnOnce(C) -> E) -> Vec<E> {
    if changes == C::default() { vec![] } else { vec![event(changes)] }
}
