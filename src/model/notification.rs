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
