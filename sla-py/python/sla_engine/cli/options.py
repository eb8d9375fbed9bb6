"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from sla_engine.cli import mapping as mappings
from sla_engine.cli import times
from sla_engine.cli.load import Loaded, engine_of, load
from sla_engine.cli.show import Terminal
from sla_engine.cli.source import Format


@dataclass(frozen=True)
class LogOptions:
    """The options that a log is read by."""

    log: str
    policy: str
    input_format: Format | None
    mapping: str | None
    columns: tuple[str, ...]
    constants: tuple[str, ...]
    time_zone: str | None
    time_format: str | None
    as_of: str | None

    def read_mapping(self) -> mappings.Mapping:
        """Return the meaning of the columns, values and states of the log."""
        return mappings.load(
            self.mapping,
            columns=self.columns,
            constants=self.constants,
            time_zone=self.time_zone,
            time_format=self.time_format,
        )

    def load(self, terminal: Terminal) -> AbstractContextManager[Loaded]:
        """Compile the policy and open the log."""
        engine = engine_of(self.policy)
        as_of: datetime | None = times.as_of(self.as_of)
        return load(engine, self.log, self.input_format, self.read_mapping(), as_of, terminal)


def reading_a_log(command: Callable[..., None]) -> Callable[..., Any]:
    """Add the options that a log is read by to a command, which takes them as `LogOptions`."""

    @functools.wraps(command)
    def called(**given: Any) -> Any:
        names = LogOptions.__dataclass_fields__
        options = LogOptions(**{name: given.pop(name) for name in names})
        return command(options, **given)

    for option in reversed(_OPTIONS):
        option(called)
    return called


def _option(*names: str, **how: Any) -> Callable[[Any], Any]:
    return click.option(*names, **how)


as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON instead of tables.")

_OPTIONS: list[Callable[[Any], Any]] = [
    click.argument("log"),
    _option("--policy", "-p", required=True, metavar="FILE", help="The policy document."),
    _option(
        "--input-format",
        type=click.Choice(["csv", "parquet", "jsonl"]),
        help="The format of the log; by default by its suffix.",
    ),
    _option("--mapping", "-m", metavar="FILE", help="The meaning of columns, values and states, as TOML."),
    _option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="The name of a column in the log."),
    _option("--constant", "constants", multiple=True, metavar="OURS=VALUE", help="A value for a missing column."),
    _option("--time-zone", metavar="ZONE", help="The zone of times without an offset."),
    _option("--time-format", metavar="FORMAT", help="The form of times that are not ISO 8601, as in strptime."),
    _option("--as-of", metavar="INSTANT", help="Judge as of this instant, or `now`; by default the log's last one."),
]
