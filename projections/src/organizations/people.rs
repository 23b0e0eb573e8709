//! Members, invitations and roles: the events of an organization that leave its own row alone.

use aggregates::{
    authorization::{BuiltInRole, RoleKey},
    change::Apply,
    ids::{InvitationId, OrganizationId, UserId},
    organization::OrganizationEvent as Event,
};
use chrono::{DateTime, Utc};

use crate::{
    FoldError, RowKeys, Rows,
    invitations::{InvitationRow, InvitationStatus},
    memberships::{MembershipRow, MembershipStatus},
    roles::{RoleRow, row_key},
    row::Json,
};

/// Whether the event is one of these. The rows of an ownership change are declared here, and the organization's too.
pub(super) fn keys(id: OrganizationId, event: &Event, keys: &mut RowKeys) -> bool {
    match event {
        Event::MemberAdded { user, .. }
        | Event::MemberReinstated { user, .. }
        | Event::MemberSuspended { user }
        | Event::MemberRemoved { user, .. } => {
            keys.memberships.insert((id, *user));
            keys.organization_counters.insert((id,));
        }
        Event::MemberRoleChanged { user, .. } => drop(keys.memberships.insert((id, *user))),
        Event::OwnershipTransferred { from, to, .. } => {
            keys.memberships.extend([(id, *from), (id, *to)]);
            keys.organizations.insert((id,));
        }
        Event::MemberInvited { invitation, .. }
        | Event::InvitationResent { invitation, .. }
        | Event::InvitationRevoked { invitation }
        | Event::InvitationDeclined { invitation }
        | Event::InvitationExpired { invitation }
        | Event::InvitationAccepted { invitation, .. } => {
            keys.invitations.insert((*invitation,));
            keys.organization_counters.insert((id,));
        }
        Event::RoleCreated { key, .. } | Event::RoleUpdated { key, .. } => drop(keys.roles.insert(row_key(id, key))),
        Event::RoleDeleted { key, members, invitations, .. } => {
            keys.roles.insert(row_key(id, key));
            keys.memberships.extend(members.iter().map(|user| (id, *user)));
            keys.invitations.extend(invitations.iter().map(|invitation| (*invitation,)));
        }
        _ => return false,
    }
    true
}

/// Whether the event was one of these and is folded as a whole.
pub(super) fn fold(id: OrganizationId, event: &Event, at: DateTime<Utc>, rows: &mut Rows) -> Result<bool, FoldError> {
    match event {
        Event::MemberAdded { user, role } => add(id, *user, role, at, rows)?,
        Event::MemberReinstated { user, role } => match rows.memberships.get(&(id, *user)) {
            Some(_) => {
                count(id, rows, 1, 0)?;
                change(id, *user, rows, |row| row.status = MembershipStatus::Active)?;
            }
            None => add(id, *user, role, at, rows)?,
        },
        Event::MemberSuspended { user } => {
            count(id, rows, -1, 0)?;
            change(id, *user, rows, |row| row.status = MembershipStatus::Suspended)?;
        }
        Event::MemberRemoved { user, .. } => {
            let was_active =
                rows.memberships.get(&(id, *user)).is_some_and(|row| row.status == MembershipStatus::Active);
            count(id, rows, if was_active { -1 } else { 0 }, -1)?;
            rows.memberships.remove(&(id, *user))?;
        }
        Event::MemberRoleChanged { user, to, .. } => change(id, *user, rows, |row| row.role = to.clone())?,
        Event::OwnershipTransferred { from, to, keep_owner } => {
            change(id, *to, rows, |row| row.role = RoleKey::OWNER)?;
            if !keep_owner {
                change(id, *from, rows, |row| row.role = RoleKey::BuiltIn(BuiltInRole::Admin))?;
            }
            // The organization's own row names the primary owner.
            return Ok(false);
        }
        Event::RoleCreated { key, name, description, permissions } => rows.roles.insert(RoleRow {
            organization_id: id,
            key: RoleKey::Custom(key.clone()),
            name: name.clone(),
            description: description.clone(),
            permissions: Json(*permissions),
            version: 1,
            created_at: at,
            updated_at: at,
        })?,
        Event::RoleUpdated { key, changes } => rows.roles.update(&row_key(id, key), |row| {
            changes.name.apply(&mut row.name);
            changes.description.apply(&mut row.description);
            changes.permissions.apply(&mut row.permissions.0);
            row.version += 1;
            row.updated_at = at;
        })?,
        Event::RoleDeleted { key, remap_to, members, invitations } => {
            rows.roles.remove(&row_key(id, key))?;
            // Without another role nobody had it.
            let Some(role) = remap_to else { return Ok(true) };
            members.iter().try_for_each(|user| change(id, *user, rows, |row| row.role = role.clone()))?;
            for invitation in invitations {
                rows.invitations.update(&(*invitation,), |row| {
                    row.role = role.clone();
                    row.version += 1;
                    row.updated_at = at;
                })?;
            }
        }
        event => return fold_invitation(id, event, at, rows),
    }
    Ok(true)
}

