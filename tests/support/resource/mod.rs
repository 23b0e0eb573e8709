//! The conventions that every resource of an organization keeps, or of a space of one, run from one description of it.
//!
//! ```ignore
//! conventions!(PROJECTS);
//! ```
//!
//! makes a test of every convention on each database, such as `conventions::dry_run::postgres`. What a resource does not
//! have stands in its description as [`Has::Not`], with the reason; the kit then checks that the OpenAPI document does
//! not promise it either. The tests of a resource keep what is special to it.

mod described;
mod documents;
mod dry_run;
mod idempotency;
mod kit;
mod lists;
mod tenants;
mod versions;

use serde_json::Value;

pub use self::{
    described::{headers, replies},
    documents::assert_each_is_described,
    dry_run::dry_run,
    idempotency::{duplicates, payloads, refusals, replay, restart},
    kit::{Kit, Place, run},
    lists::{cursors, parameters, walk},
    tenants::{another_tenant, bodies, deleted, outsider, permissions, suspended},
    versions::{entity_tag, forgotten, if_match},
};

/// What a resource has, or why it has not.
pub enum Has<T> {
    This(T),
    Not(&'static str),
}

impl<T> Has<T> {
    pub fn this(&self) -> Option<&T> {
        match self {
            Self::This(this) => Some(this),
            Self::Not(_) => None,
        }
    }
}

/// A request that writes, and what comes of it.
pub struct Write {
    pub method: &'static str,
    /// As in the OpenAPI document.
    pub path: &'static str,
    /// In this organization, different for every number. Null is no body.
    pub body: fn(&str, usize) -> Value,
    pub status: u16,
    /// The types of its events, in order.
    pub events: &'static [&'static str],
    pub permission: &'static str,
    /// Where its reply has what is shown once. A replay and a dry run show nothing there.
    pub once: &'static [&'static str],
    /// What has to be done to the row before: method, and path as in the OpenAPI document.
    pub after: Option<(&'static str, &'static str)>,
    /// The status and the code of the refusal where there is no such row.
    pub not_found: (u16, &'static str),
    /// Whether it is closed while the organization is deleted.
    pub closed: Has<()>,
    /// Whether it may insist on a version of its row.
    pub versioned: Has<()>,
}

/// What stands for no row where ids do.
pub const UNKNOWN: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

/// Without a body.
pub fn nothing(_: &str, _: usize) -> Value {
    Value::Null
}

/// What there is of many in an organization.
pub struct Resource {
    /// Its tag in the OpenAPI document.
    pub tag: &'static str,
    /// Its list, as in the OpenAPI document.
    pub list: &'static str,
    /// What the list is asked for where its path does not name the organization: `organization={org}`.
    pub of: &'static str,
    /// One row, as in the OpenAPI document.
    pub one: &'static str,
    /// Whether a row can be read there.
    pub read: Has<()>,
    /// Where a row shows what stands for it in paths.
    pub reference: &'static str,
    /// What could stand for a row, and does not.
    pub unknown: &'static str,
    /// The code for a row that there is not.
    pub not_found: &'static str,
    /// The permission that shows it.
    pub permission: &'static str,
    /// Whether those who may not write to a row know that it is there.
    pub known: Has<()>,
    /// The built-in role whose permissions a member needs in order to write, because nobody gives more than they have.
    pub gives: Option<&'static str>,
    pub create: Write,
    /// Everything else that writes to one row. The first can be repeated, with another number, and leaves the row as it was apart
    /// from what it changes.
    pub changes: &'static [Write],
    /// Whether the list has pages, and filters of it, of which each makes another list.
    pub pages: Has<&'static [&'static str]>,
    /// Operations with its tag that the kit does not run, each with the reason.
    pub beside: &'static [(&'static str, &'static str)],
}

impl Resource {
    /// Everything that writes: the creation first.
    pub fn writes(&self) -> impl Iterator<Item = &Write> {
        std::iter::once(&self.create).chain(self.changes)
    }

    /// Whether it is in a space. Then each organization has one.
    pub fn is_in_space(&self) -> bool {
        self.list.contains("{space}")
    }

    /// The code where there is no such organization or space.
    pub fn scope_not_found(&self) -> &'static str {
        if self.is_in_space() { "space_not_found" } else { "organization_not_found" }
    }

    /// Whether the path of a row does not name its organization: an outsider is told that there is no such row.
    pub fn is_hidden(&self) -> bool {
        !self.one.contains("{org}")
    }

    /// The change that can be repeated.
    pub fn edit(&self) -> &Write {
        &self.changes[0]
    }
}

/// Makes a test of every convention on each database, for a resource.
#[macro_export]
macro_rules! conventions {
    ($resource:ident) => {
        /// What the conventions run on: only where they do, there is this.
        pub const RUN: &$crate::support::resource::Resource = &$resource;

        $crate::conventions! { each
            dry_run, replay, restart, payloads, duplicates, refusals, if_match, forgotten, entity_tag, walk, cursors,
            parameters, bodies, permissions, outsider, another_tenant, suspended, deleted, replies,
            headers,
        }
    };
    (each $($name:ident,)*) => {
        $(mod $name {
            use $crate::support::{Engine, resource};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                resource::run(Engine::Sqlite, super::RUN, resource::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                resource::run(Engine::Postgres, super::RUN, resource::$name).await;
            }
        })*
    };
}
