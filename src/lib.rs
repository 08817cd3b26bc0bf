//! Deal Scout: one binary that watches second-hand marketplaces, works out what each ad is worth and helps to sell.
//!
//! Modules in reading order. Arrows point down only: a module may use what stands below it, never what stands above
//! or beside it (`tests/it/house.rs` guards this).
//!
//! ```text
//!  main > cli > app
//!         web     workers            two front doors; neither knows the other
//!         state                      what everything that runs shares
//!         startup  import  scan  worth   the middle: bring the schema up, files in, searches run, what is it worth
//!         export  delivery  rotation  backup   files out; messages out; secrets to another key; everything out, and back
//!         nouns                      each noun as programs see it: fields, filters, orders
//!  market  notify  oidc  db  cache  photos  ticket   seven backs; none knows another
//!         scout                      pure: no clock, no database, no network
//!         model                      pure
//!         sealing  outbound  mail    secrets at rest; the only ways to other people's servers
//!  error   config   telemetry  metrics  clock  disk  runtime  systemd
//! ```

pub mod app;
pub mod cli;

pub mod web;
pub mod workers;

pub mod state;

pub mod backup;
pub mod delivery;
pub mod export;
pub mod import;
pub mod nouns;
pub mod rotation;
pub mod scan;
pub mod startup;
pub mod worth;

pub mod cache;
pub mod db;
pub mod mail;
pub mod market;
pub mod notify;
pub mod oidc;
pub mod photos;
pub mod ticket;

pub mod scout;

pub mod model;

pub mod outbound;
pub mod sealing;

pub mod clock;
pub mod config;
pub mod disk;
pub mod error;
pub mod metrics;
pub mod runtime;
pub mod systemd;
pub mod telemetry;
