//! Every code by which programs tell refusals apart.

use crate::{authorization::Denied, claim::ClaimKind, event::Event};

/// Every code that is said by an aggregate, by the decision on who may do what, or for a value that is taken.
pub fn all() -> impl Iterator<Item = &'static str> {
    let refusals = Event::REFUSALS.iter().copied().chain([Denied::CODES]).flatten().copied();
    refusals.chain(ClaimKind::ALL.iter().map(|kind| kind.taken()))
}
