//! Worth: indexes over the database, and how right the estimates are on real sales.

mod indexes;
mod own_sales;
mod real_sales;
