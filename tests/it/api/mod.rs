//! What programs see, over the real program and the real database.

mod access;
mod lists;
mod nouns;
mod pricing;
