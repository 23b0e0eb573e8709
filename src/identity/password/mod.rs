//! Password hashes: argon2id, on a bounded number of threads, so that a storm of sign-ins leaves other requests alone.

pub mod rules;

use std::sync::{Arc, LazyLock};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::Semaphore;

/// How many hashes are computed at once. Each takes about 19 MiB and 30 ms of one core.
const AT_ONCE: usize = 2;

#[derive(Debug, Error)]
#[error("the password cannot be hashed: {0}")]
pub struct HashError(String);

/// Hashes and verifies.
#[derive(Debug, Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// A PHC string with a fresh salt; argon2id with the parameters that the OWASP Password Storage Cheat Sheet asks for
    /// (19 MiB, 2 iterations, 1 lane).
    pub async fn hash(&self, password: SecretString) -> Result<SecretString, HashError> {
        self.run(move || {
            let salt =
                SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|error| HashError(error.to_string()))?;
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes(), &salt);
            Ok(SecretString::from(hash.map_err(|error| HashError(error.to_string()))?.to_string()))
        })
        .await?
    }

    /// Whether the password belongs to the hash. Without a hash the same work is done and the answer is no, so that the
    /// time says nothing about which accounts exist.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, HashError> {
        static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| {
            let salt = SaltString::encode_b64(&[0; 16]).ok()?;
            Some(Argon2::default().hash_password(b"nobody", &salt).ok()?.to_string())
        });
        self.run(move || {
            let known = hash.is_some();
            let Some(hash) = hash.as_deref().or(NOBODY.as_deref()) else { return false };
            metrics::counter!("tenantry_password_verifications_total").increment(1);
            let verified = PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
            });
            known && verified
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|error| HashError(error.to_string()))?;
        // What has begun goes on when nobody waits for it any more, and keeps its permit until it is done.
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_is_counted_until_it_is_done() {
        let passwords = Passwords::default();
        let (began, begun) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        for _ in 0..4 * AT_ONCE {
            let (began, gate) = (began.clone(), Arc::clone(&gate));
            let work = passwords.run(move || {
                began.send(()).expect("a listener");
                gate.lock().is_ok_and(|gate| gate.recv().is_ok())
            });
            // Polled once, it has begun or waits for a permit; then it is dropped.
            assert!(futures::poll!(Box::pin(work)).is_pending());
        }
        assert_eq!(passwords.permits.available_permits(), 0);
        drop((open, began));
        assert_eq!(begun.iter().count(), AT_ONCE);
        passwords.run(|| ()).await.expect("a permit");
    }

    #[tokio::test]
    async fn only_the_password_itself_verifies() {
        let passwords = Passwords::default();
        let hash = passwords.hash(SecretString::from("correct horse")).await.expect("a hash");
        let hash = Some(hash.expose_secret().to_owned());
        assert!(passwords.verify(SecretString::from("correct horse"), hash.clone()).await.expect("an answer"));
        assert!(!passwords.verify(SecretString::from("Correct horse"), hash).await.expect("an answer"));
        assert!(!passwords.verify(SecretString::from("nobody"), None).await.expect("an answer"));
    }
}
