//! How an aggregate takes a command: it decides, and what it decided happens to it.

use cqrs_es::Aggregate;

use crate::{Moment, refusal::Refusal};

/// An aggregate of this model. Its whole rule is one pure function.
pub trait Decide: Aggregate<Services = Moment, Error: Refusal> {
    /// The events that a command leads to, or why it leads to none.
    fn decide(&self, command: Self::Command, moment: Moment) -> Result<Vec<Self::Event>, Self::Error>;
}

/// The `handle` of an [`Aggregate`] that can [`Decide`]. A trait of another crate cannot be given a default here.
macro_rules! handle_by_deciding {
    () => {
        async fn handle(
            &mut self,
            command: Self::Command,
            moment: &crate::Moment,
            sink: &cqrs_es::event_sink::EventSink<Self>,
        ) -> Result<(), Self::Error> {
            for event in crate::decide::Decide::decide(self, command, *moment)? {
                sink.write(event, self).await;
            }
            Ok(())
        }
    };
}
pub(crate) use handle_by_deciding;
