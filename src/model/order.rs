//! Sales.

super::text_enum::text_enum! {
    /// How far an order has come.
    OrderStatus {
        /// Agreed, not paid.
        Unpaid = "unpaid",
        /// Paid, not sent.
        Paid = "paid",
        /// On its way.
        Shipped = "shipped",
        /// Arrived, and final.
        Completed = "completed",
        /// Money went back.
        Refunded = "refunded",
        /// Never came about.
        Cancelled = "cancelled",
    }
}
