//! What programs see, over the real program and the real database.

mod access;
mod lists;
mod nouns;
mod openapi;
mod ownership;
mod plans;
mod pricing;
mod search;
mod written;
