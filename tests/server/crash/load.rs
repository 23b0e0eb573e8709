//! Writers that keep a record of what was acknowledged.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::record::{Deed, Outcome, Record};
use crate::support::{Request, Server, eventually};

const WRITERS: usize = 8;
const PATH: &str = "/api/v1/organizations";

/// Writers at work. They go on over every interruption until they are finished.
pub struct Load {
    shared: Arc<Shared>,
    writers: Vec<JoinHandle<Vec<Deed>>>,
}

struct Shared {
    /// The server of the moment.
    url: Mutex<String>,
    stop: AtomicBool,
    acknowledged: AtomicUsize,
    http: reqwest::Client,
}

impl Load {
    pub fn start(server: &Server, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            url: Mutex::new(server.url.clone()),
            stop: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
            http: reqwest::Client::new(),
        });
        let writer = |n: usize| {
            let random = StdRng::seed_from_u64(seed.wrapping_add(u64::try_from(n).expect("a small number")));
            let writer =
                Writer { n, random, organizations: Vec::new(), deeds: Vec::new(), shared: Arc::clone(&shared) };
            tokio::spawn(writer.run())
        };
        Self { writers: (0..WRITERS).map(writer).collect(), shared }
    }

    /// Sends the writers to the server that took over.
    pub fn follow(&self, server: &Server) {
        self.shared.url.lock().expect("a URL").clone_from(&server.url);
    }

    /// Waits until so many more requests were acknowledged.
    pub async fn progress(&self, more: usize) {
        let wanted = self.shared.acknowledged.load(Ordering::Relaxed) + more;
        let reached = || {
            let lost = self.writers.iter().any(JoinHandle::is_finished);
            let reached = self.shared.acknowledged.load(Ordering::Relaxed) >= wanted;
            async move { reached || lost }
        };
        eventually("the writers get on", reached).await;
    }

    /// Lets every writer end what it began, and returns what they did.
    pub async fn finish(self) -> Record {
        self.shared.stop.store(true, Ordering::Relaxed);
        let mut deeds = Vec::new();
        for writer in self.writers {
            deeds.extend(writer.await.expect("a writer that met nothing unexpected"));
        }
        Record { deeds }
    }
}

struct Writer {
    n: usize,
    random: StdRng,
    /// Ids of what this writer made and knows of.
    organizations: Vec<String>,
    deeds: Vec<Deed>,
    shared: Arc<Shared>,
}

impl Writer {
    async fn run(mut self) -> Vec<Deed> {
        let mut n = 0;
        while !self.shared.stop.load(Ordering::Relaxed) {
            n += 1;
            // The name is the mark by which the deed is found in the ledger.
            let mark = format!("writer {} deed {n}", self.n);
            self.act(mark).await;
        }
        self.deeds
    }

    async fn act(&mut self, mark: String) {
        let organization = match self.organizations.len() {
            0 => None,
            known if self.random.random_bool(0.7) => {
                Some(self.organizations[self.random.random_range(0..known)].clone())
            }
            _ => None,
        };
        // Some give up at the first failure and never learn what became of their request.
        let gives_up = self.random.random_bool(0.2);
        let (method, path) = match &organization {
            Some(id) => ("PATCH", format!("{PATH}/{id}")),
            None => ("POST", PATH.to_owned()),
        };
        let outcome = self.send(method, &path, &mark, json!({ "name": mark }), gives_up).await;
        if let (Outcome::Acknowledged { id, .. }, None) = (&outcome, &organization) {
            self.organizations.push(id.clone());
        }
        self.deeds.push(Deed { mark, is_creation: organization.is_none(), outcome, writer: self.n });
    }

    async fn send(&mut self, method: &str, path: &str, key: &str, body: Value, gives_up: bool) -> Outcome {
        loop {
            let url = format!("{}{path}", self.shared.url.lock().expect("a URL"));
            let request = Request::new(self.shared.http.clone(), method, url).basic("admin@example.com", "changeme");
            let request = request.key(&key.replace(' ', "-")).json(body.clone());
            // Some go away before they are answered: what they asked for may be committed all the same.
            let patience = if self.random.random_bool(0.3) { self.random.random_range(0..30) } else { 60_000 };
            let answered = tokio::time::timeout(Duration::from_millis(patience), request.try_send()).await;
            match answered {
                Ok(Ok(reply)) if matches!(reply.status, 200 | 201) => {
                    self.shared.acknowledged.fetch_add(1, Ordering::Relaxed);
                    return Outcome::Acknowledged { id: reply.id().to_owned(), position: reply.position() };
                }
                // Whether or not its code says that nothing was written, to repeat it must be safe.
                Ok(Ok(reply)) => assert_eq!(reply.status, 503, "{reply}"),
                Ok(Err(_)) | Err(_) => {}
            }
            if gives_up {
                return Outcome::Unknown;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
