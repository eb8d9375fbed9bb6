//! Time-zone rules of the host, in place of the embedded ones.

use arrow_array::Array as _;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDateTime, PyTuple};
use sla_core::Digest;
use sla_core::calendar::{ZoneDatabase, ZoneTable};
use sla_core::columns::NONE;
use sla_core::time::Timestamp;

use crate::arrow::{Column, Input, Numbers, instants};
use crate::error::OrRaise;
use crate::instant::{Instant, Local, at_offset, utc};

/// Time-zone rules: the embedded IANA release, of which the host may replace zones.
///
///     >>> Zones().zone("Asia/Jakarta").local(now).isoformat()
///     '2026-03-02T17:00:00+07:00'
///
/// Immutable. `Zones()` are the embedded rules, which are the default everywhere.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Zones {
    pub(crate) database: ZoneDatabase,
    supplied: Vec<(String, Vec<u8>, String)>,
}

#[pymethods]
impl Zones {
    #[new]
    fn new() -> Self {
        Self { database: ZoneDatabase::embedded(), supplied: Vec::new() }
    }

    /// Return these rules with one zone read from `tzif`, the bytes of a compiled time-zone file.
    ///
    /// Args:
    ///     name: The IANA name, as calendars write it.
    ///     tzif: The content of the file: at most 65,536 bytes, without leap seconds.
    ///     version: The release of the file; it becomes part of `version`.
    ///
    /// Raises:
    ///     InputError: `invalid_time_zone_data`, `limit_exceeded`.
    fn with_tzif(&self, py: Python<'_>, name: &str, tzif: &[u8], version: &str) -> PyResult<Self> {
        let database = self.database.clone().with_tzif(name, tzif, version).or_raise(py)?;
        let mut supplied = self.supplied.clone();
        supplied.push((name.to_owned(), tzif.to_vec(), version.to_owned()));
        Ok(Self { database, supplied })
    }

    /// The IANA release, for example ``2026f``; with zones of the host, ``2026f+`` and their version.
    #[getter]
    fn version(&self) -> String {
        self.database.version()
    }

    /// Return one zone.
    ///
    /// Raises:
    ///     InputError: `unknown_time_zone` when no zone has exactly this name.
    fn zone(slf: &Bound<'_, Self>, name: &str) -> PyResult<Zone> {
        let table = slf.get().database.zone(name).or_raise(slf.py())?;
        Ok(Zone { name: name.to_owned(), table, zones: slf.clone().unbind() })
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.supplied == other.supplied
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.digest())
    }

    fn __repr__(&self) -> String {
        format!("<Zones {}>", self.version())
    }

    #[pyo3(signature = () -> "tuple[typing.Any, ...]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyTuple>,))> {
        let supplied = self.supplied.iter().map(|(name, tzif, version)| (name, PyBytes::new(py, tzif), version));
        let rebuild = py.get_type::<Self>().getattr("_of")?;
        Ok((rebuild, (PyTuple::new(py, supplied.collect::<Vec<_>>())?,)))
    }

    #[staticmethod]
    fn _of(py: Python<'_>, supplied: Vec<(String, Vec<u8>, String)>) -> PyResult<Self> {
        supplied.iter().try_fold(Self::new(), |zones, (name, tzif, version)| zones.with_tzif(py, name, tzif, version))
    }
}

/// One time zone of `Zones`, whose rules do not depend on the machine. Immutable.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Zone {
    name: String,
    table: ZoneTable,
    zones: Py<Zones>,
}

#[pymethods]
impl Zone {
    /// The IANA name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Return the instant, in UTC, of a local time: a datetime without tzinfo.
    ///
    ///     >>> Zones().zone("Asia/Jakarta").instant(datetime(2026, 3, 2, 17)) == now
    ///     True
    ///
    /// Of two such instants it is the earlier one. A skipped local time is read with the offset before the change.
    ///
    /// Raises:
    ///     InputError: `aware_datetime` for a datetime with tzinfo.
    fn instant<'py>(&self, py: Python<'py>, local: Local) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, Timestamp::from_micros(self.table.instant_of(local.0)))
    }

    /// Answer `instant` for each row.
    ///
    /// Args:
    ///     locals: A column of timestamps without time zone.
    ///
    /// Returns:
    ///     A column of instants in UTC; null where there is no local time.
    ///
    /// Raises:
    ///     InputError: `wrong_type` for a column of something else.
    fn instant_column(&self, py: Python<'_>, locals: Input) -> PyResult<Column> {
        let mut instants_us = Vec::with_capacity(locals.len());
        for chunk in &locals.chunks {
            let read = Numbers::instants(py, "locals", chunk, Some(&self.table))?;
            instants_us.extend((0..chunk.len()).map(|row| read.get(row).unwrap_or(NONE)));
        }
        Ok(Column::new("instant", instants(instants_us)))
    }

    /// Return an instant in the local time of the zone.
    fn local<'py>(&self, py: Python<'py>, at: Instant) -> PyResult<Bound<'py, PyDateTime>> {
        at_offset(py, at.0, self.table.offset_at(at.0.as_micros().div_euclid(1_000_000)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.name == other.name && self.table == other.table
    }

    fn __hash__(&self) -> u64 {
        hash_of(Digest::of(self.name.as_bytes()))
    }

    fn __repr__(&self) -> String {
        format!("<Zone {}>", self.name)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        Ok((self.zones.bind(py).getattr("zone")?, (&self.name,)))
    }
}

impl Zones {
    /// Returns a digest of the rules, for the keys of caches.
    pub(crate) fn digest(&self) -> Digest {
        let mut bytes = Vec::new();
        for (name, tzif, version) in &self.supplied {
            for part in [name.as_bytes(), tzif, version.as_bytes()] {
                bytes.extend(Digest::of(part).to_string().bytes());
            }
        }
        Digest::of(&bytes)
    }
}

/// Returns the rules of an argument, by default the embedded ones.
pub(crate) fn database(zones: Option<&Py<Zones>>) -> ZoneDatabase {
    zones.map_or_else(ZoneDatabase::embedded, |zones| zones.get().database.clone())
}

/// Returns a key for what is compiled from a document under the rules.
pub(crate) fn key(document: &[u8], zones: Option<&Py<Zones>>) -> Digest {
    let Some(zones) = zones else { return Digest::of(document) };
    let mut bytes = Digest::of(document).to_string();
    bytes.push_str(&zones.get().digest().to_string());
    Digest::of(bytes.as_bytes())
}

/// Returns Python's hash of a value with this digest.
pub(crate) fn hash_of(digest: Digest) -> u64 {
    let text = digest.to_string();
    text.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}
