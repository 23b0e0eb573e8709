//! Whether a page costs more in a large organization than in a small one, and for somebody who belongs to many.

use std::{path::Path, rc::Rc};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    http::request,
    load,
    process::Server,
    report::{Report, Series, Target},
    subject::Subject,
    tenants::{Store, Tenants},
};

const PASSWORD: &str = "a password of the bench";
const OF_ALL: &str = "projects of all";

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    if options.wants("large") {
        let cluster = Cluster::start(&[]).await?;
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let url = cluster.database("large").await?;
        let store = Store::Postgres(cluster.connect("large").await?);
        let side = Side::new(folder.path(), &url, store, Some(cluster.process())).await?;
        side.compare(options, report).await?;
    }
    if options.wants("large, SQLite") {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let url = "sqlite://large.db";
        let store = Store::Sqlite(folder.path().join("large.db"));
        let side = Side::new(folder.path(), url, store, None).await?;
        side.compare(options, report).await?;
    }
    Ok(())
}

struct Side {
    subject: Subject,
    tenants: Tenants,
    few: Person,
    many: Person,
}

/// Somebody who is signed up, with what they send as `Authorization`.
struct Person {
    id: String,
    authorization: String,
}

impl Side {
    /// The tables and the accounts are made by the server, what there is much of while nobody serves it.
    async fn new(folder: &Path, url: &str, store: Store, postmaster: Option<u32>) -> Result<Self> {
        let server = Subject::tenantry(Server::tenantry(folder, url)?, postmaster);
        let (few, many) = (sign_up(&server, "few").await?, sign_up(&server, "many").await?);
        drop(server);
        let tenants = Tenants::load(store, &few.id, &many.id).await?;
        let subject = Subject::tenantry(Server::tenantry(folder, url)?, postmaster);
        Ok(Self { subject, tenants, few, many })
    }

    async fn compare(&self, options: &Options, report: &mut Report) -> Result<()> {
        for (name, [small, large]) in self.requests() {
            let sides = [("small", Rc::<[u8]>::from(small)), ("large", Rc::from(large))];
            let mut series = [Series::default(), Series::default()];
            for _ in 0..options.rounds {
                for ((what, bytes), series) in sides.iter().zip(&mut series) {
                    let bytes = Rc::clone(bytes);
                    let sample = self.subject.measure(Rc::new(move |_, _| bytes.to_vec()), 1, options.span).await?;
                    report.sample(self.subject.name, &format!("{name}, {what}"), &sample)?;
                    series.push(sample);
                }
            }
            let [small, large] = series.map(|series| (series.percentile(500), series.errors()));
            if small.1 + large.1 > 0 {
                return Err(format!("{name}: not every answer was 2xx").into());
            }
            let ratio = large.0.median / small.0.median;
            let text = format!("{ratio:.2} ×; {} ms against {} ms", large.0.text(2), small.0.text(2));
            let bar = format!("{name}: p50, {}", self.subject.name);
            // It looks into every organization of its reader.
            let (target, rule) =
                if name == OF_ALL { ("", Target::None) } else { ("≤ 3 × the small one", Target::AtMost(3.0)) };
            report.bar(&bar, target, &rule, ratio, &text);
        }
        Ok(())
    }

    /// Each once where there is little and once where there is much.
    fn requests(&self) -> Vec<(&'static str, [Vec<u8>; 2])> {
        let Tenants { small, large } = &self.tenants;
        let get = |who: &Person, path: &str| request("GET", &format!("/api/v1{path}"), Some(&who.authorization), "");
        let inside = |path: &str| {
            [small, large].map(|organization| get(&self.many, &format!("/organizations/{organization}{path}")))
        };
        let either = |path: &str| [&self.few, &self.many].map(|who| get(who, path));
        let graph = |who: &Person, query: &str| {
            request("POST", "/graphql", Some(&who.authorization), &json!({ "query": query }).to_string())
        };
        let page = |field: &str| {
            [small, large].map(|organization| {
                let query = format!("{{ organization(id: \"{organization}\") {{ {field}(first: 20) {{ edges {{ node {{ __typename }} }} }} }} }}");
                graph(&self.many, &query)
            })
        };
        let together = "{ organizations(first: 20) { edges { node { slug \
            members(first: 5) { edges { node { user { email } } } } projects(first: 5) { edges { node { slug } } } } } } }";
        vec![
            ("members", inside("/members?limit=20")),
            ("projects", inside("/projects?limit=20")),
            ("projects by status", inside("/projects?limit=20&status=archived")),
            ("project by slug", inside("/projects/project-7")),
            ("organizations", either("/organizations?limit=20")),
            (OF_ALL, either("/projects?limit=20")),
            ("me", either("/me?limit=20")),
            (
                "me in the graph",
                [&self.few, &self.many]
                    .map(|who| graph(who, "{ me { memberships(first: 20) { organization { slug } } } }")),
            ),
            ("members in the graph", page("members")),
            ("projects in the graph", page("projects")),
            ("organizations in the graph", [&self.few, &self.many].map(|who| graph(who, together))),
        ]
    }
}

async fn sign_up(server: &Subject, name: &str) -> Result<Person> {
    let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD, "name": name }).to_string();
    let sign_up = Rc::new(move |_, _| request("POST", "/api/v1/auth/signup", None, &body));
    let answers = load::collect(server.server.address, 1, 1, sign_up).await?;
    let made: Value = serde_json::from_str(answers.first().ok_or("no answer")?)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no text");
    let token = text(&made["tokens"]["access_token"])?;
    Ok(Person { id: text(&made["user"]["id"])?, authorization: format!("Bearer {token}") })
}
