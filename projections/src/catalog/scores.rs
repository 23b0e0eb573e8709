//! How good products are: Σ w·p / Σ w over their quality checks, where w says how much a check matters and p how far it was
//! passed. Sums are of whole numbers, so that they come out exactly again when something leaves them.

use aggregates::{
    catalog::quality_check::{Outcome, Severity},
    ids::SpaceId,
};

use crate::{FoldError, Rows};

/// A score of 1, in which sums of scores are counted.
pub const ONE: i64 = 1_000_000_000_000;

/// What a check adds to the score of its product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weighed {
    /// w: 1, 2 or 3.
    pub weight: i64,
    /// 2·w·p, where p is 1, ½ or 0.
    pub points: i64,
}

impl Weighed {
    pub fn of(severity: Severity, outcome: Outcome) -> Self {
        let weight = match severity {
            Severity::Warning => 1,
            Severity::Error => 2,
            Severity::Critical => 3,
        };
        let halves = match outcome {
            Outcome::Passed => 2,
            Outcome::Warning => 1,
            Outcome::Failed | Outcome::Error => 0,
        };
        Self { weight, points: weight * halves }
    }
}

/// The score of a product, in parts of [`ONE`] and rounded half up, from what its checks add up to; none where nothing was
/// measured.
pub fn score(all: Weighed) -> Option<i64> {
    if all.weight <= 0 {
        return None;
    }
    let (points, weight) = (i128::from(all.points), i128::from(all.weight));
    // ⌊ONE·points / (2·weight) + ½⌋
    i64::try_from((i128::from(ONE) * points + weight) / (2 * weight)).ok()
}

/// A product of the space had one score, and has another.
pub(crate) fn moved(rows: &mut Rows, space: SpaceId, was: Option<i64>, is: Option<i64>) -> Result<(), FoldError> {
    if was == is {
        return Ok(());
    }
    rows.space_counters.update(&(space,), |row| {
        row.scored_products += i64::from(is.is_some()) - i64::from(was.is_some());
        row.score_sum += is.unwrap_or_default() - was.unwrap_or_default();
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_rounded_half_up() {
        let of = |weight, points| score(Weighed { weight, points });
        for (weight, points, expected) in [
            (0, 0, None),
            (1, 0, Some(0)),
            (1, 1, Some(ONE / 2)),
            (3, 6, Some(ONE)),
            (3, 1, Some(166_666_666_667)),
            (3, 2, Some(333_333_333_333)),
            (3, 4, Some(666_666_666_667)),
            // Exactly half of the least part.
            (ONE, 1, Some(1)),
            (ONE, 3, Some(2)),
            (i64::MAX / 2, i64::MAX - 1, Some(ONE)),
        ] {
            assert_eq!(of(weight, points), expected, "{points} of {weight}");
        }
    }

    #[test]
    fn a_check_weighs_what_it_matters() {
        use Outcome::{Error, Failed, Passed, Warning};
        let outcomes = [Passed, Warning, Failed, Error];
        for (severity, weight) in [(Severity::Warning, 1), (Severity::Error, 2), (Severity::Critical, 3)] {
            let points = outcomes.map(|outcome| Weighed::of(severity, outcome));
            assert_eq!(points, [2, 1, 0, 0].map(|halves| Weighed { weight, points: weight * halves }));
        }
    }
}
