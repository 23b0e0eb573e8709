//! Every event of every aggregate as one type, for readers of the whole ledger.

use cqrs_es::{Aggregate, DomainEvent, persist::EventUpcaster};
use serde_json::Value;
use thiserror::Error;

use crate::{
    api_key::{ApiKey, ApiKeyEvent},
    catalog::{
        contract::{Contract, ContractEvent},
        issue::{Issue, IssueEvent},
        product::{Product, ProductEvent},
        quality_check::{QualityCheck, QualityCheckEvent},
    },
    organization::{Organization, OrganizationEvent},
    project::{Project, ProjectEvent},
    session::{Session, SessionEvent},
    space::{Space, SpaceEvent},
    team::{Team, TeamEvent},
    usage::{Usage, UsageEvent},
    user::{User, UserEvent},
    workspace::{Workspace, WorkspaceEvent},
};

macro_rules! aggregates {
    ($($aggregate:ident($event:ident) $(of $owner:ident)?,)*) => {
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event { $($aggregate($event),)* }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$aggregate(event)
            }
        })*

        impl Event {
            /// The types of aggregate that there are.
            pub const AGGREGATE_TYPES: &'static [&'static str] = &[$($aggregate::TYPE,)*];

            /// The codes that each of them refuses with.
            pub const REFUSALS: &'static [&'static [&'static str]] = &[$(<$aggregate as Aggregate>::Error::CODES,)*];

            /// The type of the aggregate whose ids the streams of this type have. Such a stream begins when another one with its
            /// id is there already, and rows of that.
            pub fn shares_ids_with(aggregate_type: &str) -> Option<&'static str> {
                match aggregate_type {
                    $($($aggregate::TYPE => Some($owner::TYPE),)?)*
                    _ => None,
                }
            }

            pub fn aggregate_type(&self) -> &'static str {
                match self { $(Self::$aggregate(_) => $aggregate::TYPE,)* }
            }

            /// Reads a stored payload, whose personal fields are open, after the upcasters.
            pub fn decode(aggregate_type: &str, payload: Value) -> Result<Self, DecodeError> {
                match aggregate_type {
                    $($aggregate::TYPE => serde_json::from_value(payload).map(Self::$aggregate).map_err(DecodeError::Payload),)*
                    other => Err(DecodeError::AggregateType(other.to_owned())),
                }
            }

            /// Reads a stored text in which nothing has to be opened or lifted.
            pub fn decode_text(aggregate_type: &str, payload: &str) -> Result<Self, DecodeError> {
                match aggregate_type {
                    $($aggregate::TYPE => serde_json::from_str(payload).map(Self::$aggregate).map_err(DecodeError::Payload),)*
                    other => Err(DecodeError::AggregateType(other.to_owned())),
                }
            }

            pub fn event_type(&self) -> String {
                match self { $(Self::$aggregate(event) => event.event_type(),)* }
            }

            pub fn event_version(&self) -> String {
                match self { $(Self::$aggregate(event) => event.event_version(),)* }
            }

            /// The stored form, with personal fields open.
            pub fn encode(&self) -> Result<Value, serde_json::Error> {
                match self { $(Self::$aggregate(event) => serde_json::to_value(event),)* }
            }
        }
    };
}

aggregates! {
    Organization(OrganizationEvent),
    User(UserEvent),
    Session(SessionEvent),
    Team(TeamEvent),
    Workspace(WorkspaceEvent),
    Project(ProjectEvent),
    Space(SpaceEvent),
    Product(ProductEvent),
    Contract(ContractEvent),
    Issue(IssueEvent),
    QualityCheck(QualityCheckEvent),
    ApiKey(ApiKeyEvent),
    Usage(UsageEvent) of Organization,
}

#[derive(Debug, Error)]
pub enum DecodeError {
    #[error("there is no aggregate type {0:?}")]
    AggregateType(String),
    #[error("the payload is not of its type")]
    Payload(#[source] serde_json::Error),
}

/// What lifts the events of older versions to today's. The order is the order of application.
pub fn upcasters() -> Vec<Box<dyn EventUpcaster>> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api_key, organization, space, user};

    /// A name that no event has would be a condition that always holds.
    #[test]
    fn what_takes_something_away_is_named_as_it_is_stored() {
        let named = [
            (organization::REVOCATIONS, OrganizationEvent::TYPES),
            (user::REVOCATIONS, UserEvent::TYPES),
            (user::SIGN_OUTS, UserEvent::TYPES),
            (api_key::REVOCATIONS, ApiKeyEvent::TYPES),
            (space::REVOCATIONS, SpaceEvent::TYPES),
        ];
        for (names, types) in named {
            assert_eq!(names.iter().find(|name| !types.contains(name)), None);
        }
    }
}
