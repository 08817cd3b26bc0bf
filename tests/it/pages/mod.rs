//! What people see, over the real program and the real database.

mod account;
mod assets;
mod csrf;
mod deals;
mod gate;
mod imports;
mod limits;
mod mail_tls;
mod oidc;
mod people;
mod reset;
mod users;
