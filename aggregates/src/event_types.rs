//! Under which type and version events are stored.

/// The [`DomainEvent`](cqrs_es::DomainEvent) of an aggregate's events, from a list of their stored types.
///
/// The types are written out and not made of the variants' names: renaming a variant must not rename what ledgers hold.
/// `tests/ledger/golden.rs` compares them with what was ever stored. An event of another version than `1.0.0` says so:
/// `TeamCreated = "TeamCreated" version "2.0.0"`.
macro_rules! event_types {
    ($events:ident { $($variant:ident = $name:literal $(version $version:literal)?,)+ }) => {
        impl $events {
            /// All types there are, as they are stored.
            pub const TYPES: &'static [&'static str] = &[$($name,)+];
        }

        impl cqrs_es::DomainEvent for $events {
            fn event_type(&self) -> String {
                match self { $(Self::$variant { .. } => $name,)+ }.to_owned()
            }

            fn event_version(&self) -> String {
                match self { $(Self::$variant { .. } => [$($version,)? "1.0.0"][0],)+ }.to_owned()
            }
        }
    };
}
pub(crate) use event_types;
