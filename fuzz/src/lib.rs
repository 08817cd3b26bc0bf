//! The properties that the targets hold against what libFuzzer makes up. They stand in `tests/properties`, where the
//! tests of the program use them as well.

#[path = "../../tests/properties/mod.rs"]
mod properties;

/// Holds the property of this name against one input.
pub fn hold(name: &str, bytes: &[u8]) {
    properties::hold(name, bytes);
}
