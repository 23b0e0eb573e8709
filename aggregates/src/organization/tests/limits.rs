//! Limits: the plan's, and an organization's own.

use super::*;

fn change(patch: LimitsPatch) -> Command {
    Command::ChangeLimits { patch, above_plan: false }
}

fn agents(wanted: Option<i64>) -> LimitsPatch {
    LimitsPatch { max_concurrent_agents: Some(wanted), ..LimitsPatch::default() }
}

fn agents_changed(from: Option<i64>, to: Option<i64>) -> Event {
    let changes = LimitChanges { max_concurrent_agents: Some(Change { from, to }), ..LimitChanges::default() };
    Event::LimitsChanged { changes }
}

/// The fields that a command is refused for, each with whether a superadmin could.
fn refused(plan: Plan, patch: LimitsPatch, above_plan: bool) -> Vec<(&'static str, bool)> {
    let history = if plan == Plan::Free { vec![] } else { vec![Event::PlanChanged { from: Plan::Free, to: plan }] };
    match given(history).when(Command::ChangeLimits { patch, above_plan }).inspect_result() {
        Err(Error::Limits(problems)) => problems.into_iter().map(|p| (p.field, p.above_plan)).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => vec![],
    }
}

#[test]
fn plans_include_what_the_table_says() {
    let row = |plan: Plan| {
        let limits = plan.limits();
        (
            limits.max_concurrent_agents,
            limits.max_runtime_seconds / 3600,
            limits.max_workspaces,
            limits.max_members,
            limits.max_spaces,
        )
    };
    assert_eq!(row(Plan::Free), (5, 100, 5, 25, 10));
    assert_eq!(row(Plan::Pro), (20, 1_000, 50, 250, 100));
    assert_eq!(row(Plan::Enterprise), (100, 100_000, 1_000, 100_000, 10_000));
}

#[test]
fn a_limit_is_set_changed_and_given_back() {
    given([]).when(change(agents(Some(3)))).then_expect_events(vec![agents_changed(None, Some(3))]);
    let set = agents_changed(None, Some(3));
    given([set.clone()]).when(change(agents(Some(4)))).then_expect_events(vec![agents_changed(Some(3), Some(4))]);
    given([set.clone()]).when(change(agents(None))).then_expect_events(vec![agents_changed(Some(3), None)]);
    assert_eq!(folded([created(), set.clone()]).limits().map(|limits| limits.max_concurrent_agents), Some(3));
    let given_back = [created(), set, agents_changed(Some(3), None)];
    assert_eq!(folded(given_back).limits(), Some(Plan::Free.limits()));
}

#[test]
fn nothing_changed_is_no_event() {
    given([]).when(change(LimitsPatch::default())).then_expect_events(vec![]);
    given([]).when(change(agents(None))).then_expect_events(vec![]);
    given([agents_changed(None, Some(3))]).when(change(agents(Some(3)))).then_expect_events(vec![]);
}

#[test]
fn each_limit_has_bounds_that_nobody_passes() {
    let all = |n: i64| LimitsPatch {
        max_concurrent_agents: Some(Some(n)),
        max_runtime_seconds: Some(Some(n)),
        max_workspaces: Some(Some(n)),
        max_members: Some(Some(n)),
        max_spaces: Some(Some(n)),
    };
    let fields = ["max_concurrent_agents", "max_runtime_hours", "max_workspaces", "max_members", "max_spaces"]
        .map(|f| (f, false));
    for n in [i64::MIN, -1, 3_600_000_001, i64::MAX] {
        assert_eq!(refused(Plan::Enterprise, all(n), true), fields, "{n}");
    }
    let not_zero = [fields[0], fields[2], fields[3]];
    assert_eq!(refused(Plan::Enterprise, all(0), true), not_zero);
    assert_eq!(refused(Plan::Enterprise, all(1), true), []);
    assert_eq!(refused(Plan::Enterprise, agents(Some(100)), true), []);
    assert_eq!(refused(Plan::Enterprise, agents(Some(101)), true), [fields[0]]);
}

#[test]
fn above_the_plan_only_a_superadmin_goes() {
    let patch = LimitsPatch {
        max_members: Some(Some(26)),
        max_workspaces: Some(Some(5)),
        max_spaces: Some(Some(11)),
        ..LimitsPatch::default()
    };
    assert_eq!(refused(Plan::Free, patch, false), [("max_members", true), ("max_spaces", true)]);
    assert_eq!(refused(Plan::Free, patch, true), []);
    assert_eq!(refused(Plan::Pro, patch, false), []);
}

#[test]
fn one_impossible_limit_refuses_the_whole_change() {
    let patch = LimitsPatch { max_spaces: Some(Some(1)), ..agents(Some(0)) };
    assert_eq!(refused(Plan::Free, patch, false), [("max_concurrent_agents", false)]);
}
