//! Worth: indexes over the database, and how right the estimates are on real sales.

mod indexes;
mod real_sales;
