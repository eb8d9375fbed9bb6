//! What can make a question about a ticket impossible to answer.

use std::borrow::Cow;

use crate::digest::Digest;
use crate::error::{ErrorCode, Fault};
use crate::id::Id;
use crate::time::Timestamp;

#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum EngineFault {
    #[error("an engine needs at least one revision of a policy")]
    NoRevision,
    #[error("`{first}` and `{other}` are different policies")]
    OtherPolicy { first: Id, other: Id },
    #[error("two revisions of the policy are equal")]
    EqualRevisions,
    #[error("policy revision {digest} is not compiled into this engine")]
    UnknownRevision { digest: Digest },
    #[error("the history names {noun} `{id}`, which its policy does not have")]
    UnknownName { noun: &'static str, id: Id },
    #[error("{now} lies before the last event of ticket `{ticket}` at {last_at}")]
    TimeWentBack { now: Timestamp, ticket: Id, last_at: Timestamp },
}

impl Fault for EngineFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NoRevision | Self::OtherPolicy { .. } | Self::EqualRevisions => ErrorCode::InvalidPolicy,
            Self::UnknownRevision { .. } => ErrorCode::UnknownRevision,
            // An engine makes no such history.
            Self::UnknownName { .. } => ErrorCode::InvalidHistory,
            Self::TimeWentBack { .. } => ErrorCode::TimeWentBack,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoRevision | Self::UnknownName { .. } => "",
            Self::OtherPolicy { .. } => "compile the revisions of one policy, all with the same `id`",
            Self::EqualRevisions => "pass each revision once",
            Self::UnknownRevision { .. } => "compile the engine with every revision that some ticket is under",
            Self::TimeWentBack { .. } => "pass the later of your clock and the last event's instant",
        })
    }
}
