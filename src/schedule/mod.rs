//! What happens by the clock. Any node may do it, and it takes effect once: a deed has a deterministic idempotency key,
//! or removes its own cause.

mod api_keys;
mod contracts;
mod due;
mod heartbeats;
mod invitations;
mod purge;
mod replies;
mod sessions;
mod supervise;
mod usage;

use tokio::task::JoinSet;

use crate::{commands::Commands, readmodel::ReadModel};

/// Starts every deed. They stop when what is returned is dropped.
pub fn start(commands: &Commands, readmodel: &ReadModel) -> JoinSet<()> {
    supervise::start([
        due::deed::<purge::Organizations>(commands, readmodel),
        due::deed::<sessions::Sessions>(commands, readmodel),
        due::deed::<invitations::Invitations>(commands, readmodel),
        due::deed::<api_keys::ApiKeys>(commands, readmodel),
        due::deed::<contracts::Contracts>(commands, readmodel),
        due::deed::<usage::Hours>(commands, readmodel),
        replies::deed(commands),
        heartbeats::deed(commands),
    ])
}
