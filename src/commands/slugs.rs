//! Choosing a slug for what was named without one.

use aggregates::{claim::Claim, slug::Slug};

use super::{Error, UnitOfWork};

/// How many slugs are tried in order, `acme-2` to `acme-9`, before a random one.
const NUMBERED: std::ops::RangeInclusive<u8> = 2..=9;

/// The first free slug that a name suggests, or `<kind>-<random>` where it suggests none. `claim` says where it has to
/// be free. Somebody may take it before the append; then this is asked again.
pub(super) async fn free_slug(
    work: &UnitOfWork<'_>,
    name: &str,
    kind: &str,
    claim: impl Fn(&str) -> Claim,
) -> Result<Slug, Error> {
    let random = || format!("{:06x}", rand::random::<u32>() & 0x00ff_ffff);
    let Some(stem) = Slug::derive(name) else {
        return Slug::parse(&format!("{kind}-{}", random())).map_err(|error| broken(&error));
    };
    let numbered = NUMBERED.filter_map(|n| stem.with_suffix(&n.to_string()));
    for candidate in std::iter::once(stem.clone()).chain(numbered) {
        if work.ledger().holder(&claim(candidate.as_str())).await?.is_none() {
            return Ok(candidate);
        }
    }
    stem.with_suffix(&random()).ok_or_else(|| broken(&"no suffix fits"))
}

fn broken(why: &dyn std::fmt::Display) -> Error {
    Error::Ledger(crate::ledger::Error::Broken(format!("a slug cannot be made: {why}")))
}
