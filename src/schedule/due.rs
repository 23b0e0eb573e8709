//! Deeds that look for what is due and do something about each of it.

use std::{fmt::Debug, time::Duration};

use chrono::{DateTime, Utc};
use futures::{FutureExt, future::join_all};

use super::supervise::{Deed, Error, Left};
use crate::{commands, commands::Commands, readmodel::ReadModel};

pub trait Due: 'static {
    /// As the log and the metrics have it.
    const NAME: &'static str;
    /// How long until it looks again.
    const PAUSE: Duration = Duration::from_secs(60);
    /// How many are looked for in one go.
    const MOST: i64 = 100;
    /// How many of them are done at the same time.
    const TOGETHER: usize = 1;
    type One: Debug + Send + Sync;

    fn find(
        readmodel: &ReadModel,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Self::One>, commands::Error>> + Send;

    fn act(commands: &Commands, one: &Self::One) -> impl Future<Output = Result<(), commands::Error>> + Send;

    /// Whether nothing was to be done any more, because of somebody else.
    fn is_overtaken(_error: &commands::Error) -> bool {
        false
    }
}

pub fn deed<D: Due>(commands: &Commands, readmodel: &ReadModel) -> Deed {
    let (commands, readmodel) = (commands.clone(), readmodel.clone());
    let run = move || {
        let (commands, readmodel) = (commands.clone(), readmodel.clone());
        async move { run::<D>(&commands, &readmodel).await }.boxed()
    };
    Deed { name: D::NAME, pause: D::PAUSE, run: Box::new(run) }
}

async fn run<D: Due>(commands: &Commands, readmodel: &ReadModel) -> Result<Left, Error> {
    let due = D::find(readmodel, Utc::now()).await?;
    let (mut done, mut failures): (i64, _) = (0, Vec::new());
    for together in due.chunks(D::TOGETHER) {
        let outcomes = join_all(together.iter().map(|one| D::act(commands, one))).await;
        for (one, outcome) in together.iter().zip(outcomes) {
            match outcome {
                Ok(()) => {
                    tracing::debug!(deed = D::NAME, ?one, "done");
                    done += 1;
                }
                Err(error) if D::is_overtaken(&error) => {}
                Err(error) => failures.push((one, error)),
            }
        }
    }
    let failed = failures.len();
    if let Some((first, source)) = failures.into_iter().next() {
        return Err(Error::Some { failed, due: due.len(), first: format!("{first:?}"), source });
    }
    // What was not done here may be found again at once, so that it waits.
    Ok(if done == D::MOST { Left::More } else { Left::Nothing })
}
