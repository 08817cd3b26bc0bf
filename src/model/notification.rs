//! What has to be told, and what was.

super::text_enum::text_enum! {
    /// How far a notification has come.
    NotificationStatus {
        /// To be told.
        Pending = "pending",
        /// Told.
        Sent = "sent",
        /// Could not be told.
        Failed = "failed",
        /// Seen by the person.
        Read = "read",
    }
}

super::text_enum::text_enum! {
    /// Why something is told.
    Reason {
        /// Written by hand, or by another program.
        Other = "other",
        /// A search found it.
        Find = "find",
        /// The price of a watched ad fell.
        PriceDrop = "price_drop",
        /// The price of a watched ad is at most what the person set.
        Target = "target",
        /// A watched ad can be bought no more.
        Gone = "gone",
        /// Several at once.
        Digest = "digest",
        /// Somebody tries a channel.
        Test = "test",
    }
}
