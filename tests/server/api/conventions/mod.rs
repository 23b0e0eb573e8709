//! What holds for every resource, shown on organizations.

mod authentication;
mod bodies;
mod concurrency;
mod dry_run;
mod headers;
mod idempotency;
mod resources;
mod routing;
