//! Logs: what another system recorded of its tickets, row by row.
//!
//! A [`Row`] is a command that an actor gave, or, with [`States`], the state that a ticket was in. Every default of a row is
//! decided here; `docs/logs.md` lists them. [`Importer`] judges rows as commands and makes histories, [`Player`] takes them
//! as given and is faster, [`commands_of`] makes commands for a host that wants to import them itself.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::log::{Importer, Meaning, Row, State, States, by_ticket};
//! let states: States = [
//!     ("New", State::new(Meaning::New)),
//!     ("Waiting", State { replied: true, ..State::new(Meaning::Pending) }),
//!     ("Done", State::new(Meaning::Resolved)),
//! ]
//! .into_iter()
//! .collect();
//! let row = |number, time, state| Row {
//!     number,
//!     ticket: "T-7",
//!     event_at: Some(at(time)),
//!     state: Some(state),
//!     package: Some("starter"),
//!     channel: Some("email"),
//!     agent: Some("ana"),
//!     ..Row::default()
//! };
//! let mut rows = [
//!     row(0, "2026-03-02T10:00:00Z", "New"),
//!     row(1, "2026-03-02T11:00:00Z", "Waiting"),
//!     row(2, "2026-03-02T12:00:00Z", "Asleep"),
//!     row(3, "2026-03-02T15:00:00Z", "Done"),
//! ];
//! let engine = engine();
//! let mut importer = Importer::new(&engine).with_states(&states);
//! for rows in by_ticket(&mut rows) {
//!     let history = importer.ticket(rows)?.unwrap();
//!     let names: Vec<&str> = history.events().iter().map(|event| event.kind.name()).collect();
//!     assert_eq!(names, ["opened", "noted", "assigned", "replied", "paused", "resolved"]);
//! }
//! let import = importer.finish();
//! assert_eq!((import.refused[0].row, import.refused[0].code), (2, "unknown_state"));
//! # Ok::<(), sla_core::Error>(())
//! ```

mod commands;
mod fault;
mod import;
mod play;
mod row;
mod states;
mod unlisted;

pub use self::commands::{LogCommands, TicketCommands, commands_of};
pub use self::fault::RefusedRow;
pub use self::import::{Importer, LogImport};
pub use self::play::{Played, Player};
pub use self::row::{Row, by_ticket};
pub use self::states::{Meaning, State, States};
pub use self::unlisted::Remark;
