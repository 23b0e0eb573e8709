//! What happens by the clock. Any node may do it, and it takes effect once: a deed has a deterministic idempotency key,
//! or removes its own cause.

mod api_keys;
mod invitations;
mod purge;
mod replies;
mod sessions;
mod usage;

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::{commands::Commands, readmodel::ReadModel};

/// How often each schedule looks for something to do.
const PAUSE: Duration = Duration::from_secs(60);

/// Starts every schedule.
pub fn start(commands: &Commands, readmodel: &ReadModel) -> Vec<JoinHandle<()>> {
    let (commands, readmodel) = (commands.clone(), readmodel.clone());
    vec![tokio::spawn(async move {
        loop {
            purge::run(&commands, &readmodel).await;
            sessions::run(&commands, &readmodel).await;
            invitations::run(&commands, &readmodel).await;
            api_keys::run(&commands, &readmodel).await;
            replies::run(&commands).await;
            usage::run(&commands, &readmodel).await;
            tokio::time::sleep(PAUSE).await;
        }
    })]
}
