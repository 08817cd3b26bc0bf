//! The field's own nouns and their rules. Pure: no clock, no database, no network.

pub mod comp;
pub mod condition;
pub mod estimate;
pub mod fees;
pub mod id;
pub mod import;
pub mod kind;
pub mod listing;
pub mod money;
pub mod order;
pub mod score;
pub mod text_enum;
pub mod words;
