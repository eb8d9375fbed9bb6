"""Faults for the person at the terminal: one sentence with the remedy, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable

import click

from sla_engine.report.figures import plain

PROBLEMS = 1
"""The exit code when the input has problems: a policy that is refused, a chain that was altered, no usable row."""
USAGE = 2
"""The exit code when the question cannot be asked: wrong options, an unreadable file, a missing column."""


class Fault(click.ClickException):
    """The question cannot be asked like this; the caller can change it."""

    exit_code = USAGE

    def format_message(self) -> str:
        return plain(self.message)


class Problem(Fault):
    """The input has a problem."""

    exit_code = PROBLEMS


def listed(names: Iterable[str]) -> str:
    """Return names for a sentence."""
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def alike(name: str, names: Iterable[str]) -> str:
    """Return a half sentence with the name that was probably meant, or nothing."""
    import difflib

    found = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean `{found[0]}`?" if found else ""
