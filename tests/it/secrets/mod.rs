//! Secrets at rest: where the key comes from, moving to another one, and what is never told.

mod key_file;
mod killed;
mod rotate;
mod scene;
