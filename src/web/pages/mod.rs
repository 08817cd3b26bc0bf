//! What people see: one file a section, and the pieces that several sections show.

pub(super) mod deals;

mod chart;
mod view;
