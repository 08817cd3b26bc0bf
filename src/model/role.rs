//! What a person is here.

use super::scope::Scope;

super::text_enum::text_enum! {
    /// What a person is here.
    Role {
        /// Looks after this installation: people and settings.
        Owner = "owner",
        /// Has rows of their own, and sees nobody else's.
        Member = "member",
    }
}

impl Role {
    /// The widest scope that a person of this role has, whatever a token of theirs says.
    pub const fn widest_scope(self) -> Scope {
        match self {
            Self::Owner => Scope::Admin,
            Self::Member => Scope::Write,
        }
    }
}
