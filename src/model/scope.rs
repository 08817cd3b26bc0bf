//! How far whoever asks may go.

super::text_enum::text_enum! {
    /// How far whoever asks may go. Each includes the ones before it.
    Scope {
        /// See one's rows.
        Read = "read",
        /// Change them, too.
        Write = "write",
        /// Look after people and settings, too. Only for the owner.
        Admin = "admin",
    }
}

impl Scope {
    /// Whether this scope is enough where `needed` is.
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::role::Role;

    #[test]
    fn each_scope_includes_the_ones_before_it() {
        let included = |scope: Scope| -> Vec<_> {
            Scope::ALL.iter().filter(|&&needed| scope.includes(needed)).collect()
        };
        assert_eq!(included(Scope::Read), [&Scope::Read]);
        assert_eq!(included(Scope::Write), [&Scope::Read, &Scope::Write]);
        assert_eq!(included(Scope::Admin), [&Scope::Read, &Scope::Write, &Scope::Admin]);
    }

    #[test]
    fn only_the_owner_can_be_an_admin() {
        assert_eq!(Role::Owner.widest_scope(), Scope::Admin);
        assert_eq!(Role::Member.widest_scope(), Scope::Write);
    }
}
