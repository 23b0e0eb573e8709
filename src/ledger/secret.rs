//! The root secret of a deployment and the keys derived from it.

use std::{fs, io, io::Write, path::Path};

use aggregates::claim::Claim;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use thiserror::Error;

use crate::{database::private, text::hex};

type HmacSha256 = Hmac<Sha256>;

/// 32 bytes from which every other key comes. Every node of a deployment has the same.
pub struct RootSecret(SecretBox<[u8; 32]>);

#[derive(Debug, Error)]
pub enum SecretError {
    #[error("the secret file {path} cannot be read or written")]
    File { path: String, source: io::Error },
    #[error("the secret file {0} does not hold 64 hexadecimal digits")]
    Content(String),
}

impl RootSecret {
    /// Reads the file; none where there is no file.
    pub fn read(path: &Path) -> Result<Option<Self>, SecretError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SecretError::File { path: path.display().to_string(), source }),
        };
        let bytes: Option<Vec<u8>> = (text.trim().len() == 64)
            .then(|| {
                text.trim()
                    .as_bytes()
                    .chunks(2)
                    .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect()
            })
            .flatten();
        let bytes: [u8; 32] =
            bytes.and_then(|b| b.try_into().ok()).ok_or_else(|| SecretError::Content(path.display().to_string()))?;
        Ok(Some(Self(SecretBox::new(Box::new(bytes)))))
    }

    /// Makes a new secret and stores it, readable by its owner only. An existing file is never replaced.
    pub fn create(path: &Path) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.display().to_string(), source };
        if let Some(folder) = path.parent() {
            private::make_folder(folder).map_err(failed)?;
        }
        let bytes: [u8; 32] = rand::random();
        let mut file = private::make_new(path).map_err(failed)?;
        file.write_all(format!("{}\n", hex(&bytes)).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The key for one purpose: HKDF-SHA256 (RFC 5869) with the purpose as its info.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // 32 bytes are one block of the hash; only more than 255 blocks can fail.
        let expanded = Hkdf::<Sha256>::new(None, self.0.expose_secret()).expand(purpose.as_bytes(), &mut key);
        debug_assert!(expanded.is_ok());
        key
    }

    /// What tells secrets apart without giving anything of them away.
    pub fn fingerprint(&self) -> String {
        hex(&self.derive("tenantry fingerprint v1")[..8])
    }
}

/// Hides claimed values that are personal.
#[derive(Clone)]
pub struct ClaimKey([u8; 32]);

impl ClaimKey {
    pub fn new(root: &RootSecret) -> Self {
        Self(root.derive("tenantry claims v1"))
    }

    /// What stands in the table: the value itself, or its keyed hash.
    pub fn stored_value(&self, claim: &Claim) -> String {
        if !claim.kind.is_personal() {
            return claim.value.clone();
        }
        hex(&authenticate(&self.0, &[claim.kind.as_str().as_bytes(), claim.value.as_bytes()]))
    }
}

/// HMAC-SHA256 over parts, each behind its length.
pub fn authenticate(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the length of a block.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <HmacSha256 as Mac>::new(&block.into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
