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

/// The mean of so many scores with this sum, in hundredths and rounded half up; none of none.
///
/// A mean that lies between two hundredths is found to lie there, whatever was lost when the scores were rounded: what is
/// below a thousandth of a millionth counts for nothing.
pub fn mean_in_hundredths(sum: i64, scores: i64) -> Option<i64> {
    const MEANINGFUL: i128 = 1_000_000_000;
    let (sum, scores, one) = (i128::from(sum), i128::from(scores), i128::from(ONE));
    if scores <= 0 {
        return None;
    }
    let rounded = |numerator: i128, denominator: i128| (2 * numerator + denominator).div_euclid(2 * denominator);
    let mean = rounded(sum * MEANINGFUL, scores * one);
    i64::try_from(rounded(mean * 100, MEANINGFUL)).ok()
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
    fn a_mean_is_rounded_half_up() {
        let mean = |scores: &[(i64, i64)]| {
            let scores: Vec<_> = scores.iter().map(|&(weight, points)| score(Weighed { weight, points })).collect();
            mean_in_hundredths(scores.iter().flatten().sum(), scores.iter().flatten().count().try_into().expect("few"))
        };
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[(1, 2)]), Some(100));
        assert_eq!(mean(&[(1, 2), (1, 0)]), Some(50));
        assert_eq!(mean(&[(4, 1)]), Some(13), "an eighth");
        assert_eq!(mean(&[(3, 2), (3, 2), (3, 2)]), Some(33));
        assert_eq!(mean(&[(3, 4), (3, 4)]), Some(67));
        // A third, a sixth and none are a sixth on the average.
        assert_eq!(mean(&[(3, 2), (3, 1), (1, 0)]), Some(17));
        // Three times an eighth and twice nothing, out of which 0.075 comes to lie between two hundredths.
        assert_eq!(mean(&[(4, 1), (4, 1), (4, 1), (1, 0), (1, 0)]), Some(8));
    }

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
