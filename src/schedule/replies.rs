//! Forgetting the replies of requests that are too old to be repeated.

use std::time::Duration;

use futures::FutureExt;

use super::supervise::{Deed, Left};
use crate::commands::{Commands, Error};

pub fn deed(commands: &Commands) -> Deed {
    let ledger = commands.ledger().clone();
    let run = move || {
        let ledger = ledger.clone();
        async move {
            ledger.forget_old_replies().await.map_err(Error::from)?;
            Ok(Left::Nothing)
        }
        .boxed()
    };
    Deed { name: "forget_replies", pause: Duration::from_secs(60), run: Box::new(run) }
}
