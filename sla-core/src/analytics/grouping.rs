//! The dimensions and the period that figures are grouped by.

use std::sync::Arc;

use serde::Serialize;

use super::period::{PeriodTable, PeriodUnit, Periods};
use crate::calendar::{ZoneDatabase, ZoneName};
use crate::error::Error;
use crate::id::Id;
use crate::string_enum::string_enum;
use crate::time::Timestamp;

/// The name of the group of tickets without agent, and of those without team. An agent or team of this name is counted
/// with them.
pub const UNASSIGNED: &str = "unassigned";

string_enum! {
    /// A property of tickets that figures are grouped by, besides the period.
    Dimension {
        /// The package.
        Package => "package",
        /// The channel: of a cycle, that of the event that started it; of a reply, its own; else the opening's.
        Channel => "channel",
        /// The holder's agent; of a reply, of an outbound opening and of work on a ticket, the agent who did it.
        Agent => "agent",
        /// The priority label of the package.
        Priority => "priority",
        /// The severity.
        Severity => "severity",
        /// The category.
        Category => "category",
        /// The holder's team.
        Team => "team",
    }
}

crate::unknown::from_str!(Dimension, UnknownWord, "dimension");

impl Dimension {
    /// Returns the name of the group of tickets that have no value: [`UNASSIGNED`] of agents and teams; `None` of others.
    #[must_use]
    pub const fn without_value(self) -> Option<&'static str> {
        match self {
            Self::Agent | Self::Team => Some(UNASSIGNED),
            Self::Package | Self::Channel | Self::Priority | Self::Severity | Self::Category => None,
        }
    }
}

/// What figures are grouped by: any dimensions, and a period in a time zone.
///
/// ```
/// use sla_core::analytics::{Dimension, Grouping, PeriodUnit};
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::time::Timestamp;
/// let weekly = Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
/// let period = weekly.period_of(Timestamp::parse("2027-01-02T12:00:00Z")?)?.unwrap();
/// // The first days of 2027 belong to the last week of 2026.
/// assert_eq!(weekly.label(period).unwrap(), "2026-W53");
/// assert_eq!(period.to_string(), "2026-12-27T17:00:00Z");
/// # Ok::<(), sla_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grouping {
    /// INVARIANT: in the order of [`Dimension::ALL`], each once.
    dimensions: Vec<Dimension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Periods>,
}

/// One group. A dimension that is not grouped by, or that a ticket has no value of, is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key {
    /// The first instant of the period.
    pub period: Option<Timestamp>,
    /// The package.
    pub package: Option<Id>,
    /// The channel.
    pub channel: Option<Id>,
    /// The holder's agent; `None` is [`UNASSIGNED`].
    pub agent: Option<Id>,
    /// The package's priority label.
    pub priority: Option<Id>,
    /// The severity.
    pub severity: Option<Id>,
    /// The category.
    pub category: Option<Id>,
    /// The holder's team; `None` is [`UNASSIGNED`].
    pub team: Option<Id>,
}

/// The properties of a ticket, or of one event of it, that decide its group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TicketProperties<'a> {
    pub(crate) package: &'a Id,
    pub(crate) channel: &'a Id,
    pub(crate) agent: Option<&'a Id>,
    /// The priority label of the package; needed only where figures are grouped by it.
    pub(crate) priority: Option<&'a Id>,
    pub(crate) severity: Option<&'a Id>,
    pub(crate) category: Option<&'a Id>,
    pub(crate) team: Option<&'a Id>,
}

impl Key {
    /// Returns the value of a dimension.
    #[must_use]
    pub const fn get(&self, dimension: Dimension) -> Option<&Id> {
        match dimension {
            Dimension::Package => self.package.as_ref(),
            Dimension::Channel => self.channel.as_ref(),
            Dimension::Agent => self.agent.as_ref(),
            Dimension::Priority => self.priority.as_ref(),
            Dimension::Severity => self.severity.as_ref(),
            Dimension::Category => self.category.as_ref(),
            Dimension::Team => self.team.as_ref(),
        }
    }

    /// Returns the key with another value of a dimension.
    ///
    /// ```
    /// use sla_core::Id;
    /// use sla_core::analytics::{Dimension, Key};
    /// let key = Key::default().with(Dimension::Package, Some(Id::new("starter")?));
    /// assert_eq!(key.get(Dimension::Package).unwrap().as_str(), "starter");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn with(mut self, dimension: Dimension, value: Option<Id>) -> Self {
        self.set(dimension, value);
        self
    }

    pub(crate) fn set(&mut self, dimension: Dimension, value: Option<Id>) {
        let place = match dimension {
            Dimension::Package => &mut self.package,
            Dimension::Channel => &mut self.channel,
            Dimension::Agent => &mut self.agent,
            Dimension::Priority => &mut self.priority,
            Dimension::Severity => &mut self.severity,
            Dimension::Category => &mut self.category,
            Dimension::Team => &mut self.team,
        };
        *place = value;
    }
}

impl Grouping {
    /// Returns the grouping with one group for everything.
    #[must_use]
    pub const fn all() -> Self {
        Self { dimensions: Vec::new(), period: None }
    }

