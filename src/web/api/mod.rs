//! What programs see: JSON under `/api/v1`, one file a noun.

pub(super) mod endpoint;

mod api_tokens;
mod body;
mod capture;
mod channels;
mod crud;
mod notifications;
mod openapi;
mod page;
mod photos;
mod pricing;
mod scans;
mod sessions;
mod suggestions;
mod users;
mod watchlist_items;
mod write;
