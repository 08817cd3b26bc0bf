//! Files read in: the real ones, the broken ones, twice, and killed on the way.

mod bulk;
mod killed;
mod legacy;
mod refused;
mod rows;
pub(crate) mod scene;
mod shared;
