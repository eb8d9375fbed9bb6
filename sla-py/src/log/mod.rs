//! Tickets as a log: a row a command or a state of its ticket, or a row a ticket with a list of them.

mod commands;
mod evaluate;
mod import;
mod read;
mod states;

pub(crate) use self::commands::log_commands;
pub(crate) use self::evaluate::evaluate;
pub(crate) use self::import::{Judging, aggregate, answer, import};
pub(crate) use self::read::Log;
pub(crate) use self::states::StatesArgument;
