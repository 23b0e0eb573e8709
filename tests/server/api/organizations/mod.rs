//! `/api/v1/organizations`.

mod create;
mod fields;
mod life;
mod limits;
mod list;
mod owner;
mod slug;
mod update;
