//! Many tickets at once, given as columns of integers: one row a ticket, its milestones as instants.
//!
//! For tickets that never pause and are not reopened, the answers for a row equal those for the ticket's history. Timers
//! that need more than the milestones (a next response, a periodic update) are refused when the plan is made.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::Id;
//! use sla_core::analytics::{Dimension, Grouping, Report};
//! use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
//! let starter = Kind::new(Id::new("starter")?, Id::new("email")?);
//! let plan = Plan::new(&engine(), &["first_response", "resolution"], &[starter])?;
//! let at_us = |text| at(text).as_micros();
//! // Two tickets with 4 h to answer: answered after one hour and after five, one resolved.
//! let opened = [at_us("2026-03-02T09:00:00Z"), at_us("2026-03-02T10:00:00Z")];
//! let first_reply = [at_us("2026-03-02T10:00:00Z"), at_us("2026-03-02T15:00:00Z")];
//! let resolved = [at_us("2026-03-02T10:30:00Z"), NONE];
//! let rows = Rows {
//!     kinds: &[0, 0],
//!     opened_us: Column::of(&opened),
//!     assigned_us: Column::of(&opened),
//!     first_reply_us: Column::of(&first_reply),
//!     resolved_us: Column::of(&resolved),
//! };
//! let mut figures = plan.figures(Grouping::by(&[Dimension::Package]));
//! let refused = figures.add(&rows, at("2026-03-02T17:00:00Z"))?;
//! assert!(refused.is_empty());
//! let report = Report::of(&figures.into_aggregate()?)?;
//! let first_response = report.groups[0].timer("first_response").unwrap();
//! assert_eq!((first_response.met, first_response.breached_answered), (1, 1));
//! # Ok::<(), sla_core::Error>(())
//! ```

pub mod calendar;
mod durations;
mod evaluate;
mod figure_rows;
mod figures;
mod plan;
mod rows;

pub use self::evaluate::{NO_STATE, TimerColumns};
pub use self::figure_rows::FigureRows;
pub use self::figures::Figures;
pub use self::plan::Plan;
pub use self::rows::{Column, Kind, NONE, RefusedRow, Rows};
