//! Whatever an organization decides can be projected, and its row says what the aggregate says.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use aggregates::{
    Moment,
    organization::{
        LimitsPatch, Organization as Aggregated, OrganizationCommand as Command, OrganizationError, ProfilePatch,
    },
};
use cqrs_es::{Aggregate, event_sink::EventSink};
use proptest::{collection, option, prelude::*, sample::select};

use super::*;

fn commands() -> impl Strategy<Value = Command> {
    let slugs = || (0..5_usize).prop_map(|n| slug(&format!("s-{n}")));
    let limits =
        option::of(option::of(1..5_i64)).prop_map(|max_spaces| LimitsPatch { max_spaces, ..LimitsPatch::default() });
    let profile = (option::of("[ABC]"), option::of(option::of("[ab]"))).prop_map(|(name, domain)| ProfilePatch {
        name,
        domain,
        ..ProfilePatch::default()
    });
    prop_oneof![
        4 => profile.prop_map(|patch| Command::Update { id: ID, patch }),
        2 => select(vec![Plan::Free, Plan::Pro]).prop_map(|plan| Command::ChangePlan { plan }),
        4 => (slugs(), collection::vec(slugs(), 0..2)).prop_map(|(slug, release)| Command::ChangeSlug { slug, release }),
        2 => limits.prop_map(|patch| Command::ChangeLimits { patch, above_plan: false }),
        2 => Just(Command::Suspend { reason: None }),
        2 => Just(Command::Reactivate),
        2 => Just(Command::Delete),
        4 => Just(Command::Restore),
        1 => Just(Command::Purge { early: true }),
    ]
}

pub(super) fn handle(organization: &mut Aggregated, command: Command) -> Result<Vec<Organization>, OrganizationError> {
    let sink = EventSink::default();
    let decision = pin!(async {
        organization.handle(command, &Moment { now: DateTime::UNIX_EPOCH }, &sink).await?;
        Ok(sink.collect().await)
    });
    match decision.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(decided) => decided,
        Poll::Pending => panic!("a decision waits for nothing"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_decision_can_be_projected(commands in collection::vec(commands(), 0..40)) {
        let mut aggregate = Aggregated::default();
        aggregate.apply(created());
        let mut cold = Tables::default();
        let mut warm = Tables::default();
        let mut memory = Rows::default();
        let mut position = 1;
        let first = [recorded(position, ID.uuid(), created())];
        cold.fold(&first).expect("folded");
        warm.fold_with(&mut memory, &first).expect("folded");
        for command in commands {
            let events = handle(&mut aggregate, command).unwrap_or_default();
            let events: Vec<_> = (position + 1..).zip(events).map(|(n, event)| recorded(n, ID.uuid(), event)).collect();
            position += i64::try_from(events.len()).expect("few");
            for event in &events {
                // One by one and with nothing in memory: what an event touches is declared by that event alone.
                prop_assert_eq!(cold.fold(std::slice::from_ref(event)), Ok(()));
            }
            prop_assert_eq!(warm.fold_with(&mut memory, &events), Ok(()));
            prop_assert_eq!(&cold, &warm, "memory changes nothing");

            let row: Option<OrganizationRow> = cold.row(&(ID,));
            prop_assert_eq!(row.as_ref().map(|row| row.status), aggregate.status());
            let Some(row) = row else { continue };
            prop_assert_eq!(Some(row.limits()), aggregate.limits());
            prop_assert_eq!(Some(row.owner_id), aggregate.owner());
            prop_assert_eq!(row.version, position, "every event of the stream is a version");
            let membership: MembershipRow = cold.row(&(ID, OWNER)).expect("a membership");
            prop_assert_eq!(membership.standing(None), aggregate.standing(OWNER), "both sides decide alike");
        }
    }
}
