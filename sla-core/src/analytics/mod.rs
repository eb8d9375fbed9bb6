//! Figures over many tickets that can be merged in any order.
//!
//! ```
//! use sla_core::analytics::Histogram;
//! use sla_core::time::BusinessDuration;
//!
//! let mut monday: Histogram = ["20m", "1h", "2h"].map(|text| BusinessDuration::parse(text).unwrap()).into_iter().collect();
//! let tuesday: Histogram = ["3h"].map(|text| BusinessDuration::parse(text).unwrap()).into_iter().collect();
//! monday.merge(&tuesday)?;
//! assert_eq!(monday.count(), 4);
//! assert_eq!(monday.mean(), Some(BusinessDuration::parse("1h35m").unwrap()));
//! // Of four values the median is the second: 1 h, given as the lower bound of its bucket.
//! let median = monday.quantile(500_000).unwrap();
//! assert!(median <= BusinessDuration::parse("1h").unwrap() && median >= BusinessDuration::parse("59m31s").unwrap());
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
pub use self::report::{Csat, Durations, Escalations, Group, Report, TicketFigures, TimerFigures};
