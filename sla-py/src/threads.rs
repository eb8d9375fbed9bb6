//! Work that is split over threads. Nothing that it answers depends on their number.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use pyo3::prelude::*;

use crate::number::{number, out_of_range};

#[cfg(feature = "stubs")]
use pyo3::inspect::PyStaticExpr;

/// How many threads a call may use.
#[derive(Clone, Copy)]
pub(crate) struct Threads(NonZeroUsize);

/// All cores.
impl Default for Threads {
    fn default() -> Self {
        // Asking the system takes longer than a small call.
        static CORES: OnceLock<NonZeroUsize> = OnceLock::new();
        Self(*CORES.get_or_init(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Threads {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = usize::INPUT_TYPE;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let help = "pass threads=1 or more, or leave it out";
        let threads = NonZeroUsize::new(number(&object, "threads", help)?);
        threads.map(Self).ok_or_else(|| out_of_range(&object, "threads", help))
    }
}

impl Threads {
    /// Returns at most so many threads.
    pub(crate) fn at_most(self, most: usize) -> Self {
        Self(self.0.min(NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN)))
    }

    pub(crate) fn count(self) -> usize {
        self.0.get()
    }

    /// Returns the results of work on each item, in the order of the items. Each thread takes the next item when it has done
    /// one, and makes a state of its own, given its number.
    pub(crate) fn each<I: Send, S, T: Send>(
        self,
        items: Vec<I>,
        state: impl Fn(usize) -> S + Sync,
        work: impl Fn(&mut S, I) -> T + Sync,
    ) -> Vec<T> {
        let threads = self.at_most(items.len()).count();
        if threads == 1 {
            let mut state = state(0);
            return items.into_iter().map(|item| work(&mut state, item)).collect();
        }
        let items = Mutex::new(items.into_iter().enumerate());
        let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
        let on_thread = |thread: usize| {
            let mut state = state(thread);
            let mut done = Vec::new();
            while let Some((place, item)) = next() {
                done.push((place, work(&mut state, item)));
            }
            done
        };
        let mut done = std::thread::scope(|scope| {
            let on_thread = &on_thread;
            let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || on_thread(thread))).collect();
            let mut done = on_thread(0);
            for other in others {
                done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            done
        });
        done.sort_unstable_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

/// Some rows of each of several chunks, which follow each other.
pub(crate) type Stretch = Vec<(usize, Range<usize>)>;

/// Returns the rows of chunks as stretches of about equal length, one for each thread. A range begins at a multiple of 8, so
/// that a mask with a bit for each row can be cut there.
pub(crate) fn stretches(chunks: &[usize], threads: Threads) -> Vec<Stretch> {
    let rows: usize = chunks.iter().sum();
    let threads = threads.at_most(rows / LEAST_ROWS);
    let length = rows.div_ceil(threads.count()).next_multiple_of(8).max(8);
    let (mut all, mut left) = (vec![Stretch::new()], length);
    for (chunk, count) in chunks.iter().enumerate() {
        let mut from = 0_usize;
        while from < *count {
            if left == 0 {
                all.push(Stretch::new());
                left = length;
            }
            // INVARIANT: rows are in memory, so sums of their numbers fit.
            let to = count.saturating_sub(from).min(left.next_multiple_of(8)).saturating_add(from);
            if let Some(last) = all.last_mut() {
                last.push((chunk, from..to));
            }
            left = left.saturating_sub(to.saturating_sub(from));
            from = to;
        }
    }
    all
}

/// Rows that are fewer are not worth a thread more.
const LEAST_ROWS: usize = 1 << 13;

/// Returns ranges of so many rows, the last one of what is left; one empty range where there are none.
pub(crate) fn pieces(rows: usize, size: usize) -> Vec<Range<usize>> {
    let size = size.max(1);
    (0..rows.max(1)).step_by(size).map(|from| from..rows.min(from.saturating_add(size))).collect()
}
