//! Accounts.

use aggregates::{
    change::Apply,
    ids::{OrganizationId, UserId},
    personal::Personal,
    user::{Origin, UserEvent},
};
use chrono::{DateTime, Utc};

use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One account. Address and name are null once they were erased; a name also until its person gave one.
    pub struct UserRow in "users", key(id: UserId) {
        pub id: UserId,
        pub email: Option<String>,
        pub name: Option<String>,
        /// Whether the person can sign in, or has: an invited account has no credentials yet.
        pub activated: bool,
        pub is_superadmin: bool,
        pub disabled: bool,
        /// Sessions that began in another epoch are over.
        pub epoch: i64,
        /// The organization that the person says they belong to.
        pub organization: Option<String>,
        pub primary_organization_id: Option<OrganizationId>,
        /// Name and address in lower case, for lists that are searched.
        pub search_text: String,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl UserRow {
    fn set_search_text(&mut self) {
        let parts = [self.name.as_deref(), self.email.as_deref()];
        self.search_text = parts.into_iter().flatten().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    }
}

pub(crate) fn keys(id: UserId, _: &UserEvent, keys: &mut RowKeys) {
    keys.users.insert((id,));
}

pub(crate) fn fold(id: UserId, event: &UserEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    if let UserEvent::UserRegistered { email, name, origin, organization } = event {
        let mut row = UserRow {
            id,
            email: email.get().cloned(),
            name: name.as_ref().and_then(Personal::get).cloned(),
            activated: *origin != Origin::Invitation,
            is_superadmin: false,
            disabled: false,
            epoch: 0,
            organization: organization.clone(),
            primary_organization_id: None,
            search_text: String::new(),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        row.set_search_text();
        return rows.users.insert(row);
    }
    rows.users.update(&(id,), |row| {
        change(row, event);
        row.version += 1;
        row.updated_at = at;
    })
}

fn change(row: &mut UserRow, event: &UserEvent) {
    use UserEvent as Event;
    match event {
        // What works once is the write model's alone.
        Event::UserRegistered { .. } | Event::ActivationIssued { .. } | Event::PasswordResetIssued { .. } => {}
        Event::UserActivated { name } => {
            row.activated = true;
            if let Some(name) = name {
                row.name = name.get().cloned();
            }
        }
        Event::PasswordChanged { .. } => row.epoch += 1,
        Event::UserUpdated { changes } => {
            changes.name.apply_as(&mut row.name, |name| name.as_ref().and_then(Personal::get).cloned());
            changes.organization.apply(&mut row.organization);
        }
        Event::EmailChanged { to, .. } => row.email = to.get().cloned(),
        Event::PrimaryOrganizationChosen { organization } => row.primary_organization_id = Some(*organization),
        Event::UserDisabled {} => {
            row.disabled = true;
            row.epoch += 1;
        }
        Event::UserEnabled {} => row.disabled = false,
        Event::SuperadminGranted {} => row.is_superadmin = true,
        Event::SuperadminRevoked {} => row.is_superadmin = false,
    }
    row.set_search_text();
}
