//! Tokens that differ from a good one in one thing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::Deployment;

pub struct Forge {
    good: String,
    key: SigningKey,
    pub header: Value,
    pub claims: Value,
}

fn part(token: &str, n: usize) -> Value {
    let part = token.split('.').nth(n).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

pub fn header(token: &str) -> Value {
    part(token, 0)
}

pub fn payload(token: &str) -> Value {
    part(token, 1)
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The text with another character of the same alphabet at one place.
pub fn flipped(text: &str, place: usize) -> String {
    let other = |c: char| match c {
        'A' => 'B',
        '.' => 'A',
        _ => 'A',
    };
    text.chars().enumerate().map(|(n, c)| if n == place { other(c) } else { c }).collect()
}

/// The text with the lowest bit of its last character's value changed: bits that no byte needs.
fn last_bit(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = text.as_bytes()[text.len() - 1];
    let value = ALPHABET.iter().position(|byte| *byte == last).expect("base64url");
    format!("{}{}", &text[..text.len() - 1], char::from(ALPHABET[value ^ 1]))
}

impl Forge {
    /// With the deployment's own key, derived from its secret as the server does.
    pub fn new(deployment: &Deployment, good: &str) -> Self {
        let text = std::fs::read_to_string(deployment.secret_file()).expect("the secret");
        let digit = |n: usize| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("two digits");
        let secret: Vec<u8> = (0..32).map(digit).collect();
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, &secret).expand(b"tenantry access tokens v1", &mut key).expect("a key");
        Self { good: good.to_owned(), key: SigningKey::from_bytes(&key), header: header(good), claims: payload(good) }
    }

    pub fn claim(token: &str, name: &str) -> Value {
        payload(token)[name].clone()
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_with(&self.key, header, claims)
    }

    fn sign_with(&self, key: &SigningKey, header: &Value, claims: &Value) -> String {
        let content = format!("{}.{}", encoded(header), encoded(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(content.as_bytes()).to_bytes());
        format!("{content}.{signature}")
    }

    pub fn with_claim(&self, name: &str, value: Value) -> String {
        self.sign(&self.header, &changed(&self.claims, name, value))
    }

    fn with_header(&self, name: &str, value: Value) -> String {
        self.sign(&changed(&self.header, name, value), &self.claims)
    }

    /// Everything that needs no other token.
    pub fn variants(&self) -> Vec<(String, String)> {
        [self.damaged(), self.misheaded(), self.misclaimed(), self.missigned()].concat()
    }

    fn damaged(&self) -> Vec<(String, String)> {
        let good = self.good.as_str();
        let parts: Vec<&str> = good.split('.').collect();
        let [head, body, signature] = parts.as_slice() else { panic!("a token has three parts") };
        let mut variants = named(&[
            ("nothing but a dot", ".".to_owned()),
            ("two dots", "..".to_owned()),
            ("a word", "x".to_owned()),
            ("a slash", "a/b".to_owned()),
            ("no signature", format!("{head}.{body}")),
            ("an empty signature", format!("{head}.{body}.")),
            ("no header", format!("{body}.{signature}")),
            ("an empty header", format!(".{body}.{signature}")),
            ("an empty body", format!("{head}..{signature}")),
            ("a dot behind", format!("{good}.")),
            ("a dot before", format!(".{good}")),
            ("four parts", format!("{good}.{signature}")),
            ("five parts", format!("{good}.{body}.{signature}")),
            ("swapped parts", format!("{body}.{head}.{signature}")),
            ("padding", format!("{good}=")),
            ("more padding", format!("{good}==")),
            ("padding inside", format!("{head}=.{body}.{signature}")),
            ("a space inside", format!("{head}. {body}.{signature}")),
            ("a tab inside", format!("{head}.\t{body}.{signature}")),
            ("a quoted token", format!("\"{good}\"")),
            ("lower case", good.to_lowercase()),
            ("upper case", good.to_uppercase()),
            ("backwards", good.chars().rev().collect()),
            ("a character more", format!("{good}A")),
            ("the other base64", format!("{head}.{body}.{}+/", &signature[..signature.len() - 2])),
            ("idle bits of the signature", last_bit(good)),
            ("another encoding", good.replace('.', "%2E")),
        ]);
        // A body whose last character has idle bits is longer by a byte or two than a multiple of three.
        for (name, value) in [("jti", json!("1")), ("jti", json!("12")), ("jti", json!("123"))] {
            let token = self.with_claim(name, value.clone());
            let dot = token.rfind('.').expect("a dot");
            variants.push((format!("idle bits of a body with {value}"), last_bit(&token[..dot]) + &token[dot..]));
        }
        for n in 1..12 {
            let end = good.len() * n / 12;
            variants.push((format!("the first {end} characters"), good[..end].to_owned()));
        }
        for end in [good.len() - 1, good.len() - 2, good.len() - 3] {
            variants.push((format!("all but the last {}", good.len() - end), good[..end].to_owned()));
        }
        variants.push(("all but the first".to_owned(), good[1..].to_owned()));
        let begins = [0, head.len() + 1, head.len() + body.len() + 2];
        for (begin, part) in begins.iter().zip(&parts) {
            for place in [*begin, begin + part.len() / 3, begin + part.len() / 2, begin + part.len() - 1] {
                variants.push((format!("another character at {place}"), flipped(good, place)));
            }
        }
        variants
    }

    /// Signed with the real key, with a header that is not ours.
    fn misheaded(&self) -> Vec<(String, String)> {
        let without = |name: &str| self.sign(&lacking(&self.header, name), &self.claims);
        named(&[
            ("typ JWT", self.with_header("typ", json!("JWT"))),
            ("typ jwt", self.with_header("typ", json!("jwt"))),
            ("another typ", self.with_header("typ", json!("rt+jwt"))),
            ("an empty typ", self.with_header("typ", json!(""))),
            ("no typ", without("typ")),
            ("another kid", self.with_header("kid", json!("another"))),
            ("an empty kid", self.with_header("kid", json!(""))),
            ("a kid of another type", self.with_header("kid", json!(1))),
            ("no kid", without("kid")),
            ("no alg", without("alg")),
            ("alg HS256", self.with_header("alg", json!("HS256"))),
            ("alg ES256", self.with_header("alg", json!("ES256"))),
            ("alg RS256", self.with_header("alg", json!("RS256"))),
            ("alg none", self.with_header("alg", json!("none"))),
            ("alg eddsa", self.with_header("alg", json!("eddsa"))),
            ("something critical", self.with_header("crit", json!(["exp"]))),
            ("an array for a header", self.sign(&json!([]), &self.claims)),
        ])
    }

    /// Signed with the real key, with claims that are not ours.
    fn misclaimed(&self) -> Vec<(String, String)> {
        let without = |name: &str| self.sign(&self.header, &lacking(&self.claims, name));
        let now = chrono::Utc::now().timestamp();
        let nobody = json!(uuid::Uuid::now_v7());
        named(&[
            ("another issuer", self.with_claim("iss", json!("https://example.com"))),
            ("issuers", self.with_claim("iss", json!(["https://example.com"]))),
            ("no issuer", without("iss")),
            ("another audience", self.with_claim("aud", json!("another"))),
            ("other audiences", self.with_claim("aud", json!(["another"]))),
            ("no audience", without("aud")),
            ("no expiry", without("exp")),
            ("an expiry in words", self.with_claim("exp", json!("tomorrow"))),
            ("no expiry but null", self.with_claim("exp", Value::Null)),
            ("expired an hour ago", self.with_claim("exp", json!(now - 3600))),
            ("expired a second ago", self.with_claim("exp", json!(now - 1))),
            ("expired now", self.with_claim("exp", json!(now))),
            ("expired always", self.with_claim("exp", json!(0))),
            ("expired before time began", self.with_claim("exp", json!(-1))),
            ("no subject", without("sub")),
            ("a subject that is not an id", self.with_claim("sub", json!("jane@example.com"))),
            ("an unknown subject", self.with_claim("sub", nobody.clone())),
            ("no session", without("sid")),
            ("an unknown session", self.with_claim("sid", nobody)),
            ("an organization that is not an id", self.with_claim("org", json!("acme"))),
            ("no claims", self.sign(&self.header, &json!({}))),
            ("an array of claims", self.sign(&self.header, &json!([]))),
        ])
    }

    /// As good as ours but for the key.
    fn missigned(&self) -> Vec<(String, String)> {
        let other = SigningKey::from_bytes(&[7; 32]);
        let jwk = json!({
            "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(other.verifying_key().to_bytes()),
        });
        let named_other = changed(&self.header, "jwk", jwk);
        let (content, _) = self.good.rsplit_once('.').expect("a signature");
        named(&[
            ("another key with our kid", self.sign_with(&other, &self.header, &self.claims)),
            ("another key in the header", self.sign_with(&other, &named_other, &self.claims)),
            ("a signature of zeros", format!("{content}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
            ("a signature of something else", {
                let signature = self.with_claim("iat", json!(0));
                format!("{content}.{}", signature.rsplit('.').next().expect("a signature"))
            }),
        ])
    }

    /// Tokens that take the public key for a shared one, or no key at all.
    pub fn confused(&self, public: &str) -> Vec<(String, String)> {
        let raw = URL_SAFE_NO_PAD.decode(public).expect("the public key");
        let hs256 = changed(&self.header, "alg", json!("HS256"));
        let content = format!("{}.{}", encoded(&hs256), encoded(&self.claims));
        let mac = |key: &[u8]| {
            let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("a key of any length");
            mac.update(content.as_bytes());
            format!("{content}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        let none =
            |alg: &str| format!("{}.{}.", encoded(&changed(&self.header, "alg", json!(alg))), encoded(&self.claims));
        named(&[
            ("HS256 with the public key", mac(&raw)),
            ("HS256 with the text of the public key", mac(public.as_bytes())),
            ("HS256 with nothing", mac(b"")),
            ("alg none, unsigned", none("none")),
            ("alg None, unsigned", none("None")),
            ("alg NONE, unsigned", none("NONE")),
            ("alg EdDSA, unsigned", none("EdDSA")),
        ])
    }
}

fn named(variants: &[(&str, String)]) -> Vec<(String, String)> {
    variants.iter().map(|(name, token)| ((*name).to_owned(), token.clone())).collect()
}

fn changed(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn lacking(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().expect("an object").remove(name).expect("it was there");
    object
}
