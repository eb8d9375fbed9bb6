"""Exceptions. A refused command is not one: it is a `Decision`."""

from __future__ import annotations

from collections.abc import Sequence


class SlaError(Exception):
    """The base of all exceptions of this package; each is one of Python's own as well.

    Attributes:
        code: A stable code for programs; the README lists those of Python alone, the engine's pages the others.
        message: What is wrong, in one line.
        path: The place of the fault, as a JSON pointer into the argument; empty for the whole.
        help: What to change.
        related: The problems of a document that has several.
    """

    def __init__(
        self, code: str, message: str, path: str = "", help: str = "", related: Sequence[SlaError] = ()
    ) -> None:
        super().__init__(code, message, path, help, tuple(related))
        self.code = code
        self.message = message
        self.path = path
        self.help = help
        self.related = tuple(related)

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        remedy = f"; {self.help}" if self.help else ""
        lines = [f"{place}{self.message}{remedy}", *(f"  {problem}" for problem in self.related)]
        return "\n".join(lines)


class PolicyError(SlaError, ValueError):
    """A policy or a calendar cannot be used; `related` has every problem."""


class InputError(SlaError, ValueError):
    """A document, a column, an instant or a length cannot be used."""


class HorizonError(SlaError, OverflowError):
    """An instant or an answer lies outside 1970-01-01 to 2200-01-01, or a number does not fit."""


class UnknownNameError(SlaError, LookupError):
    """The policy has no calendar, package, channel, timer or revision of that name."""


_CLASSES: dict[str, type[SlaError]] = {
    "invalid_policy": PolicyError,
    "out_of_horizon": HorizonError,
    "unknown_calendar": UnknownNameError,
    "unknown_package": UnknownNameError,
    "unknown_channel": UnknownNameError,
    "unknown_timer": UnknownNameError,
    "unknown_revision": UnknownNameError,
    "unknown_severity": UnknownNameError,
    "unknown_category": UnknownNameError,
}


def policy_error(code: str, message: str, path: str, help: str, related: Sequence[SlaError]) -> SlaError:
    """Return the exception for any fault of a policy or a calendar."""
    return PolicyError(code, message, path, help, related)


def error(code: str, message: str, path: str, help: str, related: Sequence[SlaError]) -> SlaError:
    """Return the exception for an error of the engine."""
    return _CLASSES.get(code, InputError)(code, message, path, help, related)
