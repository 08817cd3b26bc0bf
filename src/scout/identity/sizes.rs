//! Memory and storage, as titles state them.

/// A size in gigabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Size(u32);

/// What is smaller is memory (of a graphics card, of a phone), what is larger is storage.
const STORAGE_FROM: u32 = 32;

/// The sizes of a title, each once, smallest first.
pub(super) fn sizes(words: &[String]) -> Vec<Size> {
    let mut sizes: Vec<Size> = words.iter().filter_map(|word| size(word)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn size(word: &str) -> Option<Size> {
    let (number, factor) = word
        .strip_suffix("gb")
        .map(|number| (number, 1))
        .or_else(|| word.strip_suffix("tb").map(|number| (number, 1_000)))?;
    number.parse::<u32>().ok()?.checked_mul(factor).map(Size)
}

/// 0 when both state a size and they differ, a little under 1 when only one does.
pub(super) fn agree(a: &[Size], b: &[Size]) -> f64 {
    let is_storage = |size: &&Size| size.0 >= STORAGE_FROM;
    let is_memory = |size: &&Size| size.0 < STORAGE_FROM;
    one_agrees(a.iter().find(is_storage), b.iter().find(is_storage))
        * one_agrees(a.iter().find(is_memory), b.iter().find(is_memory))
}

/// Where an ad lists several sizes, its price is that of the smallest.
fn one_agrees(a: Option<&Size>, b: Option<&Size>) -> f64 {
    match (a, b) {
        (Some(a), Some(b)) if a != b => 0.0,
        (Some(_), None) | (None, Some(_)) => 0.9,
        _ => 1.0,
    }
}
