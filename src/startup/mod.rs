//! The guarded start-up: wait, lock, migrate, verify, ready; and again whenever the database goes and comes back.

pub mod readiness;
