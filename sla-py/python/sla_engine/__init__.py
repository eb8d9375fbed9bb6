"""The SLA engine: targets and dues of support tickets, entitlements, escalations, audit and reports.

    >>> from datetime import datetime, timedelta, timezone
    >>> from sla_engine import Calendar
    >>> office = Calendar({"time_zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-17:00"], "fri": ["09:00-17:00"]}})
    >>> office.add(datetime(2026, 3, 6, 9, 30, tzinfo=timezone.utc), timedelta(hours=1)).isoformat()
    '2026-03-09T02:30:00+00:00'

Instants are aware datetimes, or integers of microseconds since 1970-01-01T00:00:00Z where a name ends in ``_us``.
No function reads a clock: `now` is an argument. Columns are of any library with the Arrow PyCapsule protocol.
"""

from __future__ import annotations

from importlib import import_module

from . import audit
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
    Zone,
    Zones,
    __version__,
    at_risk,
    log_commands,
    what_if,
    worklist,
)
from .errors import HorizonError, InputError, PolicyError, SlaError, UnknownNameError

# `typing` takes longer to load than this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import commands, documents
    from .commands import RecordedCommand
    from .documents import (
        Accepted,
        Actor,
        Decision,
        DueEvents,
        Evaluation,
        Event,
        Explanation,
        Head,
        Import,
        LogAggregate,
        LogImport,
        Message,
        Refusal,
        Refused,
        Report,
    )

__all__ = [
    "Accepted",
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
    "LogAggregate",
    "LogImport",
    "Message",
    "Policy",
    "PolicyError",
    "RecordedCommand",
    "Refusal",
    "Refused",
    "Report",
    "SlaError",
    "Table",
    "Ticket",
    "UnknownNameError",
    "Zone",
    "Zones",
    "__version__",
    "at_risk",
    "audit",
    "commands",
    "documents",
    "log_commands",
    "what_if",
    "worklist",
]


def __getattr__(name: str) -> Any:
    """Load the values on first use: calendars and columns do not need them."""
    if name in ("commands", "documents"):
        return import_module(f".{name}", __name__)
    if name in __all__:
        module = ".commands" if name == "RecordedCommand" else ".documents"
        return getattr(import_module(module, __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
