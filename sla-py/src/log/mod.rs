//! Tickets as a log of what people did: a row a command, or a row a ticket with a list of them.

mod command;
mod import;
mod play;
mod read;

pub(crate) use self::import::{aggregate, import};
pub(crate) use self::play::evaluate;
pub(crate) use self::read::Log;
