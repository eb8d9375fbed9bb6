//! Figures over many tickets that can be merged in any order. `docs/analytics.md` defines every one.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, Report};
//! use sla_core::calendar::ZoneDatabase;
//! # let engine = engine();
//! # let histories = [closed()];
//! # let now = at("2026-03-03T09:00:00Z");
//! let weekly = Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "UTC", &ZoneDatabase::embedded())?;
//! let mut aggregate = Aggregate::new(weekly);
//! for history in &histories {
//!     aggregate.add(&engine, history, &engine.evaluate(history.ticket(), now)?)?;
//! }
//! let report = Report::of(&aggregate)?;
//! let group = &report.groups[0];
//! assert_eq!(report.grouping.label(group.key.period.unwrap()).unwrap(), "2026-W10");
//! let first_response = group.timer("first_response").unwrap();
//! assert_eq!((first_response.met, first_response.compliance.unwrap().as_millionths()), (1, 1_000_000));
//! # Ok::<(), sla_core::Error>(())
//! ```

mod aggregate;
mod count;
mod figure;
mod grouping;
mod histogram;
mod holding;
mod observe;
mod performance;
mod period;
mod report;
mod row_state;
mod rows;

pub use self::aggregate::{Aggregate, Row};
pub use self::figure::Figure;
pub(crate) use self::grouping::TicketProperties;
pub use self::grouping::{Dimension, Grouping, Key, UNASSIGNED};
pub(crate) use self::histogram::Scratch;
pub use self::histogram::{Bucket, Histogram, Tally, bucket_number};
pub use self::performance::{AgentPerformance, ScoreComponent, agents};
pub(crate) use self::period::PeriodTable;
pub use self::period::PeriodUnit;
pub use self::report::{
    Csat, Durations, EscalationCount, HeldFigures, Lateness, Report, ReportGroup, TicketFigures, TimerFigures,
};
pub use self::row_state::RowState;
pub use self::rows::{CountedDuration, CycleRow, FactRow, RowPlace, TicketRows};
