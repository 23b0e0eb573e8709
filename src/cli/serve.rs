//! `tenantry serve`: from settings to a server, and to its orderly end.

use std::time::Duration;

use aggregates::{
    claim::Claim,
    email::{Email, EmailError},
    ids::UserId,
};
use axum::http::HeaderValue;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::SecretString;
use thiserror::Error;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    commands::{self, Commands, Write, users::Bootstrap},
    config::Settings,
    database::{self, Location},
    identity::{
        Superadmins,
        password::{HashError, Passwords},
    },
    ledger::{self, OpenError, Opened, StoredReply},
    readmodel::ReadModel,
    rest, schedule, server,
};

const DEFAULT_ADMIN_EMAIL: &str = "admin@example.com";
const DEFAULT_ADMIN_PASSWORD: &str = "changeme";
/// How long the writer may take to commit what still waits when the server has stopped.
const WRITER_LIMIT: Duration = Duration::from_secs(2);

#[derive(Debug, Error)]
pub enum ServeError {
    #[error("the ledger cannot be opened")]
    Open(#[from] OpenError),
    #[error("the database cannot be used")]
    Database(#[from] database::Error),
    #[error("the admin's address {0}")]
    AdminEmail(EmailError),
    #[error("the admin's password cannot be hashed")]
    Hash(#[from] HashError),
    #[error("the first superadmin cannot be made")]
    Bootstrap(#[from] commands::Error),
    #[error(
        "refusing to serve on {0}: set TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD; the default password is for loopback only"
    )]
    DefaultPassword(String),
    #[error("refusing to serve on {listen}: {why}; a commit that was acknowledged could be lost")]
    Durability { listen: String, why: String },
    #[error("cannot listen on {listen}")]
    Listen { listen: String, source: std::io::Error },
    #[error("{0:?} is not an origin that CORS can allow")]
    Origin(String),
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
    refuse_default_password(settings)?;
    let options = ledger::Options {
        location: settings.database_url.expose().parse()?,
        secret_file: settings.secret_file.clone(),
    };
    let opened = ledger::open(&options).await?;
    refuse_weakness(settings, &opened.weaknesses)?;
    refuse_stored_default_password(settings, &opened.ledger).await?;
    let Opened { ledger, secret, reader, writer, follower, claim, .. } = opened;
    let readmodel = ReadModel::new(reader.clone());
    let passwords = Passwords::default();
    let commands = Commands::new(ledger.clone(), readmodel.clone());
    bootstrap(settings, &commands, &passwords, &ledger).await?;
    let superadmins = Superadmins::new(ledger.clone(), readmodel.clone(), passwords);
    let mut tasks: Vec<JoinHandle<()>> = vec![follower.start(vec![superadmins.listener()])];
    tasks.extend(schedule::start(&commands, &readmodel));

    let listen = settings.listen.to_string();
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|source| ServeError::Listen { listen: listen.clone(), source })?;
    let address = listener.local_addr().map_err(|source| ServeError::Listen { listen, source })?;
    let public_url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let health = rest::Health::default();
    let app = rest::App::new(rest::Parts {
        commands,
        readmodel,
        superadmins,
        settings: rest::Settings {
            cors_origins: cors_origins(settings)?,
            public_url: public_url.trim_end_matches('/').to_owned(),
            creation: settings.organization_creation,
            metrics: Some(metrics),
        },
        health: health.clone(),
        cursors: rest::CursorKey::new(&secret),
    });
    announce(&public_url);
    server::run(listener, rest::router(app), health).await;

    tasks.into_iter().for_each(|task| task.abort());
    drop(ledger);
    if tokio::time::timeout(WRITER_LIMIT, writer).await.is_err() {
        tracing::warn!("the writer did not finish in time");
    }
    reader.close().await;
    drop(claim);
    tracing::info!("stopped");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the one line that tells where the server is")]
fn announce(url: &str) {
    println!("tenantry is ready at {url}");
}

fn refuse_default_password(settings: &Settings) -> Result<(), ServeError> {
    let own = settings.admin_email.is_some() && settings.admin_password.is_some();
    let own = own && settings.admin_password.as_ref().is_some_and(|password| !is_default(password));
    if own || settings.is_loopback() { Ok(()) } else { Err(ServeError::DefaultPassword(settings.listen.to_string())) }
}

/// A superadmin who was made on loopback keeps the default password until he changes it.
async fn refuse_stored_default_password(settings: &Settings, ledger: &ledger::Ledger) -> Result<(), ServeError> {
    if settings.is_loopback() {
        return Ok(());
    }
    let default = Email::parse(DEFAULT_ADMIN_EMAIL).map_err(ServeError::AdminEmail)?;
    let holder = ledger.holder(&Claim::user_email(default.folded())).await.map_err(commands::Error::from)?;
    let Some(user) = holder else { return Ok(()) };
    let hash = ledger.password_hash(UserId::new(user)).await.map_err(commands::Error::from)?;
    match Passwords::default().verify(SecretString::from(DEFAULT_ADMIN_PASSWORD), hash).await? {
        true => Err(ServeError::DefaultPassword(settings.listen.to_string())),
        false => Ok(()),
    }
}

fn cors_origins(settings: &Settings) -> Result<Vec<HeaderValue>, ServeError> {
    let origins = settings.cors_origins.as_deref().unwrap_or_default().split(',').map(str::trim);
    let origins = origins.filter(|origin| !origin.is_empty());
    origins.map(|origin| HeaderValue::try_from(origin).map_err(|_| ServeError::Origin(origin.to_owned()))).collect()
}

fn is_default(password: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    password.expose_secret() == DEFAULT_ADMIN_PASSWORD
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

/// Makes the first superadmin where the address has no account yet.
async fn bootstrap(
    settings: &Settings,
    commands: &Commands,
    passwords: &Passwords,
    ledger: &ledger::Ledger,
) -> Result<(), ServeError> {
    let email = settings.admin_email.as_deref().unwrap_or(DEFAULT_ADMIN_EMAIL);
    let email = Email::parse(email).map_err(ServeError::AdminEmail)?;
    let password = settings.admin_password.clone().unwrap_or_else(|| SecretString::from(DEFAULT_ADMIN_PASSWORD));
    let default = is_default(&password);
    let claim = Claim::user_email(email.folded());
    if ledger.holder(&claim).await.map_err(commands::Error::from)?.is_none() {
        let bootstrap = Bootstrap { email: email.clone(), password_hash: passwords.hash(password).await? };
        let nothing = |(): &()| StoredReply { status: 204, headers: vec![], body: None };
        commands.run(&Write { idempotency: None, ..Write::system("bootstrap") }, &bootstrap, nothing).await?;
    }
    if default {
        tracing::warn!(
            "THE SUPERADMIN {} HAS THE DEFAULT PASSWORD. Set TENANTRY_ADMIN_EMAIL and TENANTRY_ADMIN_PASSWORD before anybody else can reach this server.",
            email.as_str()
        );
    }
    Ok(())
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
