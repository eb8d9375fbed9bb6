//! Random choices that are the same on every machine, and a watch over inputs that take too long.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A generator of random numbers (splitmix64), so that an input is found again by its number.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// An integer that is small, near a power of two, or anything.
    pub fn integer(&mut self) -> i64 {
        let near = self.next() % 5;
        let shift = self.next() % 64;
        let value = match self.below(4) {
            0 => near,
            1 => (1_u64 << shift).wrapping_add(near).wrapping_sub(2),
            2 => (1_u64 << shift).wrapping_neg().wrapping_add(near),
            _ => self.next(),
        };
        value.cast_signed()
    }
}

/// How many inputs a target gets: `FUZZ_INPUTS`, or `few` when the variable is not set.
pub fn inputs(few: u64) -> u64 {
    std::env::var("FUZZ_INPUTS").ok().map_or(few, |count| count.parse().expect("FUZZ_INPUTS is a number"))
}

/// No input may take longer; the slowest takes some milliseconds.
const DEADLINE: Duration = Duration::from_secs(20);

/// Calls `judge` with each number from 0 on, which stands for an input. An input that panics, or does not come back while
/// `FUZZ_INPUTS` is set, is named.
pub fn each_input(target: &str, few: u64, mut judge: impl FnMut(u64)) {
    let only = std::env::var("FUZZ_INPUT").ok().map(|number| number.parse::<u64>().expect("FUZZ_INPUT is a number"));
    let current = Arc::new(Mutex::new(0));
    let (beat, beats) = mpsc::channel::<()>();
    let watched = std::env::var_os("FUZZ_INPUTS").is_some() || only.is_some();
    let name = target.to_owned();
    let shown = Arc::clone(&current);
    let watch = thread::spawn(move || {
        let mut last = None;
        loop {
            match beats.recv_timeout(DEADLINE) {
                Err(RecvTimeoutError::Timeout) if watched => {
                    let input = *shown.lock().unwrap_or_else(PoisonError::into_inner);
                    if last == Some(input) {
                        eprintln!("input {input} of {name} does not come back: FUZZ_INPUT={input}");
                        std::process::abort();
                    }
                    last = Some(input);
                }
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    });
    let numbers = only.map_or(0..inputs(few), |only| only..only + 1);
    for number in numbers {
        *current.lock().unwrap_or_else(PoisonError::into_inner) = number;
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge(number)));
        if let Err(panic) = outcome {
            eprintln!("input {number} of {target} fails: FUZZ_INPUT={number}");
            std::panic::resume_unwind(panic);
        }
    }
    drop(beat);
    watch.join().unwrap();
}
