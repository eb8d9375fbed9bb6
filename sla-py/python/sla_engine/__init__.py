"""Support promises: what was promised, when it falls due, who may use which channel, and what happened.

    >>> from datetime import datetime, timedelta, timezone
    >>> from sla_engine import Calendar
    >>> office = Calendar({"time_zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-17:00"], "fri": ["09:00-17:00"]}})
    >>> office.add(datetime(2026, 3, 6, 9, 30, tzinfo=timezone.utc), timedelta(hours=1)).isoformat()
    '2026-03-09T02:30:00+00:00'

Instants are aware datetimes, or integers of microseconds since 1970-01-01T00:00:00Z where a name ends in ``_us``. Nothing
reads a clock: `now` is an argument. Columns are whatever speaks the Arrow PyCapsule protocol.
"""

from . import audit, commands
from ._core import (
    Aggregate,
    Alerts,
    Calendar,
    Column,
    Engine,
    History,
    Policy,
    Table,
    Ticket,
    Zones,
    __version__,
    at_risk,
    what_if,
)
from .documents import (
    Actor,
    Decision,
    DueEvents,
    Evaluation,
    Event,
    Explanation,
    Head,
    Import,
    LogImport,
    Message,
    Recorded,
    Refusal,
    Report,
)
from .errors import HorizonError, InputError, PolicyError, SlaError, UnknownNameError

__all__ = [
    "Actor",
    "Aggregate",
    "Alerts",
    "Calendar",
    "Column",
    "Decision",
    "DueEvents",
    "Engine",
    "Evaluation",
    "Event",
    "Explanation",
    "Head",
    "History",
    "HorizonError",
    "Import",
    "InputError",
    "LogImport",
    "Message",
    "Policy",
    "PolicyError",
    "Recorded",
    "Refusal",
    "Report",
    "SlaError",
    "Table",
    "Ticket",
    "UnknownNameError",
    "Zones",
    "__version__",
    "at_risk",
    "audit",
    "commands",
    "what_if",
]
