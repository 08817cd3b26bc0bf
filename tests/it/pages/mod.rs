//! What people see, over the real program and the real database.

mod account;
mod assets;
mod csrf;
mod deals;
mod finds;
mod gate;
mod imports;
mod limits;
mod mail_tls;
mod message_link;
mod oidc;
mod page_choices;
mod people;
mod pricing;
mod reset;
mod searches;
mod searches_live;
mod sources;
mod telling;
mod users;
mod watch;
