//! A text that is almost a key is not one.

use serde_json::json;

use super::{SELF, VERIFY, code, personal, verify};
use crate::support::Server;

both!(what_is_almost_a_key_is_none);

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 as zlib has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// The text with its checksum: six digits to the base 62, the highest first.
pub fn sealed(text: &str) -> String {
    let mut rest = crc32(text.as_bytes());
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.insert(0, char::from(DIGITS[usize::try_from(rest % 62).expect("a digit")]));
        rest /= 62;
    }
    format!("{text}{}", digits.into_iter().collect::<String>())
}

/// The text with another character at a place.
fn with(text: &str, place: usize, other: char) -> String {
    text.chars().enumerate().map(|(n, c)| if n == place { other } else { c }).collect()
}

/// The text with another digit at a place.
pub fn slipped(text: &str, place: usize) -> String {
    let other = if text.as_bytes()[place] == b'7' { '8' } else { '7' };
    with(text, place, other)
}

/// Letters in the other case, one or all.
fn swapped_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

fn near_misses(key: &str) -> Vec<String> {
    let body = &key[..47];
    let secret = &key[17..47];
    let letter = (17..47).find(|place| key.as_bytes()[*place].is_ascii_alphabetic()).expect("a letter");
    let mut all = vec![
        String::new(),
        "sk_live_".to_owned(),
        key[..52].to_owned(),
        key[1..].to_owned(),
        body.to_owned(),
        key[8..].to_owned(),
        secret.to_owned(),
        format!("{key}{key}"),
        format!("{key}0"),
        format!("{key}="),
        format!("{key}\\n"),
        format!("x{key}"),
        format!("Bearer {key}"),
        format!("\"{key}\""),
        key.replacen("sk_live_", "sk_test_", 1),
        key.replacen("sk_live_", "SK_LIVE_", 1),
        key.replacen("sk_live_", "sk-live-", 1),
        key.replacen("sk_live_", "sk_live", 1),
        key.replacen("sk_live_", "sk__live_", 1),
        key.replacen("sk_live_", "pk_live_", 1),
        with(key, 16, '-'),
        with(key, 16, '.'),
        format!("{}{}", &key[..16], &key[17..]),
        key.to_uppercase(),
        key.to_lowercase(),
        swapped_case(key),
        slipped(key, 8),
        slipped(key, 17),
        slipped(key, 46),
        slipped(key, 47),
        slipped(key, 52),
        format!("{}{}", body, "000000"),
        key.chars().rev().collect(),
        key.replacen('_', "%5F", 1),
    ];
    // What has a right checksum is looked up, and not found.
    let again = |text: String| sealed(&text);
    all.extend([
        again(slipped(body, 8)),
        again(slipped(body, 15)),
        again(slipped(body, 17)),
        again(slipped(body, 30)),
        again(slipped(body, 46)),
        again(with(body, letter, char::from(key.as_bytes()[letter] ^ 0x20))),
        again(format!("{}{}", &body[..17], secret.chars().rev().collect::<String>())),
        again(body.replacen("sk_live_", "sk_test_", 1)),
        again(with(body, 16, '-')),
        again(with(body, 20, '_')),
        again(body[..46].to_owned()),
        again(format!("{body}0")),
        again(again(body.to_owned())),
    ]);
    all
}

/// What a header cannot hold, or would not hold as it is.
fn only_in_bodies(key: &str) -> Vec<String> {
    let a_to_cyrillic = key.replacen('e', "\u{435}", 1);
    let full_width = key.replacen('s', "\u{ff53}", 1);
    vec![
        format!(" {key}"),
        format!("{key} "),
        format!("{key}\n"),
        format!("{key}\t"),
        format!("{key}\0"),
        format!("\u{feff}{key}"),
        format!("{key}\u{200b}"),
        key.replacen('_', "\u{ff3f}", 1),
        a_to_cyrillic,
        full_width,
        format!("{}\0{}", &key[..20], &key[21..]),
        sealed(&with(&key[..47], 20, '\0')),
        sealed(&with(&key[..47], 20, 'é')),
    ]
}

async fn what_is_almost_a_key_is_none(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["*:*"]).await;
    assert_eq!(sealed(&made.key[..47]), made.key, "the checksum is what it is said to be");
    let in_headers = near_misses(&made.key);
    let all: Vec<_> = in_headers.iter().cloned().chain(only_in_bodies(&made.key)).collect();
    assert!(all.len() >= 40 && all.iter().all(|text| *text != made.key));
    let mut looked_up = 0;
    for text in &all {
        let found = code(verify(&server, text).by(&jane)).await;
        assert!(["MALFORMED", "NOT_FOUND"].contains(&found.as_str()), "{text:?}: {found}");
        let well_formed = text.len() == 53 && text.starts_with("sk_live_") && text.is_ascii();
        let right = text.is_char_boundary(47) && well_formed && sealed(&text[..47]) == *text;
        let digits = text.bytes().skip(17).all(|byte| byte.is_ascii_alphanumeric());
        let expected = if right && digits && text.as_bytes()[16] == b'_' { "NOT_FOUND" } else { "MALFORMED" };
        assert_eq!(found, expected, "{text:?}");
        looked_up += usize::from(found == "NOT_FOUND");
    }
    assert_eq!(looked_up, 7, "those with a right checksum");
    for text in &in_headers {
        let refused = server.get(SELF).bearer(text).send().await;
        assert_eq!(refused.status, 401, "{text:?}: {refused}");
        let challenge = refused.header("www-authenticate").unwrap_or_default().to_owned();
        assert!(challenge.starts_with("Bearer"), "{text:?}: {challenge}");
        refused.assert_problem(&server.url);
    }
    for wrong in [json!(null), json!(7), json!([made.key]), json!({ "key": made.key })] {
        let refused = server.post(VERIFY).json(json!({ "key": wrong })).send().await;
        assert_eq!(refused.status, 422, "{wrong}: {refused}");
        assert!(!refused.body.contains(&made.key[17..47]), "{refused}");
    }
    // In another header it is nothing at all.
    for (name, value) in [("x-api-key", made.key.clone()), ("authorization", made.key.clone())] {
        server.refuses(server.get(SELF).anonymous().header(name, &value), 401, "not_authenticated").await;
    }
    let twice = server.get(SELF).bearer(&made.key).header("authorization", &format!("Bearer {}", made.key));
    server.refuses(twice, 400, "invalid_header").await;
    server.get(SELF).bearer(&made.key).send().await.expect(200);
}
