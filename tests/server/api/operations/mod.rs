//! Running it: starting, stopping, settings, health.

mod belonging;
mod config;
mod health;
mod public_url;
mod start;
mod stop;
mod superadmin;
