//! Ads that people keep an eye on.

super::text_enum::text_enum! {
    /// What a person thinks of an ad.
    WatchlistStatus {
        /// Worth an eye.
        Saved = "saved",
        /// Not to be seen again.
        Ignored = "ignored",
        /// Not to be seen for a while.
        Snoozed = "snoozed",
        /// Bought.
        Bought = "bought",
    }
}
