//! The API from outside: the real binary over SQLite and over PostgreSQL. Modules mirror the routes.

mod api_keys;
mod auth;
mod catalog;
mod classic;
mod classic_bearer;
mod classic_stats;
mod conventions;
mod documents;
mod invitations;
mod me;
mod members;
mod nodes;
mod operations;
mod organizations;
mod projects;
mod roles;
mod security;
mod spaces;
mod teams;
mod usage;
mod users;
mod workspaces;
