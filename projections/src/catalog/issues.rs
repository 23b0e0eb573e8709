//! Issues, and what was said about them.

use aggregates::{
    catalog::issue::{IssueChanges, IssueEvent, IssueStatus, Priority},
    change::Apply,
    ids::{CommentId, IssueId, ProductId, SpaceId, UserId},
};
use chrono::{DateTime, Utc};

use crate::{
    FoldError, RowKeys, Rows,
    row::{row, word_field},
};

word_field!(IssueStatus => as_str, Priority => as_str);

row! {
    /// One issue.
    pub struct IssueRow in "issues", key(id: IssueId), group(space_id) {
        pub id: IssueId,
        pub space_id: SpaceId,
        pub title: String,
        pub description: Option<String>,
        pub status: IssueStatus,
        pub priority: Priority,
        pub assignee_id: Option<UserId>,
        pub product_id: Option<ProductId>,
        /// Title and description in lower case, for searching.
        pub search_text: String,
        pub comment_count: i64,
        /// A comment leaves it as it is.
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub created_by: UserId,
    }
}

row! {
    /// What somebody said about an issue.
    pub struct IssueCommentRow in "issue_comments", key(id: CommentId), group(space_id) {
        pub id: CommentId,
        pub issue_id: IssueId,
        pub space_id: SpaceId,
        pub author_id: UserId,
        pub body: String,
        pub created_at: DateTime<Utc>,
    }
}

impl IssueRow {
    fn apply(&mut self, changes: &IssueChanges) {
        changes.title.apply(&mut self.title);
        changes.description.apply(&mut self.description);
        changes.priority.apply(&mut self.priority);
        changes.product.apply(&mut self.product_id);
        self.search_text = search_text(&self.title, self.description.as_deref());
    }
}

fn search_text(title: &str, description: Option<&str>) -> String {
    [title, description.unwrap_or_default()].join(" ").trim_end().to_lowercase()
}

/// The space in which there is more or less to do from this event on, and by how many.
fn counted(event: &IssueEvent) -> Option<(SpaceId, i64)> {
    match event {
        IssueEvent::IssueCreated { space, .. } => Some((*space, 1)),
        IssueEvent::IssueStatusChanged { space, from, to } => match (from.is_unsettled(), to.is_unsettled()) {
            (true, false) => Some((*space, -1)),
            (false, true) => Some((*space, 1)),
            _ => None,
        },
        _ => None,
    }
}

pub(crate) fn keys(id: IssueId, event: &IssueEvent, keys: &mut RowKeys) {
    keys.issues.insert((id,));
    keys.space_counters.extend(counted(event).map(|(space, _)| (space,)));
    if let IssueEvent::IssueCommented { id, .. } = event {
        keys.issue_comments.insert((*id,));
    }
}

pub(crate) fn fold(id: IssueId, event: &IssueEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    if let Some((space, more)) = counted(event) {
        rows.space_counters.update(&(space,), |row| row.open_issues += more)?;
    }
    match event {
        IssueEvent::IssueCreated { space, title, description, priority, assignee, product, created_by } => {
            return rows.issues.insert(IssueRow {
                id,
                space_id: *space,
                title: title.clone(),
                description: description.clone(),
                status: IssueStatus::Open,
                priority: *priority,
                assignee_id: *assignee,
                product_id: *product,
                search_text: search_text(title, description.as_deref()),
                comment_count: 0,
                version: 1,
                created_at: at,
                updated_at: at,
                created_by: *created_by,
            });
        }
        IssueEvent::IssueCommented { space, id: comment, author, body } => {
            rows.issue_comments.insert(IssueCommentRow {
                id: *comment,
                issue_id: id,
                space_id: *space,
                author_id: *author,
                body: body.clone(),
                created_at: at,
            })?;
            return rows.issues.update(&(id,), |row| row.comment_count += 1);
        }
        _ => {}
    }
    rows.issues.update(&(id,), |row| {
        match event {
            IssueEvent::IssueUpdated { changes, .. } => row.apply(changes),
            IssueEvent::IssueAssigned { to, .. } => row.assignee_id = *to,
            IssueEvent::IssueStatusChanged { to, .. } => row.status = *to,
            IssueEvent::IssueCreated { .. } | IssueEvent::IssueCommented { .. } => {}
        }
        row.version += 1;
        row.updated_at = at;
    })
}
