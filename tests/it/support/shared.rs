//! The real inputs that are not part of the repository.

use std::path::PathBuf;

/// The folder of real inputs, or `None` with a message when this clone has none.
pub(crate) fn data() -> Option<PathBuf> {
    let root = std::env::var_os("DEAL_SCOUT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let data = root.join("data");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("skipped: no real inputs at {} (set DEAL_SCOUT_SHARED)", data.display());
    None
}
