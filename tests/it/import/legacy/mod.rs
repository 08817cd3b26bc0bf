//! Moving in from the old system: every row of a database as it really was, twice, changed, and killed on the way.

mod again;
mod killed;
mod later;
mod odd;
mod refused;
mod scene;
mod taken;
