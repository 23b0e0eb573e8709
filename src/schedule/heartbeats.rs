//! Saying that this node is there, once in every minute.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::Utc;
use futures::FutureExt;

use super::supervise::{Deed, Left};
use crate::commands::{Commands, Error};

/// Often enough that no minute goes by without a run, however late one is.
const PAUSE: Duration = Duration::from_secs(15);

pub fn deed(commands: &Commands) -> Deed {
    let (ledger, said) = (commands.ledger().clone(), Arc::new(AtomicI64::new(i64::MIN)));
    let run = move || {
        let (ledger, said) = (ledger.clone(), Arc::clone(&said));
        async move {
            let now = Utc::now();
            let minute = now.timestamp().div_euclid(60);
            if said.load(Ordering::Relaxed) != minute {
                ledger.add_heartbeat(now).await.map_err(Error::from)?;
                said.store(minute, Ordering::Relaxed);
            }
            Ok(Left::Nothing)
        }
        .boxed()
    };
    Deed { name: "heartbeat", pause: PAUSE, run: Box::new(run) }
}
