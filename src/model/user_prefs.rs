//! What people prefer.

super::text_enum::text_enum! {
    /// When a person is told.
    Notify {
        /// As it happens, outside quiet hours.
        Instantly = "instantly",
        /// Once a day, all at once.
        Daily = "daily",
        /// Once a week, all at once.
        Weekly = "weekly",
        /// Not at all.
        Never = "never",
    }
}
