//! Whose slug it is, and which one is free for what was named without one.

use aggregates::{claim::Claim, slug::Slug};
use uuid::Uuid;

use super::{Error, UnitOfWork};
use crate::readmodel::IdOrSlug;

/// How many slugs are tried in order, `acme-2` to `acme-9`, before a random one.
const NUMBERED: std::ops::RangeInclusive<u8> = 2..=9;

/// The first free slug that a name suggests, or `<kind>-<random>` where it suggests none. `claim` says where it has to
/// be free. It may be taken before the append; then another one is looked for.
pub(super) async fn free_slug(
    work: &UnitOfWork<'_>,
    name: &str,
    kind: &str,
    claim: impl Fn(&str) -> Claim,
) -> Result<Slug, Error> {
    let Some(stem) = Slug::derive(name) else { return random_slug(kind) };
    let numbered = NUMBERED.filter_map(|n| stem.with_suffix(&n.to_string()));
    for candidate in std::iter::once(stem.clone()).chain(numbered) {
        if work.ledger().holder(&claim(candidate.as_str())).await?.is_none() {
            return Ok(candidate);
        }
    }
    random_slug(stem.as_str())
}

/// A slug that is free but for a chance in 16 million.
pub(super) fn random_slug(stem: &str) -> Result<Slug, Error> {
    // A slug has 63 characters; 7 are the suffix.
    let stem = stem.get(..56).unwrap_or(stem).trim_end_matches('-');
    let slug = format!("{stem}-{:06x}", rand::random::<u32>() & 0x00ff_ffff);
    Slug::parse(&slug).map_err(|error| Error::Ledger(crate::ledger::Error::Broken(format!("{slug} {error}"))))
}

/// The id that names something, or that of the holder of the slug; none if the slug is free. `claim` says where slugs
/// are unique.
pub(super) async fn holder<I: Copy>(
    work: &UnitOfWork<'_>,
    reference: &IdOrSlug<I>,
    id: impl Fn(Uuid) -> I,
    claim: impl Fn(&str) -> Claim,
) -> Result<Option<I>, Error> {
    match reference {
        IdOrSlug::Id(id) => Ok(Some(*id)),
        IdOrSlug::Slug(slug) => Ok(work.ledger().holder(&claim(slug)).await?.map(id)),
    }
}
