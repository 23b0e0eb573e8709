//! The price list: a file in TOML, of which `src/billing/default.toml` is an example.

use std::{fs, ops::Range, path::Path};

use aggregates::organization::Plan;
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::Item;

const DEFAULT: &str = include_str!("default.toml");
/// The highest number that any reader of JSON keeps exactly, 2⁵³ - 1.
const MOST: i64 = 9_007_199_254_740_991;

#[derive(Debug, Error)]
pub enum PriceListError {
    #[error("the price list {path} cannot be read")]
    File { path: String, source: std::io::Error },
    #[error("the price list {path} is not valid, line {line}: {why}")]
    Content { path: String, line: usize, why: String },
}

/// What each plan includes in a calendar month, and what more costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    pub currency: String,
    free: Prices,
    pro: Prices,
    enterprise: Prices,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Prices {
    api_requests: Price,
    key_verifications: Price,
}

/// What one item costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    pub included: i64,
    /// Billed are whole units of so many; at least 1.
    pub unit: i64,
    /// In the currency's minor unit.
    pub unit_price: i64,
}

impl PriceList {
    /// The list in a file, or the built-in one.
    ///
    /// # Errors
    /// A list is taken as a whole or not at all: nothing may be unknown, missing or negative, and no unit be 0.
    pub fn read(path: Option<&Path>) -> Result<Self, PriceListError> {
        let Some(path) = path else { return Self::parse(DEFAULT, "src/billing/default.toml") };
        let shown = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(source) => Err(PriceListError::File { path: shown, source }),
        }
    }

    fn parse(text: &str, path: &str) -> Result<Self, PriceListError> {
        let invalid = |place: Range<usize>, why: String| {
            let before = text.get(..place.start).unwrap_or(text);
            PriceListError::Content { path: path.to_owned(), line: before.matches('\n').count() + 1, why }
        };
        let file: File = toml::from_str(text)
            .map_err(|error| invalid(error.span().unwrap_or_default(), error.message().to_owned()))?;
        file.check().map_err(|(place, why)| invalid(place, why.to_owned()))
    }

    pub fn price(&self, plan: Plan, item: Item) -> Price {
        let prices = match plan {
            Plan::Free => &self.free,
            Plan::Pro => &self.pro,
            Plan::Enterprise => &self.enterprise,
        };
        match item {
            Item::ApiRequests => prices.api_requests,
            Item::KeyVerifications => prices.key_verifications,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    currency: Spanned<String>,
    plans: PlansInFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlansInFile {
    free: ItemsInFile,
    pro: ItemsInFile,
    enterprise: ItemsInFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemsInFile {
    api_requests: PriceInFile,
    key_verifications: PriceInFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceInFile {
    included: Spanned<i64>,
    unit: Spanned<i64>,
    unit_price: Spanned<i64>,
}

/// Where something is wrong, and what.
type Wrong = (Range<usize>, &'static str);

impl File {
    fn check(self) -> Result<PriceList, Wrong> {
        let place = self.currency.span();
        let currency = self.currency.into_inner();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err((place, "currency must be three capital letters, as in ISO 4217"));
        }
        let PlansInFile { free, pro, enterprise } = self.plans;
        Ok(PriceList { currency, free: free.check()?, pro: pro.check()?, enterprise: enterprise.check()? })
    }
}

impl ItemsInFile {
    fn check(self) -> Result<Prices, Wrong> {
        Ok(Prices { api_requests: self.api_requests.check()?, key_verifications: self.key_verifications.check()? })
    }
}

impl PriceInFile {
    fn check(self) -> Result<Price, Wrong> {
        let number = |field: &Spanned<i64>, least, why| {
            let number = *field.get_ref();
            if (least..=MOST).contains(&number) { Ok(number) } else { Err((field.span(), why)) }
        };
        Ok(Price {
            included: number(&self.included, 0, "included must not be negative or beyond 2^53")?,
            unit: number(&self.unit, 1, "unit must be at least 1 and not beyond 2^53")?,
            unit_price: number(&self.unit_price, 0, "unit_price must not be negative or beyond 2^53")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> (usize, String) {
        match PriceList::parse(text, "prices.toml").expect_err("not valid") {
            PriceListError::Content { line, why, .. } => (line, why),
            PriceListError::File { .. } => panic!("no file was read"),
        }
    }

    #[test]
    fn the_built_in_list_is_valid() {
        let list = PriceList::read(None).expect("a list");
        let price = list.price(Plan::Pro, Item::ApiRequests);
        assert_eq!(
            (list.currency.as_str(), price.included, price.unit, price.unit_price),
            ("USD", 1_000_000, 10_000, 50)
        );
        let free = list.price(Plan::Free, Item::KeyVerifications);
        assert_eq!((free.included, free.unit_price), (10_000, 0));
        assert_eq!(list.price(Plan::Enterprise, Item::KeyVerifications).unit_price, 10);
    }

    /// Each has one line changed, and the line is named.
    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let lines: Vec<&str> = DEFAULT.lines().collect();
        let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).expect("a line") + 1;
        let (currency, pro) = (at("currency"), at("[plans.pro]"));
        let changed = |place: usize, to: &str| {
            let mut lines = lines.clone();
            lines[place - 1] = to;
            line(&lines.join("\n"))
        };
        let price = |included: &str, unit: &str, price: &str| {
            format!("api_requests = {{ included = {included}, unit = {unit}, unit_price = {price} }}")
        };
        for (text, named) in [
            (price("-1", "1", "0"), "included must not be negative"),
            (price("0", "0", "0"), "unit must be at least 1"),
            (price("0", "-10", "0"), "unit must be at least 1"),
            (price("0", "1", "-5"), "unit_price must not be negative"),
            (price("0", "1", "9_007_199_254_740_992"), "unit_price must not be"),
            (price("0", "1", "0.5"), "invalid type: floating point"),
            (price("\"all\"", "1", "5"), "invalid type: string"),
            ("api_requests = { included = 1, unit = 1 }".to_owned(), "missing field `unit_price`"),
            ("api_requests = { included = 1, unit = 1, unit_price = 1, free = 1 }".to_owned(), "unknown field `free`"),
            ("api_requests = ".to_owned(), ""),
        ] {
            let (found, why) = changed(pro + 1, &text);
            assert!(found == pro + 1 && why.contains(named), "{text}: line {found}: {why}");
        }
        for wrong in ["currency = \"usd\"", "currency = \"US\"", "currency = \"USDT\"", "currency = 5"] {
            assert_eq!(changed(currency, wrong).0, currency, "{wrong}");
        }
        let (found, why) = changed(pro, "[plans.gold]");
        assert!(found == pro && why.contains("unknown field `gold`"), "line {found}: {why}");
        let (found, why) = changed(pro + 2, "");
        assert!(found == pro && why.contains("missing field `key_verifications`"), "line {found}: {why}");
    }
}
