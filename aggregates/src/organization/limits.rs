//! Plans and the limits that come with them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    change::{Apply, Change},
    refusal::RefusedField,
};

/// What an organization pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    #[default]
    Free,
    Pro,
    Enterprise,
}

impl Plan {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    /// What the plan includes. An organization's own limits override it; only a superadmin may exceed it.
    pub const fn limits(self) -> Limits {
        match self {
            Self::Free => Limits::of(5, 100, 5, 25, 10),
            Self::Pro => Limits::of(20, 1_000, 50, 250, 100),
            Self::Enterprise => Limits::of(100, 100_000, 1_000, 100_000, 10_000),
        }
    }
}

impl FromStr for Plan {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Free, Self::Pro, Self::Enterprise].into_iter().find(|plan| plan.as_str() == text).ok_or(())
    }
}

/// The limits that are in force, all whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub max_concurrent_agents: i64,
    /// Agent runtime in a calendar month, in seconds.
    pub max_runtime_seconds: i64,
    pub max_workspaces: i64,
    /// Seats: active and suspended members and live invitations.
    pub max_members: i64,
    pub max_spaces: i64,
}

impl Limits {
    const fn of(agents: i64, hours: i64, workspaces: i64, members: i64, spaces: i64) -> Self {
        Self {
            max_concurrent_agents: agents,
            max_runtime_seconds: hours * 3600,
            max_workspaces: workspaces,
            max_members: members,
            max_spaces: spaces,
        }
    }
}

/// An organization's own limits; none where the plan's holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LimitOverrides {
    pub max_concurrent_agents: Option<i64>,
    pub max_runtime_seconds: Option<i64>,
    pub max_workspaces: Option<i64>,
    pub max_members: Option<i64>,
    pub max_spaces: Option<i64>,
}

impl LimitOverrides {
    pub fn over(&self, plan: Plan) -> Limits {
        let included = plan.limits();
        Limits {
            max_concurrent_agents: self.max_concurrent_agents.unwrap_or(included.max_concurrent_agents),
            max_runtime_seconds: self.max_runtime_seconds.unwrap_or(included.max_runtime_seconds),
            max_workspaces: self.max_workspaces.unwrap_or(included.max_workspaces),
            max_members: self.max_members.unwrap_or(included.max_members),
            max_spaces: self.max_spaces.unwrap_or(included.max_spaces),
        }
    }

    pub fn apply(&mut self, changes: &LimitChanges) {
        changes.max_concurrent_agents.apply(&mut self.max_concurrent_agents);
        changes.max_runtime_seconds.apply(&mut self.max_runtime_seconds);
        changes.max_workspaces.apply(&mut self.max_workspaces);
        changes.max_members.apply(&mut self.max_members);
        changes.max_spaces.apply(&mut self.max_spaces);
    }
}

/// Wanted limits: absent means "as it is", `Some(None)` means "as the plan has it".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimitsPatch {
    pub max_concurrent_agents: Option<Option<i64>>,
    pub max_runtime_seconds: Option<Option<i64>>,
    pub max_workspaces: Option<Option<i64>>,
    pub max_members: Option<Option<i64>>,
    pub max_spaces: Option<Option<i64>>,
}

/// What a change of limits changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LimitChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_agents: Option<Change<Option<i64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_runtime_seconds: Option<Change<Option<i64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_workspaces: Option<Change<Option<i64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_members: Option<Change<Option<i64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_spaces: Option<Change<Option<i64>>>,
}

/// A wanted limit that is not possible.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("/{field}: {detail}")]
pub struct LimitProblem {
    /// The field's name in the API.
    pub field: &'static str,
    pub detail: String,
    /// Whether a superadmin could have set it.
    pub above_plan: bool,
}

impl LimitProblem {
    pub(super) fn refused(&self) -> RefusedField {
        RefusedField::new(format!("/{}", self.field), &self.detail)
    }
}

impl LimitsPatch {
    /// The changes this patch makes to `current`, or everything that is wrong with it.
    pub(super) fn changes(
        &self,
        current: &LimitOverrides,
        plan: Plan,
        above_plan: bool,
    ) -> Result<LimitChanges, Vec<LimitProblem>> {
        let included = plan.limits();
        let mut problems = Vec::new();
        let mut change =
            |field, wanted: Option<Option<i64>>, current: Option<i64>, least: i64, most: i64, plan_most: i64| {
                let wanted = wanted?;
                if let Some(value) = wanted {
                    if !(least..=most).contains(&value) {
                        let detail = format!("must be between {least} and {most}");
                        problems.push(LimitProblem { field, detail, above_plan: false });
                        return None;
                    }
                    if value > plan_most && !above_plan {
                        let detail = format!("the plan {} includes at most {plan_most}", plan.as_str());
                        problems.push(LimitProblem { field, detail, above_plan: true });
                        return None;
                    }
                }
                (wanted != current).then_some(Change { from: current, to: wanted })
            };
        /// Enough for any real organization, small enough that sums never overflow.
        const MOST: i64 = 1_000_000;
        let changes = LimitChanges {
            max_concurrent_agents: change(
                "max_concurrent_agents",
                self.max_concurrent_agents,
                current.max_concurrent_agents,
                1,
                100,
                included.max_concurrent_agents,
            ),
            max_runtime_seconds: change(
                "max_runtime_hours",
                self.max_runtime_seconds,
                current.max_runtime_seconds,
                0,
                MOST * 3600,
                included.max_runtime_seconds,
            ),
            max_workspaces: change(
                "max_workspaces",
                self.max_workspaces,
                current.max_workspaces,
                1,
                MOST,
                included.max_workspaces,
            ),
            max_members: change("max_members", self.max_members, current.max_members, 1, MOST, included.max_members),
            max_spaces: change("max_spaces", self.max_spaces, current.max_spaces, 0, MOST, included.max_spaces),
        };
        if problems.is_empty() { Ok(changes) } else { Err(problems) }
    }
}
