//! The order of stopping, on the real program: nobody's request fails, what is under way ends, what does not is broken
//! off, and a service manager is told of each step.

mod held;
mod load;
mod told;

use crate::support::{
    TestDb,
    server::{Builder, program},
};

/// The program on `db`, without sample data.
fn on(db: &TestDb) -> Builder {
    program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").env("DATABASE_URL", &db.url)
}
