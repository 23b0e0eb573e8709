//! A server that is measured, and the requests it understands.

use std::{
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde::Deserialize;

use crate::{
    Result,
    http::request,
    load::{self, Outcome, Span, Traffic},
    process::{Cpu, Server},
};

/// `admin@example.com:changeme`
pub const BASIC: &str = "Basic YWRtaW5AZXhhbXBsZS5jb206Y2hhbmdlbWU=";
/// Connections that prepare organizations.
const PREPARING: usize = 32;

pub struct Subject {
    pub name: &'static str,
    pub server: Server,
    api: Rc<Api>,
    postmaster: Option<u32>,
}

struct Api {
    path: &'static str,
    authorization: Option<String>,
}

/// Names and slugs that were used, whichever server they were sent to: a database may outlive its server.
static USED: AtomicU64 = AtomicU64::new(0);

/// What the load asks for.
#[derive(Debug, Clone)]
pub enum Work {
    /// Creates organizations.
    Create,
    /// Changes the name of a random one of so many organizations that are made for this measurement.
    Change(usize),
    /// Reads a random one of these.
    Get(Rc<[String]>),
    /// Changes the name of a random one of these.
    ChangeOf(Rc<[String]>),
    /// Reads the first page of twenty.
    List,
}

/// One measurement: answers, and processor time spent on them.
pub struct Sample {
    pub outcome: Outcome,
    pub cpu: Cpu,
}

impl Sample {
    /// Cores that other programs kept busy meanwhile.
    pub fn others(&self) -> f64 {
        self.cpu.others() / self.outcome.seconds
    }
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

impl Subject {
    pub fn tenantry(server: Server, postmaster: Option<u32>) -> Self {
        let name = if postmaster.is_some() { "tenantry" } else { "tenantry, SQLite" };
        Self::new(name, server, "/api/v1/organizations", Some(BASIC), postmaster)
    }

    pub fn baseline(name: &'static str, server: Server, postmaster: Option<u32>) -> Self {
        Self::new(name, server, "/organizations", None, postmaster)
    }

    fn new(
        name: &'static str,
        server: Server,
        path: &'static str,
        authorization: Option<&'static str>,
        postmaster: Option<u32>,
    ) -> Self {
        let api = Rc::new(Api { path, authorization: authorization.map(str::to_owned) });
        Self { name, server, api, postmaster }
    }

    /// This server, asked with the access token of a person who signs up first.
    pub async fn signed_up(mut self) -> Result<Self> {
        let body = r#"{"email":"member@example.com","password":"a password of the bench","name":"Member"}"#;
        let sign_up = Rc::new(move |_, _| request("POST", "/api/v1/auth/signup", None, body));
        let answers = load::collect(self.server.address, 1, 1, sign_up).await?;
        let made: serde_json::Value = serde_json::from_str(answers.first().ok_or("no answer")?)?;
        let token = made["tokens"]["access_token"].as_str().ok_or("no token")?;
        self.name = "tenantry, access token";
        self.api = Rc::new(Api { path: self.api.path, authorization: Some(format!("Bearer {token}")) });
        Ok(self)
    }

    /// Creates organizations and gives their ids.
    pub async fn organizations(&self, count: usize) -> Result<Rc<[String]>> {
        let api = self.api.clone();
        let bodies = load::collect(self.server.address, PREPARING, count, Rc::new(move |_, _| api.create())).await?;
        bodies.iter().map(|body| Ok(serde_json::from_str::<Made>(body)?.id)).collect()
    }

    /// The body of one answer.
    pub async fn body(&self, work: &Work) -> Result<String> {
        let traffic = self.prepare(work).await?;
        let mut bodies = load::collect(self.server.address, 1, 1, traffic).await?;
        bodies.pop().ok_or_else(|| "no answer".into())
    }

    /// Warms up, then measures.
    pub async fn measure(&self, traffic: Rc<Traffic>, connections: usize, span: Span) -> Result<Sample> {
        let warm_up = Span { measured: Duration::ZERO, ..span };
        load::run(self.server.address, connections, warm_up, traffic.clone()).await?;
        let before = Cpu::now(self.server.process(), self.postmaster);
        let measured = Span { warm_up: Duration::ZERO, ..span };
        let outcome = load::run(self.server.address, connections, measured, traffic).await?;
        let cpu = Cpu::now(self.server.process(), self.postmaster).since(before);
        Ok(Sample { outcome, cpu })
    }

    /// Makes what the work needs and gives its requests.
    pub async fn prepare(&self, work: &Work) -> Result<Rc<Traffic>> {
        let api = self.api.clone();
        Ok(match work {
            Work::Create => Rc::new(move |_, _| api.create()),
            Work::Change(count) => {
                let ids = self.organizations(*count).await?;
                Rc::new(move |_, _| api.change(any(&ids)))
            }
            Work::ChangeOf(ids) => {
                let ids = ids.clone();
                Rc::new(move |_, _| api.change(any(&ids)))
            }
            Work::Get(ids) => {
                let ids = ids.clone();
                Rc::new(move |_, _| api.get(any(&ids)))
            }
            Work::List => Rc::new(move |_, _| api.list()),
        })
    }
}

fn any(ids: &[String]) -> &str {
    use rand::seq::IndexedRandom as _;
    ids.choose(&mut rand::rng()).map_or("", String::as_str)
}

fn unused() -> u64 {
    USED.fetch_add(1, Ordering::Relaxed)
}

impl Api {
    fn create(&self) -> Vec<u8> {
        let n = unused();
        let body = format!(r#"{{"name":"Organization {n}","slug":"organization-{n}"}}"#);
        request("POST", self.path, self.authorization.as_deref(), &body)
    }

    fn change(&self, id: &str) -> Vec<u8> {
        let body = format!(r#"{{"name":"Renamed {}"}}"#, unused());
        request("PATCH", &format!("{}/{id}", self.path), self.authorization.as_deref(), &body)
    }

    fn get(&self, id: &str) -> Vec<u8> {
        request("GET", &format!("{}/{id}", self.path), self.authorization.as_deref(), "")
    }

    fn list(&self) -> Vec<u8> {
        request("GET", &format!("{}?limit=20", self.path), self.authorization.as_deref(), "")
    }
}
