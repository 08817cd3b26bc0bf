//! The managed PostgreSQL, on real PostgreSQL: each scene has a data directory of its own.

mod child;
mod first_start;
mod full_disk;
mod killed;
mod left_overs;
mod places;
mod programs;
mod scene;
mod sharing;
