//! Words that are not in a closed set, and ids that a policy does not have.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;

/// The most characters of an input that a message repeats.
const MAX_SHOWN: usize = 64;

#[derive(Debug, Clone, thiserror::Error)]
enum UnknownFault {
    #[error("unknown {noun} `{word}`")]
    Word { code: ErrorCode, noun: &'static str, word: String, accepted: String },
    #[error("the policy has no {noun} `{id}`")]
    Id { code: ErrorCode, noun: &'static str, id: String, listed: String },
}

impl Fault for UnknownFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Word { code, .. } | Self::Id { code, .. } => *code,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Word { accepted, .. } => format!("use {accepted}").into(),
            Self::Id { listed, .. } if listed.is_empty() => "".into(),
            Self::Id { listed, .. } => format!("use {listed}").into(),
        }
    }
}

/// Returns the error for a word that is none of the `accepted` ones.
#[cold]
pub(crate) fn unknown_word(code: ErrorCode, noun: &'static str, word: &str, accepted: &[&str]) -> Error {
    UnknownFault::Word { code, noun, word: shown(word), accepted: alternatives(accepted) }.into()
}

/// Returns the error for an id that a policy does not have; `listed` are those that it has.
#[cold]
pub(crate) fn unknown_id<'a>(
    code: ErrorCode,
    noun: &'static str,
    id: &str,
    listed: impl IntoIterator<Item = &'a Id>,
) -> Error {
    let listed: Vec<&str> = listed.into_iter().map(Id::as_str).collect();
    UnknownFault::Id { code, noun, id: shown(id), listed: alternatives(&listed) }.into()
}

fn shown(input: &str) -> String {
    input.chars().take(MAX_SHOWN).collect()
}

/// The most alternatives that a message lists.
const MAX_LISTED: usize = 32;

/// Joins words by commas; of many, the first.
pub(crate) fn comma_list(words: &[&str]) -> String {
    match words.get(..MAX_LISTED) {
        Some(first) if words.len() > MAX_LISTED => format!("{}, ...", first.join(", ")),
        _ => words.join(", "),
    }
}

/// Joins alternatives as prose does: `a, b or c`; of many, the first.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        words if words.len() > MAX_LISTED => comma_list(words),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Implements `FromStr` for string enums that a caller may name in a call, with the noun that messages use.
macro_rules! from_str {
    ($name:ident, $code:ident, $noun:literal) => {
        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::from_word(word).ok_or_else(|| {
                    let accepted: Vec<&str> = Self::ALL.iter().map(|known| known.as_str()).collect();
                    $crate::unknown::unknown_word($crate::error::ErrorCode::$code, $noun, word, &accepted)
                })
            }
        }
    };
}
pub(crate) use from_str;
