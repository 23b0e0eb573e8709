//! What is sent to add or change a member.

use aggregates::{
    authorization::RoleKey,
    email::Email,
    ids::{OrganizationId, UserId},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::members::{Activation, AddMember, ChangeMember, MemberChange, Person, TransferOwnership},
    web::{Problem, fields::Fields},
};

/// Who is added: `user_email` or `user_id`, not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// For an address without an account, an invited user is created.
    #[schema(example = "user@example.com")]
    user_email: Option<String>,
    #[schema(value_type = Option<uuid::Uuid>)]
    user_id: Option<String>,
    /// The key of a role.
    #[schema(example = "member", min_length = 1, max_length = 63)]
    role: String,
}

impl NewMember {
    pub fn check(self, organization: OrganizationId, activation: Activation) -> Result<AddMember, Problem> {
        let mut fields = Fields::default();
        let person = person(&mut fields, ("/user_email", self.user_email), self.user_id);
        let role = fields.check("/role", self.role.parse());
        let whole = person.zip(role).map(|(person, role)| AddMember { organization, person, role, activation });
        fields.finish(whole)
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberRoleChange {
    /// The key of a role.
    #[schema(example = "developer", min_length = 1, max_length = 63)]
    role: String,
}

impl MemberRoleChange {
    pub fn check(self, organization: OrganizationId, user: UserId) -> Result<ChangeMember, Problem> {
        let mut fields = Fields::default();
        let role: Option<RoleKey> = fields.check("/role", self.role.parse());
        fields.finish(role.map(|role| ChangeMember { organization, user, change: MemberChange::Role(role) }))
    }
}

/// Who becomes the owner: `user_id` or `email`, not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnershipTransfer {
    #[schema(value_type = Option<uuid::Uuid>)]
    user_id: Option<String>,
    #[schema(example = "user@example.com")]
    email: Option<String>,
    /// Whether the previous primary owner stays an owner; otherwise they become an admin.
    #[serde(default)]
    keep_owner: bool,
}

impl OwnershipTransfer {
    pub fn check(self, organization: OrganizationId) -> Result<TransferOwnership, Problem> {
        let mut fields = Fields::default();
        let to = person(&mut fields, ("/email", self.email), self.user_id);
        fields.finish(to.map(|to| TransferOwnership { organization, to, keep_owner: self.keep_owner }))
    }
}

fn person(fields: &mut Fields, (pointer, email): (&str, Option<String>), id: Option<String>) -> Option<Person> {
    match (email, id) {
        (Some(email), None) => fields.check(pointer, Email::parse(&email)).map(Person::Email),
        (None, Some(id)) => fields.check("/user_id", id.parse()).map(Person::Id),
        (None, None) => {
            fields.problem(pointer, "this or user_id must be given");
            None
        }
        (Some(_), Some(_)) => {
            fields
                .problem("/user_id", format!("only one of this and {} can be given", pointer.trim_start_matches('/')));
            None
        }
    }
}
