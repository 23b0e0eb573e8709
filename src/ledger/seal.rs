//! Sealing personal data: the only place where it is encrypted and opened.
//!
//! Every subject has a random key, wrapped under a key derived from the root secret. Deleting the wrapped key erases
//! the subject's data in every event at once, without touching an event.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use aggregates::personal::PERSONAL_MARK;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use projections::row::{Kind, One, Value as Cell};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Append, Error,
    evaluate::Prepared,
    secret::{ClaimKey, RootSecret},
};
use crate::database::{Batch, Database};

const NONCE: usize = 24;
/// How long a key is trusted without asking: an erasure elsewhere is seen after this time at the latest.
const REMEMBERED: Duration = Duration::from_secs(60);

/// A subject's key as far as this node knows.
#[derive(Clone)]
enum SubjectKey {
    /// In the database.
    Stored(Key),
    /// Made here; whoever uses it has to store it in the same transaction.
    New(Key, String),
    Erased,
}

pub(super) struct Sealer {
    wrapping: XChaCha20Poly1305,
    keys: moka::sync::Cache<Uuid, SubjectKey>,
}

impl Sealer {
    pub(super) fn new(root: &RootSecret) -> Self {
        Self {
            wrapping: XChaCha20Poly1305::new(&Key::from(root.derive("tenantry subject keys v1"))),
            keys: moka::sync::Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build(),
        }
    }

    /// Everything about an append that can be done before it is its turn: sealing, claims, the rows it will need.
    pub(super) async fn prepare(
        &self,
        reader: &Database,
        claims: &ClaimKey,
        append: Append,
    ) -> Result<Prepared, Error> {
        let broken = |error: serde_json::Error| Error::Broken(error.to_string());
        let mut payloads = Vec::with_capacity(append.events.len());
        for event in &append.events {
            payloads.push(event.event.encode().map_err(broken)?);
        }
        let mut metadata = serde_json::to_value(append.metadata.to_map().map_err(broken)?).map_err(broken)?;
        let mut subjects = BTreeSet::new();
        payloads.iter().for_each(|payload| collect_subjects(payload, &mut subjects));
        collect_subjects_of_texts(&metadata, &mut subjects);
        let keys = self.keys_for_sealing(reader, subjects).await?;
        let seal = |subject: Uuid, open: &Value| self.seal(&keys, subject, open);
        for payload in &mut payloads {
            replace(payload, &seal)?;
        }
        replace_texts(&mut metadata, &seal)?;
        let new_keys = keys
            .into_iter()
            .filter_map(
                |(subject, key)| if let SubjectKey::New(_, wrapped) = key { Some((subject, wrapped)) } else { None },
            )
            .collect();
        let payloads = payloads.iter().map(Value::to_string).collect();
        Ok(Prepared::new(append, payloads, metadata.to_string(), new_keys, claims))
    }

    /// The keys are in the database now.
    pub(super) fn stored(&self, subjects: impl Iterator<Item = Uuid>) {
        for subject in subjects {
            if let Some(SubjectKey::New(key, _)) = self.keys.get(&subject) {
                self.keys.insert(subject, SubjectKey::Stored(key));
            }
        }
    }

    /// What this node believes of these keys is not so.
    pub(super) fn forget(&self, subjects: impl Iterator<Item = Uuid>) {
        subjects.for_each(|subject| self.keys.invalidate(&subject));
    }

    /// Opens every personal field of these values in place. A field whose key is gone loses its content.
    pub(super) async fn open(&self, reader: &Database, values: &mut [&mut Value]) -> Result<(), Error> {
        let mut subjects = BTreeSet::new();
        for value in values.iter() {
            collect_subjects(value, &mut subjects);
            collect_subjects_of_texts(value, &mut subjects);
        }
        if subjects.is_empty() {
            return Ok(());
        }
        let keys = self.known_keys(reader, subjects).await?;
        let open = |subject: Uuid, sealed: &Value| self.unseal(&keys, subject, sealed);
        for value in values {
            replace(value, &open)?;
            replace_texts(value, &open)?;
        }
        Ok(())
    }

    async fn known_keys(
        &self,
        reader: &Database,
        subjects: BTreeSet<Uuid>,
    ) -> Result<HashMap<Uuid, SubjectKey>, Error> {
        let mut keys = HashMap::new();
        let mut unknown = Vec::new();
        for subject in subjects {
            match self.keys.get(&subject) {
                Some(key) => drop(keys.insert(subject, key)),
                None => unknown.push(vec![Cell::Uuid(subject)]),
            }
        }
        if unknown.is_empty() {
            return Ok(keys);
        }
        let sql = "SELECT subject, wrapped_key FROM subject_keys WHERE subject IN (SELECT subject FROM {batch} k)";
        let batch = Batch::new(&[("subject", Kind::Uuid)], unknown);
        for (One(subject), One(wrapped)) in
            reader.fetch_batch::<(One<Uuid>, One<Option<String>>)>(sql, &[], batch).await?
        {
            let key = match wrapped {
                Some(wrapped) => SubjectKey::Stored(self.unwrap(subject, &wrapped)?),
                None => SubjectKey::Erased,
            };
            self.keys.insert(subject, key.clone());
            keys.insert(subject, key);
        }
        Ok(keys)
    }

