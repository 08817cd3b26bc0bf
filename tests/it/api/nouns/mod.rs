//! What holds for every noun, shown with orders and items, and what is special to each.

mod channels;
mod items;
mod lists;
mod once;
mod others;
mod photos;
mod plans;
mod refused;
mod rows;
mod scene;
mod scores;
mod searches;
mod watched;