    /// Returns the grouping by these dimensions; their order does not matter.
    ///
    /// ```
    /// use sla_core::analytics::{Dimension, Grouping};
    /// let grouping = Grouping::by(&[Dimension::Channel, Dimension::Package]);
    /// assert_eq!(grouping.dimensions(), [Dimension::Package, Dimension::Channel]);
    /// ```
    #[must_use]
    pub fn by(dimensions: &[Dimension]) -> Self {
        let dimensions = Dimension::ALL.iter().copied().filter(|known| dimensions.contains(known)).collect();
        Self { dimensions, period: None }
    }

    /// Returns this grouping, by period in a time zone as well.
    ///
    /// ```
    /// use sla_core::analytics::{Grouping, PeriodUnit};
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let weekly = Grouping::all().with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
    /// assert_eq!(weekly.period(), Some((PeriodUnit::Week, "Asia/Jakarta")));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_time_zone` or `invalid_time_zone_data` when the database has no such zone, or cannot read it.
    pub fn with_period<'a>(
        mut self,
        unit: PeriodUnit,
        time_zone: impl Into<ZoneName<'a>>,
        zones: &ZoneDatabase,
    ) -> Result<Self, Error> {
        let time_zone = time_zone.into();
        let zone = Arc::new(zones.zone(time_zone.as_str())?);
        self.period = Some(Periods { unit, time_zone: time_zone.into(), zone });
        Ok(self)
    }

    /// Returns this grouping with the periods of another one, or without periods if that has none.
    ///
    /// ```
    /// use sla_core::analytics::{Grouping, PeriodUnit};
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let weekly = Grouping::all().with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
    /// assert_eq!(Grouping::all().with_periods_of(&weekly), weekly);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_periods_of(mut self, other: &Self) -> Self {
        self.period.clone_from(&other.period);
        self
    }

    /// Returns the dimensions, in the order of [`Dimension::ALL`].
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Returns the length of periods and their time zone; `None` when figures are not grouped by period.
    #[must_use]
    pub fn period(&self) -> Option<(PeriodUnit, &str)> {
        self.period.as_ref().map(|periods| (periods.unit, periods.time_zone.as_str()))
    }

    /// Returns the first instant of the period that holds `at`; `None` when figures are not grouped by period.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Grouping, PeriodUnit};
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let weekly = Grouping::all().with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
    /// // The week begins on Monday, 00:00 in Jakarta.
    /// assert_eq!(weekly.period_of(at("2026-03-04T10:00:00Z"))?, Some(at("2026-03-01T17:00:00Z")));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` for an instant outside 1970-01-01 to 2200-01-01.
    pub fn period_of(&self, at: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.periods().map(|periods| periods.span(at)).transpose()?.map(|span| span.start))
    }

    pub(super) const fn periods(&self) -> Option<&Periods> {
        self.period.as_ref()
    }

    /// Returns an empty table of its periods.
    pub(crate) fn period_table(&self) -> PeriodTable {
        PeriodTable::new(self.periods())
    }

    /// Returns the name of the period that begins at `start`: `2026-11-24T13+07:00`, `2026-11-24`, `2026-W48` or
    /// `2026-11`. `None` when figures are not grouped by period, or none begins then.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Grouping, PeriodUnit};
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let weekly = Grouping::all().with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
    /// assert_eq!(weekly.label(at("2026-03-01T17:00:00Z")).as_deref(), Some("2026-W10"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn label(&self, start: Timestamp) -> Option<String> {
        let periods = self.period.as_ref()?;
        if periods.span(start).ok()?.start != start {
            return None;
        }
        let local = periods.local(start)?;
        Some(match periods.unit {
            PeriodUnit::Hour => local.format("%Y-%m-%dT%H%:z").to_string(),
            PeriodUnit::Day => local.format("%Y-%m-%d").to_string(),
            PeriodUnit::Week => local.format("%G-W%V").to_string(),
            PeriodUnit::Month => local.format("%Y-%m").to_string(),
        })
    }

    /// Returns whether groups of this grouping can be merged to groups of `coarser`.
    pub(super) fn refines(&self, coarser: &Self) -> bool {
        let same_period = coarser.period.is_none() || coarser.period == self.period;
        same_period && coarser.dimensions.iter().all(|wanted| self.dimensions.contains(wanted))
    }

    /// Returns the group of a ticket with these properties.
    pub(crate) fn key(&self, period: Option<Timestamp>, ticket: &TicketProperties<'_>) -> Key {
        let mut key = Key { period, ..Key::default() };
        for dimension in &self.dimensions {
            let value = match dimension {
                Dimension::Package => Some(ticket.package),
                Dimension::Channel => Some(ticket.channel),
                Dimension::Agent => ticket.agent.filter(|agent| agent.as_str() != UNASSIGNED),
                Dimension::Team => ticket.team.filter(|team| team.as_str() != UNASSIGNED),
                Dimension::Priority => ticket.priority,
                Dimension::Severity => ticket.severity,
                Dimension::Category => ticket.category,
            };
            key.set(*dimension, value.cloned());
        }
        key
    }

    /// Returns the key with only the dimensions and the period of this grouping.
    pub(super) fn of(&self, key: &Key) -> Key {
        let mut kept = Key { period: key.period.filter(|_| self.period.is_some()), ..Key::default() };
        for dimension in &self.dimensions {
            kept.set(*dimension, key.get(*dimension).cloned());
        }
        kept
    }
}
