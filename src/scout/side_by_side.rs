//! Work on many things at once, on all processors.

use std::{num::NonZero, thread};

/// Fewer than this for each thread are not worth starting it.
const LEAST: usize = 32;

/// What `work` makes of each of `items`, in their order.
///
/// Blocks until all is done: not for a thread that serves others.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let each = items.len().div_ceil(processors).max(LEAST);
    if items.len() <= each {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        // All of them start before the first is waited for.
        let started: Vec<_> = items
            .chunks(each)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<_>>()))
            .collect();
        started
            .into_iter()
            .flat_map(|thread| thread.join().expect("the work does not panic"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays_however_many_there_are() {
        for count in [0, 1, 31, 32, 33, 64, 65, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map(&items, |item| item * 2), doubled);
        }
    }
}
