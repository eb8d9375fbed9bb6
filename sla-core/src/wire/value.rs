//! How single values are written: ids, instants, durations, digests and words.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::access::RefusalCode;
use crate::analytics::{Dimension, Figure, PeriodUnit};
use crate::audit::ChainKind;
use crate::digest::Digest;
use crate::engine::{Activity, Outcome, State};
use crate::id::Id;
use crate::ticket::{
    Action, Apply, AssignCause, CloseCause, EscalationStage, EscalationTrigger, PauseStatus, ResumeCause, Role, Status,
    StopCause, StopOutcome,
};
use crate::time::{BusinessDuration, Timestamp};

/// A type with one way of being written.
pub(super) trait Wire: Sized {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Lets serde write and read a [`Wire`] type.
pub(super) struct On<T>(pub(super) T);

impl<T: Wire> Serialize for On<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: Wire> Deserialize<'de> for On<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// For `#[serde(with = "on_wire")]` on fields of any [`Wire`] type.
pub(super) mod on_wire {
    use serde::{Deserializer, Serializer};

    use super::Wire;

    pub(in super::super) fn serialize<T: Wire, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }

    pub(in super::super) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(On).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<On<T>>::deserialize(deserializer)?.map(|On(value)| value))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(On))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<On<T>>::deserialize(deserializer)?.into_iter().map(|On(value)| value).collect())
    }
}

macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        impl Wire for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )*};
}

plain!(String, u32, u8, bool, Id, Timestamp, Digest, BusinessDuration);
plain!(
    Action,
    Activity,
    Apply,
    AssignCause,
    ChainKind,
    CloseCause,
    Dimension,
    EscalationStage,
    EscalationTrigger,
    Figure,
    Outcome,
    PauseStatus,
    PeriodUnit,
    RefusalCode,
    ResumeCause,
    Role,
    State,
    Status,
    StopCause,
    StopOutcome
);

/// Writes and reads types as the documents that mirror them.
macro_rules! documents {
    ($($document:ident => $type:ty),*) => {$(
        impl crate::wire::value::Wire for $type {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $document::serialize(self, serializer)
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $document::deserialize(deserializer)
            }
        }
    )*};
}

pub(super) use documents;
