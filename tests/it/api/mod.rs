//! What programs see, over the real program and the real database.

mod access;
mod access_sessions;
mod access_tokens;
mod access_users;
mod dropped;
mod lists;
mod nouns;
pub(crate) mod openapi;
mod ownership;
mod plans;
mod pricing;
mod search;
mod written;
