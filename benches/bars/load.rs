//! A closed loop of keep-alive connections: each sends its next request when it has the answer to the last one.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::task::LocalSet;

use crate::{Result, http::HttpConnection};

/// How long one measurement runs.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub warm_up: Duration,
    pub measured: Duration,
}

/// What a measurement saw. Latencies are those of 2xx answers.
#[derive(Debug, Default)]
pub struct Outcome {
    micros: Vec<u32>,
    pub seconds: f64,
    /// Answers other than 2xx by status; 0 stands for a broken connection.
    pub errors: BTreeMap<u16, u32>,
}

impl Outcome {
    /// 2xx answers in a second.
    pub fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.micros.len()).unwrap_or(u32::MAX)) / self.seconds
    }

    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// In milliseconds.
    pub fn percentile(&self, of_thousand: usize) -> f64 {
        let last = self.micros.len().saturating_sub(1);
        self.micros.get(last * of_thousand / 1000).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    fn absorb(&mut self, other: Self) {
        self.micros.extend(other.micros);
        for (status, count) in other.errors {
            *self.errors.entry(status).or_default() += count;
        }
    }
}

/// Makes the requests of one connection: (number of the connection, number of its request).
pub type Traffic = dyn Fn(usize, usize) -> Vec<u8>;

/// Runs `connections` loops on this thread until the span is over. Only answers that arrive in its measured part count.
pub async fn run(address: SocketAddr, connections: usize, span: Span, traffic: Rc<Traffic>) -> Result<Outcome> {
    let begin = Instant::now() + span.warm_up;
    let end = begin + span.measured;
    let outcomes = on_connections(address, connections, move |number, connection| {
        let traffic = traffic.clone();
        async move { client(connection, number, begin, end, &*traffic).await }
    })
    .await?;
    let mut total = Outcome { seconds: span.measured.as_secs_f64(), ..Outcome::default() };
    outcomes.into_iter().for_each(|outcome| total.absorb(outcome));
    total.micros.sort_unstable();
    Ok(total)
}

async fn client(
    mut connection: HttpConnection,
    number: usize,
    begin: Instant,
    end: Instant,
    traffic: &Traffic,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for n in 0.. {
        let request = traffic(number, n);
        let sent = Instant::now();
        let answer = connection.send(&request).await.map(|response| response.status);
        let now = Instant::now();
        if answer.is_err() {
            connection.reopen().await?;
        }
        if now >= end {
            break;
        }
        if now < begin {
            continue;
        }
        match answer {
            Ok(200..300) => outcome.micros.push(u32::try_from((now - sent).as_micros()).unwrap_or(u32::MAX)),
            Ok(status) => *outcome.errors.entry(status).or_default() += 1,
            Err(_) => *outcome.errors.entry(0).or_default() += 1,
        }
    }
    Ok(outcome)
}

/// Sends `count` requests over `connections` connections and gives the bodies; every answer has to be 2xx.
pub async fn collect(
    address: SocketAddr,
    connections: usize,
    count: usize,
    traffic: Rc<Traffic>,
) -> Result<Vec<String>> {
    let bodies = on_connections(address, connections, move |number, mut connection| {
        let traffic = traffic.clone();
        async move {
            let mut bodies = Vec::new();
            for n in (number..count).step_by(connections) {
                let response = connection.send(&traffic(number, n)).await?;
                let body = String::from_utf8(response.body.to_vec())?;
                if !(200..300).contains(&response.status) {
                    return Err(format!("status {} while preparing: {body}", response.status).into());
                }
                bodies.push(body);
            }
            Ok(bodies)
        }
    });
    Ok(bodies.await?.into_iter().flatten().collect())
}

async fn on_connections<T, F>(
    address: SocketAddr,
    connections: usize,
    client: impl Fn(usize, HttpConnection) -> F,
) -> Result<Vec<T>>
where
    T: 'static,
    F: Future<Output = Result<T>> + 'static,
{
    let local = LocalSet::new();
    let mut tasks = Vec::with_capacity(connections);
    for number in 0..connections {
        let connection = HttpConnection::open(address).await?;
        tasks.push(local.spawn_local(client(number, connection)));
    }
    local
        .run_until(async {
            let mut results = Vec::with_capacity(connections);
            for task in tasks {
                results.push(task.await??);
            }
            Ok(results)
        })
        .await
}
