//! The native module of the Python package `sla_engine`: it converts, it does not decide.

mod arrow;
mod audit;
mod cache;
mod calendar;
mod columns;
mod compiled;
mod document;
mod engine;
mod error;
mod figures;
mod instant;
mod log;
mod number;
mod partials;
mod policy;
mod rows;
mod standing;
mod text;
mod threads;
mod ticket;
mod zones;

/// The engine's native part; import from ``sla_engine``.
#[pyo3::pymodule(gil_used = false)]
mod _core {
    #[pymodule_export]
    use crate::arrow::{Column, Table};
    #[pymodule_export]
    use crate::audit::{chain, deny, link, pin, verify, verify_entries};
    #[pymodule_export]
    use crate::calendar::Calendar;
    #[pymodule_export]
    use crate::compiled::Engine;
    #[pymodule_export]
    use crate::figures::{Aggregate, Alerts, at_risk, play_again, worklist};
    #[pymodule_export]
    use crate::log::log_commands;
    #[pymodule_export]
    use crate::policy::Policy;
    #[pymodule_export]
    use crate::text::{format_duration, parse_duration, parse_share};
    #[pymodule_export]
    use crate::ticket::{History, Ticket};
    #[pymodule_export]
    use crate::zones::{Zone, Zones};

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
