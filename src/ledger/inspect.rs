//! Looking at a ledger from beside its server: nothing is taken, migrated or written.

use std::sync::Arc;

use projections::row::One;

use super::{
    EventReader, OpenError, Options,
    seal::Sealer,
    secret::{ClaimKey, RootSecret},
};

/// Connections that read.
const READERS: u32 = 2;

/// What it takes to read a ledger.
pub struct Inspected {
    pub events: EventReader,
    pub claims: ClaimKey,
}

/// Opens a ledger for reading.
///
/// # Errors
/// The secret must be the one that the ledger was made with.
pub async fn inspect(options: &Options) -> Result<Inspected, OpenError> {
    let reader = options.location.reader(READERS).await?;
    let stored: Option<One<Option<String>>> =
        reader.fetch_optional("SELECT secret_fingerprint FROM ledger", &[]).await?;
    let expected = stored.and_then(|One(fingerprint)| fingerprint).unwrap_or_default();
    let path = options.secret_file.display().to_string();
    let secret = match RootSecret::read(&options.secret_file)? {
        Some(secret) if secret.fingerprint() == expected => secret,
        Some(secret) => return Err(OpenError::SecretMismatch { path, found: secret.fingerprint(), expected }),
        None => return Err(OpenError::SecretMissing { path, fingerprint: expected }),
    };
    let events = EventReader { reader, sealer: Arc::new(Sealer::new(&secret)) };
    Ok(Inspected { events, claims: ClaimKey::new(&secret) })
}