    async fn keys_for_sealing(
        &self,
        reader: &Database,
        subjects: BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, SubjectKey>, Error> {
        let known = self.known_keys(reader, subjects.clone()).await?;
        let mut keys = BTreeMap::new();
        for subject in subjects {
            let key = match known.get(&subject) {
                Some(key) => key.clone(),
                // All appends of this node that make a key for the same subject make the same one.
                None => self
                    .keys
                    .try_get_with(subject, || self.new_key(subject))
                    .map_err(|error| Error::Broken(error.to_string()))?,
            };
            keys.insert(subject, key);
        }
        Ok(keys)
    }

    fn new_key(&self, subject: Uuid) -> Result<SubjectKey, SealError> {
        let key = Key::from(rand::random::<[u8; 32]>());
        let wrapped = encrypt(&self.wrapping, &key, subject)?;
        Ok(SubjectKey::New(key, wrapped))
    }

    fn unwrap(&self, subject: Uuid, wrapped: &str) -> Result<Key, Error> {
        let bytes = decrypt(&self.wrapping, wrapped, subject).map_err(|error| Error::Broken(error.to_string()))?;
        let bytes: [u8; 32] =
            bytes.try_into().map_err(|_| Error::Broken("a subject key has a wrong length".to_owned()))?;
        Ok(Key::from(bytes))
    }

    fn seal(&self, keys: &BTreeMap<Uuid, SubjectKey>, subject: Uuid, open: &Value) -> Result<Value, Error> {
        let mark = |more: Option<(&str, Value)>| {
            let mut object = serde_json::Map::from_iter([(PERSONAL_MARK.to_owned(), subject.to_string().into())]);
            object.extend(more.map(|(key, value)| (key.to_owned(), value)));
            Value::Object(object)
        };
        let (Some(SubjectKey::Stored(key) | SubjectKey::New(key, _)), Some(value)) =
            (keys.get(&subject), open.get("v"))
        else {
            return Ok(mark(None));
        };
        let cipher = XChaCha20Poly1305::new(key);
        let sealed = encrypt(&cipher, value.to_string().as_bytes(), subject)
            .map_err(|error| Error::Broken(error.to_string()))?;
        Ok(mark(Some(("c", sealed.into()))))
    }

    fn unseal(&self, keys: &HashMap<Uuid, SubjectKey>, subject: Uuid, sealed: &Value) -> Result<Value, Error> {
        let mut object = serde_json::Map::from_iter([(PERSONAL_MARK.to_owned(), subject.to_string().into())]);
        if let (Some(SubjectKey::Stored(key) | SubjectKey::New(key, _)), Some(text)) =
            (keys.get(&subject), sealed.get("c").and_then(Value::as_str))
        {
            let bytes = decrypt(&XChaCha20Poly1305::new(key), text, subject)
                .map_err(|error| Error::Broken(error.to_string()))?;
            let value = serde_json::from_slice(&bytes).map_err(|error| Error::Broken(error.to_string()))?;
            object.insert("v".to_owned(), value);
        }
        Ok(Value::Object(object))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("personal data of {0} cannot be sealed or opened with its key")]
struct SealError(Uuid);

/// Base64 of nonce and ciphertext, bound to its subject.
fn encrypt(cipher: &XChaCha20Poly1305, plain: &[u8], subject: Uuid) -> Result<String, SealError> {
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: plain, aad: subject.as_bytes() };
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| SealError(subject))?;
    Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

fn decrypt(cipher: &XChaCha20Poly1305, text: &str, subject: Uuid) -> Result<Vec<u8>, SealError> {
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| SealError(subject))?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(SealError(subject))?;
    let payload = Payload { msg: sealed, aad: subject.as_bytes() };
    cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError(subject))
}

fn subject_of(value: &Value) -> Option<Uuid> {
    value.as_object()?.get(PERSONAL_MARK)?.as_str()?.parse().ok()
}

fn collect_subjects(value: &Value, subjects: &mut BTreeSet<Uuid>) {
    if let Some(subject) = subject_of(value) {
        subjects.insert(subject);
        return;
    }
    match value {
        Value::Object(object) => object.values().for_each(|value| collect_subjects(value, subjects)),
        Value::Array(list) => list.iter().for_each(|value| collect_subjects(value, subjects)),
        _ => {}
    }
}

/// The personal fields of flat metadata: each is the JSON text of its object.
const PERSONAL_METADATA: [&str; 2] = ["client_address", "user_agent"];

fn embedded(text: &Value) -> Option<Value> {
    serde_json::from_str(text.as_str()?).ok()
}

fn collect_subjects_of_texts(metadata: &Value, subjects: &mut BTreeSet<Uuid>) {
    let fields = PERSONAL_METADATA.iter().filter_map(|key| metadata.get(key)).filter_map(embedded);
    fields.for_each(|value| collect_subjects(&value, subjects));
}

type Replace<'a> = dyn Fn(Uuid, &Value) -> Result<Value, Error> + 'a;

fn replace(value: &mut Value, with: &Replace<'_>) -> Result<(), Error> {
    if let Some(subject) = subject_of(value) {
        *value = with(subject, value)?;
        return Ok(());
    }
    match value {
        Value::Object(object) => object.values_mut().try_for_each(|value| replace(value, with)),
        Value::Array(list) => list.iter_mut().try_for_each(|value| replace(value, with)),
        _ => Ok(()),
    }
}

fn replace_texts(metadata: &mut Value, with: &Replace<'_>) -> Result<(), Error> {
    for key in PERSONAL_METADATA {
        let Some(text) = metadata.get_mut(key) else { continue };
        if let Some(mut inner) = embedded(text) {
            replace(&mut inner, with)?;
            *text = Value::String(inner.to_string());
        }
    }
    Ok(())
}
