//! That an invitation expires is computed from the clock of whoever reads, whether it was recorded or not. The read
//! model is asked as the server asks it, at a time that has not come yet.

use aggregates::{authorization::Asker, ids::OrganizationId};
use chrono::{DateTime, TimeDelta, Utc};
use projections::invitations::InvitationStatus;
use tenantry::{
    database::Location,
    readmodel::{
        ReadModel,
        invitations::InvitationFilter,
        organizations::{Page, Reference},
    },
};

use super::invite;
use crate::support::Server;

both!(an_invitation_expires_by_the_clock);

async fn an_invitation_expires_by_the_clock(server: Server) {
    let acme = server.organization("acme").await;
    let made = invite(&server, "jane@example.com", "viewer").send().await.expect(201);
    let revoked = invite(&server, "bob@example.com", "viewer").send().await.expect(201);
    server.delete(&format!("{}/acme/invitations/{}", super::PATH, revoked.id())).send().await.expect(204);
    let end: DateTime<Utc> = made["expires_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    let id: OrganizationId = acme.id().parse().expect("an id");

    let location: Location = server.deployment().database_url.parse().expect("a database");
    let readmodel = ReadModel::new(location.reader(1).await.expect("a database"));
    let page = Page { after: None, limit: 10 };
    let with = async |status, now| {
        let filter = InvitationFilter { status: Some(status), now };
        let found = readmodel.invitations(Asker::System, &Reference::Id(id), &filter, page, true).await;
        let found = found.expect("a list");
        assert_eq!(i64::try_from(found.rows.len()).ok(), found.total);
        let shown = found.rows.iter().all(|view| view.invitation.status_at(now) == status);
        assert!(shown, "the filter and what is shown are one rule");
        found.rows.len()
    };
    let before = end - TimeDelta::milliseconds(1);
    for (now, pending, expired) in [(before, 1, 0), (end, 0, 1), (end + TimeDelta::days(365), 0, 1)] {
        assert_eq!(with(InvitationStatus::Pending, now).await, pending, "{now}");
        assert_eq!(with(InvitationStatus::Expired, now).await, expired, "{now}");
        assert_eq!(with(InvitationStatus::Revoked, now).await, 1, "{now}");
    }
    let due = async |now| readmodel.invitations_to_expire(now, 10).await.expect("what is due");
    assert_eq!(due(before).await, []);
    assert_eq!(due(end).await, [(id, end)]);
    // What is deleted is left alone.
    server.delete(&format!("{}/acme", super::PATH)).send().await.expect(204);
    assert_eq!(due(end).await, []);
    readmodel.database().close().await;
}
