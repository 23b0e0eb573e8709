//! Whatever is asked, in whatever order: what is decided is what is folded, and no rule is broken.

mod people;

use std::{
    collections::BTreeSet,
    pin::pin,
    task::{Context, Poll, Waker},
};

use cqrs_es::event_sink::EventSink;
use proptest::{collection, option, prelude::*, sample::select};

use super::*;
use crate::{
    claim::{Claim, ClaimChange, claim_changes},
    email::Email,
};

const ID: OrganizationId = OrganizationId::new(Uuid::from_u128(9));

/// A command, how many days after the one before, and who gives it, if it is one that asks.
type Step = (Command, i64, UserId);

fn slugs() -> impl Strategy<Value = Slug> {
    // More names than old ones are kept, few enough to meet again.
    (0..30_usize).prop_map(|n| slug(&format!("s-{n}")))
}

fn limits() -> impl Strategy<Value = LimitsPatch> {
    let limit = || option::of(option::of(prop_oneof![-1..8_i64, 90..110_i64, Just(i64::MAX)]));
    (limit(), limit(), limit(), limit(), limit()).prop_map(|(agents, runtime, workspaces, members, spaces)| {
        LimitsPatch {
            max_concurrent_agents: agents,
            max_runtime_seconds: runtime,
            max_workspaces: workspaces,
            max_members: members,
            max_spaces: spaces,
        }
    })
}

fn profile() -> impl Strategy<Value = ProfilePatch> {
    let text = || option::of(option::of("[a-c]"));
    let email =
        select(vec!["a@mail.example", "b@mail.example"]).prop_map(|text| Email::parse(text).expect("an address"));
    let pairs = collection::btree_map("k[0-9][0-9]", option::weighted(0.8, "[ab]"), 0..40);
    let settings = (text(), text(), text());
    (
        option::of("[ABC]"),
        text(),
        text(),
        option::of(option::of(email)),
        settings,
        option::of(pairs),
        option::of(60..70_i64),
    )
        .prop_map(|(name, description, domain, billing_email, (timezone, locale, logo_url), metadata, jwt)| {
            ProfilePatch {
                name,
                description,
                domain,
                billing_email,
                settings: SettingsPatch { timezone, locale, logo_url },
                metadata,
                jwt_expiry_secs: jwt,
            }
        })
}

fn commands() -> impl Strategy<Value = Command> {
    let release = collection::vec(slugs(), 0..3);
    let plan = || select(vec![Plan::Free, Plan::Pro, Plan::Enterprise]);
    prop_oneof![
        1 => Just(create()),
        8 => profile().prop_map(|patch| Command::Update { id: ID, patch }),
        2 => plan().prop_map(|plan| Command::ChangePlan { plan }),
        8 => (slugs(), prop_oneof![3 => Just(vec![]), 1 => release])
            .prop_map(|(slug, release)| Command::ChangeSlug { slug, release }),
        4 => (limits(), any::<bool>()).prop_map(|(patch, above_plan)| Command::ChangeLimits { patch, above_plan }),
        2 => option::of("[ab]").prop_map(|reason| Command::Suspend { reason }),
        2 => Just(Command::Reactivate),
        1 => Just(Command::Delete),
        2 => Just(Command::Restore),
        1 => prop::bool::weighted(0.2).prop_map(|early| Command::Purge { early }),
        60 => people::commands(),
    ]
}

fn histories() -> impl Strategy<Value = Vec<Step>> {
    let days = prop_oneof![6 => 0..2_i64, 1 => 25..35_i64];
    let first = prop_oneof![9 => Just(create()), 1 => commands()].prop_map(|command| (command, 0, OWNER));
    (first, collection::vec((commands(), days, people::users()), 0..100))
        .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect())
}

/// Lets the aggregate decide as the command layer does. Deciding never waits.
fn handle(organization: &mut Organization, command: Command, now: DateTime<Utc>) -> Result<Vec<Event>, Error> {
    let sink = EventSink::default();
    let decision = pin!(async {
        organization.handle(command, &Moment { now }, &sink).await?;
        Ok(sink.collect().await)
    });
    match decision.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(decided) => decided,
        Poll::Pending => panic!("a decision waits for nothing"),
    }
}