fn fold_invitation(id: OrganizationId, event: &Event, at: DateTime<Utc>, rows: &mut Rows) -> Result<bool, FoldError> {
    match event {
        Event::MemberInvited { invitation, email, role, workspace, token_hash, expires_at, invited_by } => {
            count(id, rows, 0, 1)?;
            rows.invitations.insert(InvitationRow {
                id: *invitation,
                organization_id: id,
                email: email.get().cloned(),
                role: role.clone(),
                workspace_id: *workspace,
                status: InvitationStatus::Pending,
                token_hash: token_hash.clone(),
                expires_at: *expires_at,
                invited_by: *invited_by,
                version: 1,
                created_at: at,
                updated_at: at,
            })?;
        }
        Event::InvitationResent { invitation, token_hash, expires_at } => {
            let status = InvitationStatus::Pending;
            answer(id, *invitation, status, at, rows)?;
            rows.invitations.update(&(*invitation,), |row| {
                row.token_hash.clone_from(token_hash);
                row.expires_at = *expires_at;
            })?;
        }
        Event::InvitationRevoked { invitation } => answer(id, *invitation, InvitationStatus::Revoked, at, rows)?,
        Event::InvitationDeclined { invitation } => answer(id, *invitation, InvitationStatus::Declined, at, rows)?,
        Event::InvitationExpired { invitation } => answer(id, *invitation, InvitationStatus::Expired, at, rows)?,
        Event::InvitationAccepted { invitation, .. } => answer(id, *invitation, InvitationStatus::Accepted, at, rows)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// A pending invitation has a seat, no other has.
fn answer(
    organization: OrganizationId,
    id: InvitationId,
    status: InvitationStatus,
    at: DateTime<Utc>,
    rows: &mut Rows,
) -> Result<(), FoldError> {
    let seat = |status| i64::from(status == InvitationStatus::Pending);
    let before = rows.invitations.get(&(id,)).map_or(0, |row| seat(row.status));
    count(organization, rows, 0, seat(status) - before)?;
    rows.invitations.update(&(id,), |row| {
        row.status = status;
        row.version += 1;
        row.updated_at = at;
    })
}

fn add(id: OrganizationId, user: UserId, role: &RoleKey, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    count(id, rows, 1, 1)?;
    rows.memberships.insert(MembershipRow {
        organization_id: id,
        user_id: user,
        role: role.clone(),
        status: MembershipStatus::Active,
        api_keys: 0,
        version: 1,
        joined_at: at,
    })
}

fn change(
    id: OrganizationId,
    user: UserId,
    rows: &mut Rows,
    change: impl FnOnce(&mut MembershipRow),
) -> Result<(), FoldError> {
    rows.memberships.update(&(id, user), |row| {
        change(row);
        row.version += 1;
    })
}

fn count(id: OrganizationId, rows: &mut Rows, users: i64, seats: i64) -> Result<(), FoldError> {
    if (users, seats) == (0, 0) {
        return Ok(());
    }
    rows.organization_counters.update(&(id,), |row| {
        row.users += users;
        row.seats += seats;
    })
}
