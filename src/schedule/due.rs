//! Deeds that look for what is due and do something about each of it.

use std::{fmt::Debug, panic::AssertUnwindSafe, time::Duration};

use chrono::{DateTime, Utc};
use futures::{FutureExt, future::join_all};

use super::supervise::{Deed, Error, Failure, Left};
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

    /// Whether nothing was to be done any more, because another request or node was faster.
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
    let acts = due.iter().map(|one| async move { D::act(commands, one).await });
    each::<D, _>(&due, acts).await
}

/// Does all of it. What fails or panics leaves the others to be done.
async fn each<D: Due, A>(due: &[D::One], acts: impl Iterator<Item = A>) -> Result<Left, Error>
where
    A: Future<Output = Result<(), commands::Error>>,
{
    let mut acts = acts.map(|act| AssertUnwindSafe(act).catch_unwind());
    let (mut done, mut failures): (i64, _) = (0, Vec::new());
    for together in due.chunks(D::TOGETHER) {
        let outcomes = join_all(acts.by_ref().take(together.len())).await;
        for (one, outcome) in together.iter().zip(outcomes) {
            match outcome {
                Ok(Ok(())) => {
                    tracing::debug!(deed = D::NAME, ?one, "done");
                    done += 1;
                }
                Ok(Err(error)) if D::is_overtaken(&error) => {}
                Ok(Err(error)) => failures.push((one, Failure::Error(error))),
                Err(_) => failures.push((one, Failure::Panic)),
            }
        }
    }
    let failed = failures.len();
    let panicked = failures.iter().any(|(_, failure)| matches!(failure, Failure::Panic));
    if let Some((first, source)) = failures.into_iter().next() {
        return Err(Error::Some { failed, due: due.len(), panicked, first: format!("{first:?}"), source });
    }
    // What was not done here may be found again at once, so that it waits.
    Ok(if done == D::MOST { Left::More } else { Left::Nothing })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use aggregates::authorization::Denied;

    use super::*;

    /// Seven numbers: the second panics, the third fails, the fourth is done by others.
    struct Numbers<const TOGETHER: usize>;

    impl<const TOGETHER: usize> Due for Numbers<TOGETHER> {
        const NAME: &'static str = "numbers";
        const MOST: i64 = 7;
        const TOGETHER: usize = TOGETHER;
        type One = u32;

        async fn find(_: &ReadModel, _: DateTime<Utc>) -> Result<Vec<u32>, commands::Error> {
            Ok((1..=7).collect())
        }

        async fn act(_: &Commands, _: &u32) -> Result<(), commands::Error> {
            Ok(())
        }

        fn is_overtaken(error: &commands::Error) -> bool {
            matches!(error, commands::Error::SignedOut)
        }
    }

    async fn outcome<const TOGETHER: usize>() -> (Vec<u32>, Result<Left, Error>) {
        let done = Mutex::new(Vec::new());
        let due: Vec<u32> = (1..=7).collect();
        let acts = due.iter().map(|number| {
            let done = &done;
            async move {
                match number {
                    2 => panic!("on purpose"),
                    3 => return Err(Denied::NotFound.into()),
                    4 => return Err(commands::Error::SignedOut),
                    number => done.lock().expect("the numbers").push(*number),
                }
                Ok(())
            }
        });
        let outcome = each::<Numbers<TOGETHER>, _>(&due, acts).await;
        (done.into_inner().expect("the numbers"), outcome)
    }

    #[tokio::test]
    async fn what_panics_or_fails_leaves_the_others_to_be_done() {
        for (done, outcome) in [outcome::<1>().await, outcome::<2>().await, outcome::<7>().await] {
            assert_eq!(done, [1, 5, 6, 7]);
            let error = outcome.expect_err("two were not done");
            assert_eq!(
                crate::database::chain(&error).to_string(),
                "2 of 7 could not be done, the first is 2: it panicked"
            );
        }
    }

    #[tokio::test]
    async fn as_many_as_one_run_takes_may_not_be_all() {
        for (due, left) in [(6, Left::Nothing), (7, Left::More)] {
            let due: Vec<u32> = (0..due).collect();
            let acts = due.iter().map(|_| async { Ok(()) });
            assert_eq!(each::<Numbers<2>, _>(&due, acts).await.expect("all of it"), left);
        }
    }
}
