//! A bill: a month's use against a plan's prices.

use aggregates::organization::Plan;

use super::{Price, PriceList};
use crate::readmodel::usage::{Month, MonthOfUse, RecordedUse};

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    ApiRequests,
    KeyVerifications,
}

impl Item {
    pub const ALL: [Self; 2] = [Self::ApiRequests, Self::KeyVerifications];

    const fn recorded(self, used: &RecordedUse) -> i64 {
        match self {
            Self::ApiRequests => used.requests,
            Self::KeyVerifications => used.verifications,
        }
    }

    const fn pending(self, used: &MonthOfUse) -> i64 {
        match self {
            Self::ApiRequests => used.pending_requests,
            Self::KeyVerifications => used.pending_verifications,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    pub month: Month,
    pub plan: Plan,
    pub currency: String,
    pub lines: Vec<Line>,
    /// The sum over the lines.
    pub total: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub item: Item,
    /// `recorded` and `pending` together.
    pub quantity: i64,
    /// What `events` add up to.
    pub recorded: i64,
    /// Counted, and not in the ledger yet.
    pub pending: i64,
    /// The positions of the events that recorded any of it, ascending.
    pub events: Vec<i64>,
    /// What of the quantity is beyond the included.
    pub billable: i64,
    pub price: Price,
    pub amount: i64,
}

impl Bill {
    pub fn new(month: Month, used: &MonthOfUse, prices: &PriceList) -> Self {
        let lines = Item::ALL.map(|item| Line::new(item, used, prices.price(used.plan, item)));
        let total = lines.iter().map(|line| line.amount).fold(0, i64::saturating_add);
        Self { month, plan: used.plan, currency: prices.currency.clone(), lines: lines.into(), total }
    }

    /// The position of the latest event that it sums; 0 without any.
    pub fn position(&self) -> i64 {
        self.lines.iter().filter_map(|line| line.events.last()).copied().max().unwrap_or(0)
    }
}

impl Line {
    fn new(item: Item, used: &MonthOfUse, price: Price) -> Self {
        let parts = || used.recorded.iter().map(|part| (part.position, item.recorded(part)));
        let recorded = parts().map(|(_, count)| count).fold(0, i64::saturating_add);
        let pending = item.pending(used);
        let quantity = recorded.saturating_add(pending);
        let billable = (quantity - price.included).max(0);
        Self {
            item,
            quantity,
            recorded,
            pending,
            events: parts().filter(|(_, count)| *count > 0).map(|(position, _)| position).collect(),
            billable,
            price,
            amount: price.of(billable),
        }
    }
}

impl Price {
    /// Of so much beyond what is included: every unit that has begun.
    fn of(self, billable: i64) -> i64 {
        let begun = i64::from(billable % self.unit > 0);
        (billable / self.unit + begun).saturating_mul(self.unit_price)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn used(recorded: &[(i64, i64, i64)], pending: (i64, i64)) -> MonthOfUse {
        let part = |&(position, requests, verifications): &_| RecordedUse { position, requests, verifications };
        let (pending_requests, pending_verifications) = pending;
        let recorded = recorded.iter().map(part).collect();
        MonthOfUse { plan: Plan::Pro, recorded, pending_requests, pending_verifications }
    }

    fn bill(used: &MonthOfUse) -> Bill {
        let month = "2026-01".parse().expect("a month");
        Bill::new(month, used, &PriceList::read(None).expect("a list"))
    }

    #[test]
    fn a_line_names_the_events_that_it_sums() {
        let bill = bill(&used(&[(7, 600_000, 0), (9, 400_000, 5), (12, 0, 6)], (1, 2)));
        let [requests, verifications] = &bill.lines[..] else { panic!("two lines") };
        assert_eq!((requests.recorded, requests.pending, requests.quantity), (1_000_000, 1, 1_000_001));
        assert_eq!((requests.billable, requests.amount), (1, 50), "a unit that has begun is billed");
        assert_eq!(requests.events, [7, 9]);
        assert_eq!((verifications.recorded, verifications.pending, verifications.amount), (11, 2, 0));
        assert_eq!(verifications.events, [9, 12]);
        assert_eq!((bill.total, bill.position()), (50, 12));
    }

    #[test]
    fn a_month_without_use_costs_nothing() {
        let bill = bill(&used(&[], (0, 0)));
        assert_eq!((bill.total, bill.position(), bill.lines.len()), (0, 0, 2));
        assert!(bill.lines.iter().all(|line| line.quantity == 0 && line.billable == 0 && line.events.is_empty()));
    }

    proptest! {
        /// What is included is free, and what is beyond costs its units, the last one whole.
        #[test]
        fn units_are_rounded_up(
            included in 0_i64..1_000_000, unit in 1_i64..100_000, unit_price in 0_i64..10_000, quantity in 0_i64..10_000_000,
        ) {
            let price = Price { included, unit, unit_price };
            let line = Line::new(Item::ApiRequests, &used(&[(1, quantity, 0)], (0, 0)), price);
            prop_assert_eq!(line.billable, if quantity > included { quantity - included } else { 0 });
            let units = (0..).find(|units| units * unit >= line.billable).expect("so many units");
            prop_assert_eq!(line.amount, units * unit_price);
        }

        /// Neither the order in which it was recorded nor whether it is recorded already changes what is paid.
        #[test]
        fn only_the_quantity_counts(parts in prop::collection::vec(0_i64..1_000_000, 0..20), pending in 0_i64..1_000_000) {
            let recorded: Vec<_> = parts.iter().zip(1..).map(|(count, position)| (position, *count, 0)).collect();
            let whole: i64 = parts.iter().sum::<i64>() + pending;
            let of_parts = bill(&used(&recorded, (pending, 0)));
            prop_assert_eq!(of_parts.total, bill(&used(&[], (whole, 0))).total);
            prop_assert_eq!(of_parts.lines[0].recorded + of_parts.lines[0].pending, whole);
        }

        #[test]
        fn no_amount_overflows(quantity in 0_i64..=i64::MAX, unit_price in 0..=i64::MAX) {
            let price = Price { included: 0, unit: 1, unit_price };
            let line = Line::new(Item::ApiRequests, &used(&[(1, quantity, 0)], (quantity, 0)), price);
            prop_assert!(line.amount >= 0 && line.quantity >= quantity);
        }
    }
}
