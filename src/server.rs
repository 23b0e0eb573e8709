//! The HTTP server: connections, their deadlines, and an orderly end.

use std::time::Duration;

use axum::{Router, body::Body};
use futures::FutureExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};
use tower::ServiceExt;

use crate::web::{ClientAddress, Health};

/// How long a client may take to send the head of a request, and to begin the next one.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// How long accepted requests may take to finish once the server stops.
const FINISH_LIMIT: Duration = Duration::from_secs(7);

/// Serves until `stop` comes true, then finishes what was accepted.
pub async fn run(listener: TcpListener, router: Router, health: Health, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = Box::pin(stop.fuse());
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    let connection = connection(stream, ClientAddress(address.ip()), router.clone());
                    let watched = graceful.watch(connection);
                    tokio::spawn(async move {
                        if let Err(error) = watched.await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                    });
                }
                Err(error) => {
                    // Out of file descriptors, most likely: give connections time to end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    tracing::info!("stopping: accepted requests are finished");
    health.stop();
    drop(listener);
    if timeout(FINISH_LIMIT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

fn connection(
    stream: TcpStream,
    address: ClientAddress,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps delaying small packets");
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(address);
        router.oneshot(request)
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
}

/// Comes true when the process is told to stop (SIGTERM or SIGINT). From this call on, not from the first wait, the
/// signals no longer end the process by themselves.
pub fn stop_signal() -> impl Future<Output = ()> {
    let signals =
        signal(SignalKind::terminate()).and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)));
    async move {
        let Ok((mut terminate, mut interrupt)) = signals else {
            tracing::error!("signals cannot be received; the server only stops when it is killed");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
