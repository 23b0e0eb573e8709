//! What use costs: a price list, and the bill that it makes of a month's use. Money is in whole numbers of the currency's
//! minor unit.

mod bill;
mod prices;

pub use self::{
    bill::{Bill, Item, Line},
    prices::{Price, PriceList, PriceListError},
};
