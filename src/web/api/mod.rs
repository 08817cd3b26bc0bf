//! What programs see.
