//! Why a row of a log is left out.

use crate::error::{Error, ErrorCode};
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;

/// The row is taken, its other channel is not.
pub(super) const CHANNEL_CHANGED: &str = "channel_changed";

/// A row that an import left out, or did not take as a whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RefusedRow {
    /// Its number: [`Row::number`](super::Row::number).
    pub row: u64,
    /// Its ticket.
    pub ticket: String,
    /// Why, as a stable code: that of a [`Refusal`] or of an [`Error`], or `unknown_state` or `channel_changed`.
    pub code: &'static str,
    /// Why, as a sentence.
    pub message: String,
}

impl RefusedRow {
    pub(super) fn new(row: u64, ticket: &str, fault: &RowFault) -> Self {
        Self { row, ticket: ticket.to_owned(), code: fault.code(), message: fault.to_string() }
    }

    /// Returns a row of a document that cannot be read.
    pub(crate) fn unread(row: u64, ticket: &str, error: &Error) -> Self {
        let field = error.path().trim_start_matches('/');
        let message =
            if field.is_empty() { error.message().to_owned() } else { format!("`{field}`: {}", error.message()) };
        Self { row, ticket: ticket.to_owned(), code: error.code().as_str(), message }
    }
}

#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RowFault {
    #[error("the row has no `{0}`")]
    Missing(&'static str),
    #[error("unknown kind `{0}`; write a command, for example `reply`")]
    UnknownKind(String),
    #[error("a log has no `{0}`: its tickets are opened under the newest revision")]
    NoAdoption(String),
    #[error("unknown role `{0}`; use customer, agent or admin")]
    UnknownRole(String),
    #[error("unknown `apply` mode `{0}`; use keep, from_now or retroactive")]
    UnknownApply(String),
    #[error("unknown pause status `{0}`; use pending or on_hold")]
    UnknownPause(String),
    #[error("unknown direction `{0}`; use inbound or outbound")]
    UnknownDirection(String),
    #[error("`automatic` must be true or false, not `{0}`")]
    UnknownAutomatic(String),
    #[error("`{field}` must be a whole number in range, not `{text}`")]
    NotWhole { field: &'static str, text: String },
    #[error("the ticket is already open")]
    AlreadyOpen,
    #[error("the first row of a ticket must be `open`")]
    NotOpened,
    #[error("{at} lies outside 1970-01-01 to 2200-01-01")]
    OutOfHorizon { at: Timestamp },
    #[error("the row is of {at}, later than {now}, the instant of the evaluation")]
    Later { at: Timestamp, now: Timestamp },
    #[error("unknown state `{state}`; the mapping has {known}")]
    UnknownState { state: String, known: String },
    #[error("the channel changed from `{before}` to `{after}`; the ticket keeps its first one")]
    ChannelChanged { before: String, after: String },
    #[error("{}", .0.message())]
    Value(#[from] Error),
    #[error("{}; {}", .0.message, .0.accepted)]
    Refused(Box<Refusal>),
    #[error("the ticket is not opened: {0}")]
    Ticket(Box<RowFault>),
}

impl RowFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => ErrorCode::MissingField.as_str(),
            Self::UnknownKind(_)
            | Self::NoAdoption(_)
            | Self::UnknownRole(_)
            | Self::UnknownApply(_)
            | Self::UnknownDirection(_)
            | Self::UnknownAutomatic(_)
            | Self::UnknownPause(_) => ErrorCode::UnknownWord.as_str(),
            Self::NotWhole { .. } => ErrorCode::OutOfRange.as_str(),
            Self::AlreadyOpen => RefusalCode::WrongStatus.as_str(),
            Self::NotOpened => ErrorCode::InvalidHistory.as_str(),
            Self::OutOfHorizon { .. } => ErrorCode::OutOfHorizon.as_str(),
            Self::Later { .. } => ErrorCode::TimeWentBack.as_str(),
            Self::UnknownState { .. } => "unknown_state",
            Self::ChannelChanged { .. } => CHANNEL_CHANGED,
            Self::Value(error) => error.code().as_str(),
            Self::Refused(refusal) => refusal.code.as_str(),
            Self::Ticket(fault) => fault.code(),
        }
    }
}
