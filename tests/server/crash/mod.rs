//! What is left when something is killed: writers keep a record of what was acknowledged, and the record is held
//! against the ledger afterwards.
//!
//! The suite runs a few rounds of each. A long run, with the seed that an earlier one printed:
//!
//! ```text
//! TENANTRY_CRASH_ROUNDS=200 TENANTRY_CRASH_SEED=42 cargo test --test server crash::
//! ```
#![expect(clippy::print_stdout, reason = "a test prints its seed")]

mod commit;
mod kill;
mod load;
mod postgres;
mod record;
mod usage;

/// How often something is killed in one test.
fn rounds(short: usize) -> usize {
    number("TENANTRY_CRASH_ROUNDS").and_then(|rounds| usize::try_from(rounds).ok()).unwrap_or(short)
}

/// What the random choices of a test begin with; printed, so that they can be made again.
fn seed() -> u64 {
    let seed = number("TENANTRY_CRASH_SEED").unwrap_or_else(rand::random);
    println!("TENANTRY_CRASH_SEED={seed}");
    seed
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var_os(variable)?;
    Some(text.to_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{variable} must be a number")))
}
