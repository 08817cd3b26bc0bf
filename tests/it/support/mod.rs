//! The one layer that scenes stand on: a migrated database for each test, PostgreSQL and Redis of one's own, the
//! program as a process with its log, and the shared real inputs.
#![allow(dead_code, reason = "each area of the tests uses its part")]

pub(crate) mod authority;
pub(crate) mod balancer;
pub(crate) mod browser;
pub(crate) mod cluster;
pub(crate) mod crowd;
pub(crate) mod database;
pub(crate) mod disk;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod market;
pub(crate) mod mortal;
pub(crate) mod people;
pub(crate) mod pgbouncer;
pub(crate) mod plans;
pub(crate) mod postgres;
pub(crate) mod provider;
pub(crate) mod proxy;
pub(crate) mod redis;
pub(crate) mod server;
pub(crate) mod shared;
pub(crate) mod smtp;
pub(crate) mod web;

pub(crate) use database::TestDb;
pub(crate) use server::Server;
