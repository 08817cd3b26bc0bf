//! What people see: one file a section, and the pieces that several sections show.

pub(super) mod account;
pub(super) mod backtest;
pub(super) mod capture;
pub(super) mod channels;
pub(super) mod comps;
pub(super) mod deals;
pub(super) mod docs;
pub(super) mod feeds;
pub(super) mod finds;
pub(super) mod imports;
pub(super) mod listings;
pub(super) mod message_link;
pub(super) mod notifications;
pub(super) mod page_choices;
pub(super) mod people;
pub(super) mod pricing;
pub(super) mod searches;
pub(super) mod status;
pub(super) mod users;
pub(super) mod watch;

mod agent;
mod chart;
mod cut;
mod faults;
mod sources;
mod upload;
mod view;
mod wall;
