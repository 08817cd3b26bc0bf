//! The field's own nouns and their rules. Pure: no clock, no database, no network.

pub mod channel;
pub mod comp;
pub mod condition;
pub mod cross_post;
pub mod estimate;
pub mod feed;
pub mod fees;
pub mod id;
pub mod import;
pub mod kind;
pub mod listing;
pub mod money;
pub mod my_item;
pub mod notification;
pub mod order;
pub mod person;
pub mod place;
pub mod role;
pub mod scan;
pub mod scope;
pub mod score;
pub mod snap_job;
pub mod text_enum;
pub mod user_prefs;
pub mod watchlist_item;
pub mod words;
