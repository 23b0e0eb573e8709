//! Access tokens, which anyone can verify, and refresh tokens, which only this deployment can.

use std::sync::Arc;

use aggregates::ids::{OrganizationId, SessionId, UserId};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use moka::sync::Cache;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::ledger::secret::{RootSecret, authenticate};

/// Whom access tokens are for.
const AUDIENCE: &str = "tenantry";
/// The type of a JWT that is an access token (RFC 9068, 2.1).
const TYPE: &str = "at+jwt";
/// How many verified tokens are remembered.
const REMEMBERED: u64 = 20_000;

/// Keys and issuer of a deployment. Every node has the same.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    issuer: String,
    key_id: String,
    /// The public key, base64url.
    public: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    refresh: [u8; 32],
    /// Verifying a signature takes as long as everything else that a small read does.
    verified: Cache<[u8; 32], Claims>,
}

/// What an access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The organization that it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrganizationId>,
    pub iat: i64,
    /// Seconds since 1970-01-01T00:00:00Z, as `iat`.
    pub exp: i64,
}

#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    aud: &'a str,
    jti: Uuid,
    #[serde(flatten)]
    claims: &'a Claims,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the token is not valid")]
pub struct InvalidToken;

#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the signing key cannot be made: {0}")]
    Signing(String),
}

impl Tokens {
    /// # Errors
    /// The derived key cannot be encoded, which does not happen to any key of its length.
    pub fn new(root: &RootSecret, issuer: &str) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(&root.derive("tenantry access tokens v1"));
        let encoded = key.to_pkcs8_der().map_err(|error| KeyError::Signing(error.to_string()))?;
        let public = key.verifying_key().to_bytes();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        // The expiry of a remembered token is checked with every use, and so that of a new one is too.
        validation.validate_exp = false;
        let public_text = URL_SAFE_NO_PAD.encode(public);
        Ok(Self(Arc::new(Inner {
            issuer: issuer.to_owned(),
            key_id: thumbprint(&public_text),
            public: public_text,
            signing: EncodingKey::from_ed_der(encoded.as_bytes()),
            verifying: DecodingKey::from_ed_der(&public),
            validation,
            refresh: root.derive("tenantry refresh tokens v1"),
            verified: Cache::new(REMEMBERED),
        })))
    }

    /// A signed access token.
    pub fn access(&self, claims: &Claims) -> Result<SecretString, KeyError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.0.key_id.clone());
        let signed = Signed { iss: &self.0.issuer, aud: AUDIENCE, jti: Uuid::now_v7(), claims };
        let token = encode(&header, &signed, &self.0.signing).map_err(|error| KeyError::Signing(error.to_string()))?;
        Ok(SecretString::from(token))
    }

    /// What a token says that we signed and whose time has not passed. Whether its session goes on is another question.
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, InvalidToken> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let claims = match self.0.verified.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = self.check(token)?;
                self.0.verified.insert(digest, claims);
                claims
            }
        };
        if now < claims.exp { Ok(claims) } else { Err(InvalidToken) }
    }

    fn check(&self, token: &str) -> Result<Claims, InvalidToken> {
        let header = decode_header(token).map_err(|_| InvalidToken)?;
        let ours = header.kid.as_deref() == Some(self.0.key_id.as_str()) && header.typ.as_deref() == Some(TYPE);
        if !ours || header.crit.is_some() {
            return Err(InvalidToken);
        }
        let decoded = decode::<Claims>(token, &self.0.verifying, &self.0.validation).map_err(|_| InvalidToken)?;
        Ok(decoded.claims)
    }

    /// The key that verifies access tokens, as a JWK Set (RFC 7517, 8037).
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.0.key_id, "x": self.0.public,
        }] })
    }

    /// The session's refresh token of a generation. It says nothing that it was not made from, so none has to be kept.
    pub fn refresh(&self, session: SessionId, generation: i64) -> SecretString {
        let mac = authenticate(&self.0.refresh, &[session.uuid().as_bytes(), &generation.to_be_bytes()]);
        let bytes = [session.uuid().as_bytes().as_slice(), &generation.to_be_bytes(), &mac].concat();
        SecretString::from(format!("rt_{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The session and the generation of a refresh token that we made.
    pub fn parse_refresh(&self, token: &str) -> Result<(SessionId, i64), InvalidToken> {
        let bytes = token.strip_prefix("rt_").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(InvalidToken)?;
        let (content, mac) = bytes.split_at_checked(24).ok_or(InvalidToken)?;
        let (session, generation) = content.split_at_checked(16).ok_or(InvalidToken)?;
        let session = SessionId::new(Uuid::from_slice(session).map_err(|_| InvalidToken)?);
        let generation = i64::from_be_bytes(generation.try_into().map_err(|_| InvalidToken)?);
        let expected = authenticate(&self.0.refresh, &[session.uuid().as_bytes(), &generation.to_be_bytes()]);
        let genuine = subtle::ConstantTimeEq::ct_eq(mac, expected.as_slice());
        if bool::from(genuine) { Ok((session, generation)) } else { Err(InvalidToken) }
    }
}

/// The name of an Ed25519 key: the hash of its required members in their order (RFC 7638, RFC 8037 appendix A.3).
fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes()))
}
