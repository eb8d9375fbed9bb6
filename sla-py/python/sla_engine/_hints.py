"""Types for the stub of the native module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, Protocol, TypeAlias, TypedDict, Union

from . import _core, commands, documents
from .documents import (
    Comparison,
    Decision,
    DryRun,
    DueEvents,
    Evaluation,
    Explanation,
    Head,
    HistoryVerification,
    Import,
    Ledger,
    Linked,
    LinkedDecision,
    PolicyPlace,
    PolicyValues,
    Publication,
    Refusal,
    Report,
    TicketRows,
    TicketValues,
    Verification,
    VisibleTickets,
    WhatIf,
)

__all__ = [
    "Actor",
    "Agents",
    "AlertList",
    "AnyTicket",
    "Arrow",
    "BurnCounts",
    "Burns",
    "Changes",
    "Comparison",
    "Decision",
    "DryRun",
    "DueEvents",
    "Evaluation",
    "EventList",
    "Events",
    "Explanation",
    "Flips",
    "Head",
    "HistoryVerification",
    "Import",
    "Instants",
    "Json",
    "Ledger",
    "Lengths",
    "Linked",
    "LinkedDecision",
    "LogAggregate",
    "LogCommands",
    "LogImport",
    "LogRows",
    "Meaning",
    "OnFault",
    "Policies",
    "PolicyPlace",
    "PolicyValues",
    "Promises",
    "Publication",
    "Refusal",
    "Report",
    "Request",
    "StateMeaning",
    "States",
    "TicketRows",
    "TicketValues",
    "Verification",
    "VisibleTickets",
    "Warnings",
    "WhatIf",
    "Words",
]

Actor: TypeAlias = documents.Actor
Agents: TypeAlias = tuple[documents.AgentPerformance, ...]
AlertList: TypeAlias = tuple[documents.Alert, ...]
Burns: TypeAlias = tuple[documents.BurnRate, ...]
BurnCounts: TypeAlias = Mapping[str, Iterable[tuple[datetime, int, int]]]
"""By timer: an instant, how many cycles were met or breached then, and how many of them breached."""
Changes: TypeAlias = tuple[documents.PolicyChange, ...]
Events: TypeAlias = tuple[documents.Event, ...]
Flips: TypeAlias = tuple[documents.Flip, ...]
Promises: TypeAlias = tuple[documents.OpenPromise, ...]
Warnings: TypeAlias = tuple[documents.Warning, ...]
LogAggregate: TypeAlias = documents.LogAggregate
LogCommands: TypeAlias = commands.LogCommands
LogImport: TypeAlias = documents.LogImport
OnFault: TypeAlias = Literal["raise", "null"]

Words: TypeAlias = Iterable[str]

Meaning: TypeAlias = Literal["new", "active", "pending", "on_hold", "resolved", "closed", "voided"]


class StateMeaning(TypedDict):
    """What a state of a log means."""

    means: Meaning
    replied: NotRequired[bool]
    reason: NotRequired[str | None]


States: TypeAlias = Mapping[str, Meaning | StateMeaning]
"""What each state of a log means."""

LogRows: TypeAlias = Iterable[Mapping[str, Any]]
"""Rows of a log, each by the names of docs/logs.md."""

Json: TypeAlias = str | bytes | Mapping[str, Any] | documents.Document | Iterable[documents.Document]
"""A document: JSON text or bytes, or a value that can be written as JSON."""

EventList: TypeAlias = Iterable[documents.Event] | str | bytes
"""Events, or a JSON list of them."""

AnyTicket: TypeAlias = Union["_core.Ticket", "_core.History"]
Request: TypeAlias = (
    tuple[AnyTicket, documents.Head]
    | tuple[AnyTicket, documents.Head, Json]
    | tuple[AnyTicket, documents.Head, Json, documents.Actor]
    | tuple[AnyTicket, documents.Head, Json, documents.Actor, Json]
)
"""A ticket and the head of its chain; with a command and an actor, or else for the automatic events that are due."""

_Policy: TypeAlias = Union["_core.Policy", str, bytes, Mapping[str, Any]]
Policies: TypeAlias = _Policy | Sequence[_Policy]
"""A policy, or the revisions of one, oldest first."""


class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Arrow: TypeAlias = _ArrowArray | _ArrowStream
"""Data of any library with the Arrow PyCapsule protocol."""

Instants: TypeAlias = Arrow | datetime
Lengths: TypeAlias = Arrow | timedelta
