//! `tenantry serve`: from settings to a server, and to its orderly end.

use std::{num::NonZeroU32, time::Duration};

use axum::http::HeaderValue;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use projections::PROJECTION_SET;
use thiserror::Error;
use tokio::net::TcpListener;

use super::{
    admin::{self, Admin, AdminError},
    control,
    progress::Display,
};
use crate::{
    billing::{PriceList, PriceListError},
    commands::Commands,
    config::Settings,
    database::{self, Location},
    identity::{
        ApiKeys, KeyError, Meter, PerMinute, RateLimits, Sessions, SignIn, Superadmins, Tokens, Users, meter,
        password::Passwords,
    },
    ledger::{self, OpenError, Opened},
    readmodel::ReadModel,
    replay, router, schedule, server, web,
};

/// How long the writer may take to commit what still waits when the server has stopped.
const WRITER_LIMIT: Duration = Duration::from_secs(2);

/// How many addresses one person may name in a minute to learn whether they have an account, by adding them.
const ADDRESSES_PER_MINUTE: u32 = 120;
/// Who issues access tokens, where the deployment has no public URL: nodes on several ports are the same issuer.
const ISSUER: &str = "tenantry";

#[derive(Debug, Error)]
pub enum ServeError {
    #[error("the ledger cannot be opened")]
    Open(#[from] OpenError),
    #[error("the database cannot be used")]
    Database(#[from] database::Error),
    #[error(transparent)]
    Admin(#[from] AdminError),
    #[error("refusing to serve on {listen}: {why}; a commit that was acknowledged could be lost")]
    Durability { listen: String, why: String },
    #[error("cannot listen on {listen}")]
    Listen { listen: String, source: std::io::Error },
    #[error("{0:?} is not an origin that CORS can allow")]
    Origin(String),
    #[error("the read model cannot be rebuilt")]
    Rebuild(#[from] replay::Error),
    #[error("TENANTRY_TRUSTED_PROXIES: {0}")]
    Proxies(#[from] web::NotANetwork),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Prices(#[from] PriceListError),
    #[error("metrics cannot be recorded: {0}")]
    Metrics(String),
}

pub async fn migrate(settings: &Settings) -> Result<(), ServeError> {
    let location: Location = settings.database_url.expose().parse()?;
    let _claim = location.claim()?;
    let mut connection = location.writer().await?;
    database::migrate(&mut connection).await?;
    Ok(connection.close().await?)
}

pub async fn serve(settings: &Settings) -> Result<(), ServeError> {
    let metrics = metrics()?;
    let prices = PriceList::read(settings.price_list.as_deref())?;
    let admin = Admin::read(settings)?;
    let options = ledger::Options {
        location: settings.database_url.expose().parse()?,
        secret_file: settings.secret_file.clone(),
    };
    let opened = ledger::open(&options).await?;
    refuse_weakness(settings, &opened.weaknesses)?;
    let Opened { ledger, secret, reader, writer, follower, claim, projection_set, .. } = opened;
    if projection_set < PROJECTION_SET {
        upgrade(&ledger, &options.location).await?;
    }
    let readmodel = ReadModel::new(reader.clone());
    let passwords = Passwords::default();
    admin::refuse_stored_default(settings, &ledger, &readmodel, &passwords).await?;
    let control = control::listen(&options.location, &ledger);
    let commands = Commands::new(ledger.clone(), readmodel.clone());
    admin.bootstrap(&commands, &passwords).await?;
    let issuer = settings.public_url.as_deref().map_or(ISSUER, |url| url.trim_end_matches('/'));
    let tokens = Tokens::new(&secret, issuer)?;
    let users = Users::new(readmodel.clone(), ledger.freshness().clone());
    let sessions = Sessions::new(readmodel.clone(), ledger.freshness().clone(), tokens.clone(), users.clone());
    let limits = RateLimits {
        key: NonZeroU32::new(settings.key_requests_per_minute),
        organization: NonZeroU32::new(settings.organization_requests_per_minute),
    };
    let meter = Meter::default();
    let api_keys = ApiKeys::new(readmodel.clone(), ledger.freshness(), users.clone(), limits, meter.clone());
    let listeners = [users.listener(), sessions.listener()].into_iter().chain(api_keys.listeners());
    let following = follower.start(listeners.collect());
    let sign_in = SignIn::new(ledger.clone(), users, passwords);
    let flushing = meter::start(meter, ledger.clone());
    let schedule = schedule::start(&commands, &readmodel);

    let listen = settings.listen.to_string();
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|source| ServeError::Listen { listen: listen.clone(), source })?;
    let address = listener.local_addr().map_err(|source| ServeError::Listen { listen, source })?;
    let public_url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let health = web::Health::default();
    let app = web::App::new(web::Parts {
        commands,
        readmodel,
        superadmins: Superadmins::new(sign_in.clone()),
        sign_in,
        sign_ups: PerMinute::new("signup", settings.sign_ups_per_minute),
        addresses: PerMinute::new("addresses", ADDRESSES_PER_MINUTE),
        sessions,
        api_keys,
        tokens,
        fingerprint_key: secret.derive("tenantry request fingerprints v1"),
        prices,
        settings: web::Settings {
            cors_origins: cors_origins(settings)?,
            public_url: public_url.trim_end_matches('/').to_owned(),
            creation: settings.organization_creation,
            trusted_proxies: web::TrustedProxies::parse(settings.trusted_proxies.as_deref().unwrap_or_default())?,
            development: settings.development,
            metrics: Some(metrics),
        },
        health: health.clone(),
        cursors: web::CursorKey::new(&secret),
    });
    let stop = server::stop_signal();
    announce(&public_url);
    server::run(listener, router::router(app), health, stop).await;

    drop(schedule);
    following.abort();
    flushing.stop().await;
    drop((ledger, control));
    if tokio::time::timeout(WRITER_LIMIT, writer).await.is_err() {
        tracing::warn!("the writer did not finish in time");
    }
    reader.close().await;
    drop(claim);
    tracing::info!("stopped");
    Ok(())
}

/// The read model was written by older folds: it is rebuilt before anybody reads it.
async fn upgrade(ledger: &ledger::Ledger, location: &Location) -> Result<(), replay::Error> {
    tracing::info!("the read model was written by an older version and is rebuilt");
    let display = Display::new();
    let rebuilt = replay::rebuild_if_older(ledger, location, &|progress| display.show(progress)).await?;
    display.finish();
    if let Some(rebuilt) = rebuilt {
        tracing::info!(position = rebuilt.position, generation = rebuilt.generation, "the read model is rebuilt");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the one line that says where the server is")]
fn announce(url: &str) {
    println!("tenantry is ready at {url}");
}

fn cors_origins(settings: &Settings) -> Result<Vec<HeaderValue>, ServeError> {
    let origins = settings.cors_origins.as_deref().unwrap_or_default().split(',').map(str::trim);
    let origins = origins.filter(|origin| !origin.is_empty());
    origins.map(|origin| HeaderValue::try_from(origin).map_err(|_| ServeError::Origin(origin.to_owned()))).collect()
}

fn refuse_weakness(settings: &Settings, weaknesses: &[String]) -> Result<(), ServeError> {
    if weaknesses.is_empty() {
        return Ok(());
    }
    let why = weaknesses.join("; ");
    if settings.is_loopback() {
        tracing::warn!(why, "commits are not durable: what is acknowledged here can be lost");
        return Ok(());
    }
    Err(ServeError::Durability { listen: settings.listen.to_string(), why })
}

fn metrics() -> Result<PrometheusHandle, ServeError> {
    let failed = |error: metrics_exporter_prometheus::BuildError| ServeError::Metrics(error.to_string());
    let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &sizes))
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(failed)
}
