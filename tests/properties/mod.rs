//! What holds of every parser, whatever is put into it: it does not panic, and lets nothing through that must not be
//! stored, shown or believed. The targets of `fuzz/` and the tests in `tests/it/reading/fuzz.rs` hold each of them
//! against inputs of their own making.

mod doors;
mod files;
mod market;
mod photos;

/// What a parser is held to: it panics when something does not hold.
pub(crate) type Property = fn(&[u8]);

/// Every property, by the name of its target.
pub(crate) const ALL: &[(&str, Property)] = &[
    ("answers", doors::answers),
    ("cookies", doors::cookies),
    ("cursors", doors::cursors),
    ("exports", files::exports),
    ("feeds", market::feeds),
    ("imports", files::imports),
    ("marketplaces", market::marketplaces),
    ("pages", market::pages),
    ("photos", photos::photos),
    ("tickets", doors::tickets),
];

/// Holds a property against one input.
pub(crate) fn hold(name: &str, bytes: &[u8]) {
    let property = ALL.iter().find(|(known, _)| *known == name);
    let (_, property) = property.unwrap_or_else(|| panic!("there is no property named {name}"));
    property(bytes);
}
