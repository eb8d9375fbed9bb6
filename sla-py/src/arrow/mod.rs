//! Arrow data in and out: columns and tables of any library that speaks the PyCapsule protocol.

mod capsule;
mod input;
mod numbers;
mod output;
mod texts;

pub(crate) use self::input::{Input, Tables, Wanted};
pub(crate) use self::numbers::Numbers;
pub(crate) use self::output::{
    Column, Table, duration_field, durations, flag_field, flags, instant_field, instants, integer_field, integers,
    texts, word_field, words,
};
pub(crate) use self::texts::{Interner, Texts};