fn check_invariants(organization: &Organization, history: &[Event]) {
    let claimed = claimed(history);
    let Ok(profile) = organization.existing() else {
        assert!(claimed.is_empty(), "what does not exist claims nothing");
        return;
    };
    let owners = organization.members.values().filter(|m| m.active && m.role.is_owner()).count();
    assert!(owners > 0, "somebody owns it");
    let primary = organization.owner().map(|owner| organization.standing(owner));
    assert!(matches!(primary, Some(Standing::Member { owner: true, .. })), "the primary owner is an owner");

    assert!(!profile.old_slugs.contains(&profile.slug), "the slug in use is not an old one");
    assert!(profile.old_slugs.len() <= MAX_OLD_SLUGS);
    let known: BTreeSet<_> = std::iter::once(&profile.slug).chain(&profile.old_slugs).map(Slug::as_str).collect();
    assert_eq!(claimed.iter().map(String::as_str).collect::<BTreeSet<_>>(), known, "it claims what resolves to it");

    assert!(profile.metadata.len() <= MAX_METADATA);
    let limits = profile.limits.over(profile.plan);
    assert!((1..=100).contains(&limits.max_concurrent_agents));
    assert!((0..=3_600_000_000).contains(&limits.max_runtime_seconds));
    assert!((1..=1_000_000).contains(&limits.max_workspaces));
    assert!((1..=1_000_000).contains(&limits.max_members));
    assert!((0..=1_000_000).contains(&limits.max_spaces));
}

/// The slugs that the events claim and have not given up.
fn claimed(history: &[Event]) -> BTreeSet<String> {
    let mut claimed = BTreeSet::new();
    for event in history {
        for change in claim_changes(ID.uuid(), &event.clone().into()) {
            match change {
                ClaimChange::Acquire(Claim { value, .. }) => drop(claimed.insert(value)),
                ClaimChange::Release(Claim { value, .. }) => assert!(claimed.remove(&value), "{value} was claimed"),
            }
        }
    }
    claimed
}

/// No event says that something changed from a value to the same value.
fn check_is_a_change(event: &Event) {
    match event {
        Event::OrganizationUpdated { changes } => {
            assert_ne!(**changes, ProfileChanges::default());
            let changes = serde_json::to_value(changes).expect("json");
            for (field, change) in changes.as_object().expect("fields") {
                assert_ne!(change["from"], change["to"], "{field}");
            }
        }
        Event::LimitsChanged { changes } => assert_ne!(*changes, LimitChanges::default()),
        Event::PlanChanged { from, to } => assert_ne!(from, to),
        Event::OrganizationSlugChanged { from, to } => assert_ne!(from, to),
        Event::MemberRoleChanged { from, to, .. } => assert_ne!(from, to),
        Event::OwnershipTransferred { from, to, .. } | Event::PrimaryOwnerChanged { from, to } => assert_ne!(from, to),
        Event::RoleUpdated { changes, .. } => assert_ne!(*changes, RoleChanges::default()),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_sequence_of_commands_breaks_a_rule(steps in histories()) {
        let mut organization = Organization::default();
        let mut history = Vec::new();
        let mut now = now();
        for (command, days, actor) in steps {
            now += TimeDelta::days(days);
            let before = organization.clone();
            let command = people::given_by(actor, command, &organization, &history);
            match handle(&mut organization, command.clone(), now) {
                Ok(events) => {
                    events.iter().for_each(check_is_a_change);
                    if before.status() == Some(Status::Deleted) {
                        let allowed = matches!(command, Command::Restore | Command::Purge { .. });
                        prop_assert!(allowed, "{command:?}");
                    }
                    people::check(&command, &before, &organization, &events, now);
                    history.extend(events);
                }
                Err(_) => prop_assert_eq!(&organization, &before, "a refusal changes nothing"),
            }
            check_invariants(&organization, &history);
            prop_assert_eq!(&folded(history.clone()), &organization, "the events say all of it");
        }
        for event in history {
            let stored = serde_json::to_string(&event).expect("json");
            prop_assert_eq!(serde_json::from_str::<Event>(&stored).expect("an event"), event);
        }
        let stored = serde_json::to_string(&organization).expect("json");
        prop_assert_eq!(serde_json::from_str::<Organization>(&stored).expect("a state"), organization);
    }
}
