//! The issue: something in a space that someone has to see to.

mod words;

#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

pub use self::words::{IssueStatus, Priority};
use super::CatalogCommand;
use crate::{
    Moment,
    belonging::Belonging,
    change::{Apply, Change, changed},
    decide::{Decide, handle_by_deciding},
    event_types::event_types,
    ids::{CommentId, OrganizationId, ProductId, SpaceId, UserId},
    refusal::refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueCommand {
    Create {
        space: SpaceId,
        title: String,
        description: Option<String>,
        priority: Priority,
        assignee: Option<UserId>,
        /// The product that it is about, of the same space.
        product: Option<ProductId>,
        created_by: UserId,
    },
    /// Absent fields stay as they are; `Some(None)` clears.
    Update {
        title: Option<String>,
        description: Option<Option<String>>,
        priority: Option<Priority>,
        product: Option<Option<ProductId>>,
    },
    Assign {
        assignee: Option<UserId>,
    },
    Start,
    Resolve,
    WontFix,
    Reopen,
    Comment {
        id: CommentId,
        author: UserId,
        body: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IssueEvent {
    IssueCreated {
        space: SpaceId,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        priority: Priority,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<ProductId>,
        created_by: UserId,
    },
    IssueUpdated {
        space: SpaceId,
        changes: IssueChanges,
    },
    IssueAssigned {
        space: SpaceId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<UserId>,
    },
    IssueStatusChanged {
        space: SpaceId,
        from: IssueStatus,
        to: IssueStatus,
    },
    IssueCommented {
        space: SpaceId,
        id: CommentId,
        author: UserId,
        body: String,
    },
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IssueChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Change<Priority>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Change<Option<ProductId>>>,
}

event_types! {
    IssueEvent {
        IssueCreated = "IssueCreated",
        IssueUpdated = "IssueUpdated",
        IssueAssigned = "IssueAssigned",
        IssueStatusChanged = "IssueStatusChanged",
        IssueCommented = "IssueCommented",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IssueError {
    #[error("Issue not found")]
    NotFound,
    #[error("This issue exists already")]
    AlreadyExists,
    #[error("An issue that is {} does not become {}", from.as_str(), to.as_str())]
    InvalidTransition { from: IssueStatus, to: IssueStatus },
    #[error("has no access to the space")]
    AssigneeWithoutAccess,
    #[error("is not a product of the space")]
    ProductElsewhere,
}

refusal! {
    IssueError {
        Self::NotFound => "issue_not_found",
        Self::AlreadyExists => "already_exists",
        Self::InvalidTransition { .. } => "invalid_transition",
        Self::AssigneeWithoutAccess => "invalid" at "/assignee_id",
        Self::ProductElsewhere => "invalid" at "/product_id",
    }
    {
        fn members(&self) -> Vec<(&'static str, Value)> {
            match self {
                Self::InvalidTransition { from, to } => {
                    vec![("from", json!(from.as_str())), ("to", json!(to.as_str()))]
                }
                _ => vec![],
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Issue {
    state: Option<State>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    space: SpaceId,
    title: String,
    description: Option<String>,
    status: IssueStatus,
    priority: Priority,
    assignee: Option<UserId>,
    product: Option<ProductId>,
}

impl Issue {
    pub fn space(&self) -> Option<SpaceId> {
        self.state.as_ref().map(|state| state.space)
    }

    /// Who is to see to it.
    pub fn assignee(&self) -> Option<UserId> {
        self.state.as_ref().and_then(|state| state.assignee)
    }

    /// The product that it is about.
    pub fn product(&self) -> Option<ProductId> {
        self.state.as_ref().and_then(|state| state.product)
    }
}

impl State {
    fn becomes(&self, to: IssueStatus, of: &[IssueStatus]) -> Result<Vec<IssueEvent>, IssueError> {
        let from = self.status;
        if of.contains(&from) {
            Ok(vec![IssueEvent::IssueStatusChanged { space: self.space, from, to }])
        } else {
            Err(IssueError::InvalidTransition { from, to })
        }
    }
}

impl Decide for Issue {
    fn decide(
        &self,
        CatalogCommand { command, .. }: CatalogCommand<IssueCommand>,
        _: Moment,
    ) -> Result<Vec<IssueEvent>, IssueError> {
        use IssueStatus::{InProgress, Open, Resolved, WontFix};
        if let IssueCommand::Create { space, title, description, priority, assignee, product, created_by } = command {
            return match self.state {
                Some(_) => Err(IssueError::AlreadyExists),
                None => Ok(vec![IssueEvent::IssueCreated {
                    space,
                    title,
                    description,
                    priority,
                    assignee,
                    product,
                    created_by,
                }]),
            };
        }
        let state = self.state.as_ref().ok_or(IssueError::NotFound)?;
        let space = state.space;
        Ok(match command {
            IssueCommand::Create { .. } => vec![],
            IssueCommand::Update { title, description, priority, product } => {
                let changes = IssueChanges {
                    title: Change::wanted(&state.title, title),
                    description: Change::wanted(&state.description, description),
                    priority: Change::wanted(&state.priority, priority),
                    product: Change::wanted(&state.product, product),
                };
                changed(changes, |changes| IssueEvent::IssueUpdated { space, changes })
            }
            IssueCommand::Assign { assignee: to } if to == state.assignee => vec![],
            IssueCommand::Assign { assignee: to } => {
                vec![IssueEvent::IssueAssigned { space, from: state.assignee, to }]
            }
            IssueCommand::Start => state.becomes(InProgress, &[Open])?,
            IssueCommand::Resolve => state.becomes(Resolved, &[Open, InProgress])?,
            IssueCommand::WontFix => state.becomes(WontFix, &[Open, InProgress, Resolved])?,
            IssueCommand::Reopen => state.becomes(Open, &[Resolved, WontFix])?,
            IssueCommand::Comment { id, author, body } => {
                vec![IssueEvent::IssueCommented { space, id, author, body }]
            }
        })
    }
}

impl Belonging for Issue {
    fn belongs_to(&self, _: Uuid, command: &CatalogCommand<IssueCommand>) -> Option<OrganizationId> {
        command.organization
    }
}

impl Aggregate for Issue {
    const TYPE: &'static str = "issue";
    type Command = CatalogCommand<IssueCommand>;
    type Event = IssueEvent;
    type Error = IssueError;
    type Services = Moment;

    handle_by_deciding!();

    fn apply(&mut self, event: IssueEvent) {
        if let IssueEvent::IssueCreated { space, title, description, priority, assignee, product, .. } = event {
            let status = IssueStatus::Open;
            self.state = Some(State { space, title, description, status, priority, assignee, product });
            return;
        }
        let Some(state) = &mut self.state else { return };
        match event {
            IssueEvent::IssueCreated { .. } | IssueEvent::IssueCommented { .. } => {}
            IssueEvent::IssueUpdated { changes, .. } => {
                changes.title.apply(&mut state.title);
                changes.description.apply(&mut state.description);
                changes.priority.apply(&mut state.priority);
                changes.product.apply(&mut state.product);
            }
            IssueEvent::IssueAssigned { to, .. } => state.assignee = to,
            IssueEvent::IssueStatusChanged { to, .. } => state.status = to,
        }
    }
}
