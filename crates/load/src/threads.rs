//! Work on many items by a few threads, with results in the order of the items.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Applies `f` to every item, on up to `n_threads` threads; the results are in the items' order.
pub fn map<T: Sync, R: Send>(n_threads: usize, items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let n_threads = n_threads.min(items.len());
    if n_threads <= 1 {
        return items.iter().map(f).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                let mut mine = Vec::new();
                // Relaxed is enough: the counter only hands out indices; results pass through the lock.
                while let Some((idx, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|idx| Some((idx, items.get(idx)?)))
                {
                    mine.push((idx, f(item)));
                }
                done.lock().expect("no thread panics while it holds the lock").extend(mine);
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics while it holds the lock");
    done.sort_by_key(|(idx, _)| *idx);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order() {
        let items: Vec<u32> = (0..1000).collect();
        let doubled: Vec<u32> = items.iter().map(|n| n * 2).collect();
        for n_threads in [1, 2, 7] {
            assert_eq!(super::map(n_threads, &items, |n| n * 2), doubled);
        }
    }
}
