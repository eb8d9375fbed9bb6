//! Figures over many tickets that can be merged in any order. `docs/analytics.md` defines every one.
//!
//! ```
//! # use sla_core::{Engine, wire};
//! # use sla_core::engine::Decision;
//! # use sla_core::ticket::{Actor, History, Role};
//! # use sla_core::time::Timestamp;
//! use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, Report};
//! use sla_core::calendar::ZoneDatabase;
//! # let engine = Engine::compile(wire::policy::read(include_str!("../../../examples/talkabiz.json"))?)?;
//! # let opening = wire::command::read_opening(r#"{
//! #     "command": "open", "ticket": "T-1", "customer": "c-7", "package": "starter", "channel": "email",
//! #     "message": {"message_ref": "m-1", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
//! # }"#)?;
//! # let opened_at = Timestamp::parse("2026-11-23T08:30:00+07:00")?;
//! # let Decision::Accepted(opened) = engine.open(&opening, &Actor::new(Role::Customer, "c-7"), opened_at)? else { panic!() };
//! # let histories = [History::new(opened.events)?];
//! # let now = Timestamp::parse("2026-11-24T09:00:00+07:00")?;
//! let weekly = Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
//! let mut aggregate = Aggregate::new(weekly);
//! for history in &histories {
//!     aggregate.add(&engine, history, &engine.evaluate(history.ticket(), now)?)?;
//! }
//! let report = Report::of(&aggregate)?;
//! let group = &report.groups[0];
//! assert_eq!(report.grouping.label(group.key.period.unwrap()).unwrap(), "2026-W48");
//! // One ticket, opened on Monday with 4 h to answer, is not answered on Tuesday.
//! let first_response = group.timer("first_response").unwrap();
//! assert_eq!((first_response.breached_open, first_response.compliance.unwrap().as_millionths()), (1, 0));
//! # Ok::<(), sla_core::Error>(())
//! ```

mod aggregate;
mod figure;
mod grouping;
mod histogram;
mod observe;
mod performance;
mod report;

pub use self::aggregate::{Aggregate, Row};
pub use self::figure::Figure;
pub use self::grouping::{Dimension, Grouping, Key, PeriodUnit, UNASSIGNED};
pub use self::histogram::{Bucket, Histogram, Tally};
pub use self::performance::{AgentPerformance, ScoreComponent, agents};
pub use self::report::{Csat, Durations, EscalationCount, Report, ReportGroup, TicketFigures, TimerFigures};
