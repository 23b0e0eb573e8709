//! One large organization among small ones, loaded into the tables that are read.

use std::path::PathBuf;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::Result;

/// Small organizations; somebody belongs to all of them.
const ORGANIZATIONS: u64 = 1000;
/// Of these somebody else belongs to so many, which is a page and more.
const FEW: u64 = 25;
/// Of a small organization.
const MEMBERS: u64 = 25;
const PROJECTS: u64 = 50;
/// Of the large one.
const MANY_MEMBERS: u64 = 10_000;
const MANY_PROJECTS: u64 = 100_000;
/// One in so many projects is archived, which makes a page of them in both.
const ARCHIVED: u64 = 2;
const MANY_ARCHIVED: u64 = 1000;
/// Rows that one statement adds.
const STEP: usize = 500;

/// A database that nobody serves.
pub enum Store {
    Postgres(PgConnection),
    Sqlite(PathBuf),
}

/// Ids of organizations.
pub struct Tenants {
    pub small: String,
    pub large: String,
}

impl Tenants {
    /// `few` and `many` are accounts.
    pub async fn load(store: Store, few: &str, many: &str) -> Result<Self> {
        let mut rows = Rows::new(matches!(store, Store::Postgres(_)));
        let users: Vec<_> = (0..MANY_MEMBERS).map(|n| rows.user(n)).collect();
        let mut projects = Vec::new();
        let mut ids = Vec::new();
        // The large one is in the middle.
        for n in 0..=ORGANIZATIONS {
            let is_large = n == ORGANIZATIONS / 2;
            let (members, of_it) = if is_large { (MANY_MEMBERS, MANY_PROJECTS) } else { (MEMBERS, PROJECTS) };
            // Those who belong to few organizations belong to the newest.
            let guests = [(many, true), (few, n + FEW > ORGANIZATIONS)];
            let guests: Vec<_> =
                guests.iter().filter(|(_, belongs)| *belongs).map(|(id, _)| (*id).to_owned()).collect();
            let id = rows.organization(n, &users[usize::try_from(n)? % users.len()], members, of_it);
            let first = usize::try_from(n)?;
            let others =
                (0..usize::try_from(members)? - guests.len()).map(|k| users[(first + k) % users.len()].clone());
            for user in others.chain(guests) {
                rows.member(&id, &user);
            }
            projects.extend((0..of_it).map(|k| (k * (MANY_PROJECTS / of_it), id.clone(), k)));
            ids.push((id, is_large));
        }
        // Those of all organizations were made in turns.
        projects.sort_unstable();
        let large = ids.iter().find(|(_, is_large)| *is_large).map(|(id, _)| id.clone());
        for (_, organization, k) in projects {
            let archived = if Some(&organization) == large.as_ref() { MANY_ARCHIVED } else { ARCHIVED };
            rows.project(&organization, k, k % archived == 1);
        }
        store.write(rows).await?;
        let find = |large| ids.iter().rev().find(|(_, is_large)| *is_large == large).map(|(id, _)| id.clone());
        let (small, large) = (find(false).ok_or("none")?, find(true).ok_or("none")?);
        Ok(Self { small, large })
    }
}

impl Store {
    async fn write(self, rows: Rows) -> Result<()> {
        let statements = rows.statements();
        match self {
            Self::Postgres(mut connection) => {
                for sql in statements {
                    sqlx::raw_sql(&sql).execute(&mut connection).await?;
                }
                sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
                Ok(connection.close().await?)
            }
            Self::Sqlite(path) => {
                let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await?;
                let mut transaction = connection.begin().await?;
                for sql in statements {
                    sqlx::raw_sql(&sql).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
                Ok(connection.close().await?)
            }
        }
    }
}

/// Rows as texts, for each table.
struct Rows {
    /// The texts of now, true and false.
    now: &'static str,
    yes: &'static str,
    no: &'static str,
    used: u64,
    tables: Vec<(&'static str, Vec<String>)>,
}

impl Rows {
    fn new(postgres: bool) -> Self {
        let (now, yes, no) = if postgres { ("now()", "true", "false") } else { ("1767225600000", "1", "0") };
        Self { now, yes, no, used: 0, tables: vec![] }
    }

    /// An id after those before.
    fn id(&mut self) -> String {
        self.used += 1;
        format!("019b0000-0000-7000-8000-{:012x}", self.used)
    }

    fn add(&mut self, into: &'static str, row: String) {
        match self.tables.iter_mut().find(|(table, _)| *table == into) {
            Some((_, rows)) => rows.push(row),
            None => self.tables.push((into, vec![row])),
        }
    }

    fn claim(&mut self, kind: &str, value: &str, holder: &str) {
        self.add("claims (kind, value, holder)", format!("'{kind}', '{value}', '{holder}'"));
    }

    fn user(&mut self, n: u64) -> String {
        let (id, Self { now, yes, no, .. }) = (self.id(), &*self);
        let row = format!(
            "'{id}', 'user-{n}@example.com', 'User {n}', 'user {n} user-{n}@example.com', {yes}, {no}, 1, {now}, {now}"
        );
        self.add(
            "users (id, email, name, search_text, activated, is_superadmin, version, created_at, updated_at)",
            row,
        );
        id
    }

    fn organization(&mut self, n: u64, owner: &str, members: u64, projects: u64) -> String {
        let (id, Self { now, no, .. }) = (self.id(), &*self);
        let row = format!(
            "'{id}', 'Tenant {n}', 'tenant-{n}', 'tenant {n} tenant-{n}', '{owner}', 'active', {no}, 'free', {no}, '{{}}', \
             '{{}}', 3600, 1, {now}, {now}"
        );
        self.add(
            "organizations (id, name, slug, search_text, owner_id, status, suspended, plan, is_personal, settings, metadata, \
             jwt_expiry_secs, version, created_at, updated_at)",
            row,
        );
        self.add(
            "organization_counters (organization_id, users, seats, workspaces, projects, spaces)",
            format!("'{id}', {members}, {members}, 0, {projects}, 0"),
        );
        self.claim("organization_slug", &format!("tenant-{n}"), &id);
        id
    }

    fn member(&mut self, organization: &str, user: &str) {
        let row = format!("'{organization}', '{user}', 'developer', 'active', {}", self.now);
        self.add("memberships (organization_id, user_id, role, status, joined_at)", row);
    }

    fn project(&mut self, organization: &str, k: u64, archived: bool) {
        let (id, Self { now, .. }) = (self.id(), &*self);
        let archived_at = if archived { now } else { "NULL" };
        let row = format!("'{id}', '{organization}', 'Project {k}', 'project-{k}', {archived_at}, 1, {now}, {now}");
        self.add("projects (id, organization_id, name, slug, archived_at, version, created_at, updated_at)", row);
        self.claim("project_slug", &format!("{organization}/project-{k}"), &id);
    }

    fn statements(self) -> impl Iterator<Item = String> {
        self.tables.into_iter().flat_map(|(into, rows)| {
            let insert = move |rows: &[String]| format!("INSERT INTO {into} VALUES ({})", rows.join("), ("));
            rows.chunks(STEP).map(insert).collect::<Vec<_>>()
        })
    }
}
