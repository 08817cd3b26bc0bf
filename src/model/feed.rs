//! Addresses that people watch.

super::text_enum::text_enum! {
    /// What stands at an address that somebody watches.
    FeedKind {
        /// Many ads, the latest first: RSS, Atom or JSON Feed.
        Feed = "feed",
        /// One ad, or a list of them, told by schema.org data in a page.
        Page = "page",
    }
}

/// Names that feeds cannot have, because marketplaces have them.
pub const TAKEN_NAMES: [&str; 3] = ["ebay", "reverb", "etsy"];
