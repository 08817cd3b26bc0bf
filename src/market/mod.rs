//! The outside world: its formats, as pure parsers (bytes or text in, ads and sales or a reason out), and the adapters
//! that search marketplaces over `outbound`.

pub mod asked;
pub mod call;
pub mod condition;
pub mod date;
pub mod decode;
pub mod ebay;
pub mod etsy;
pub mod feed;
pub mod home;
pub mod identity;
pub mod page;
pub mod price;
pub mod read_politely;
pub mod recognise;
pub mod reverb;
pub mod sample;
pub mod set_up;
pub mod source;
pub mod table;
pub mod text;

use crate::model::{comp::NewComp, listing::NewListing};

/// What one row of a file tells of.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// An ad.
    Listing(NewListing),
    /// A sale.
    Comp(NewComp),
}
