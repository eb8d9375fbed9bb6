"""`sla-engine check`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sla_engine import Policy, SlaError
from sla_engine.cli.fault import PROBLEMS
from sla_engine.cli.load import policy_text
from sla_engine.cli.show import Terminal


def run(terminal: Terminal, path: str, *, strict: bool, as_of: datetime, as_json: bool) -> None:
    """Show the problems and warnings of a policy."""
    text = policy_text(path)
    problems: list[dict[str, str]] = []
    warnings: list[dict[str, str]] = []
    about: dict[str, Any] = {"file": path, "id": None, "version": None, "policy_digest": None}
    try:
        policy = Policy(text)
    except SlaError as fault:
        problems = [_document(found) for found in fault.related or (fault,)]
    else:
        about |= {"id": policy.id, "version": policy.version, "policy_digest": policy.digest}
        warnings = [_document(found) for found in policy.lint(as_of)]
    fine = not problems and not (strict and warnings)
    if as_json:
        terminal.json({**about, "fine": fine, "problems": problems, "warnings": warnings})
    else:
        _tell(terminal, path, about, problems, warnings)
    if not fine:
        raise SystemExit(PROBLEMS)


def _document(found: Any) -> dict[str, str]:
    return {"code": found.code, "path": found.path, "message": found.message, "help": found.help}


def _tell(
    terminal: Terminal,
    path: str,
    about: dict[str, Any],
    problems: list[dict[str, str]],
    warnings: list[dict[str, str]],
) -> None:
    for title, found in (("problem", problems), ("warning", warnings)):
        if found:
            plural = "" if len(found) == 1 else "s"
            terminal.table(
                f"{path}: {len(found)} {title}{plural}",
                ["where", "what is wrong", "what would be right", "code"],
                ([problem["path"] or "/", problem["message"], problem["help"], problem["code"]] for problem in found),
            )
            terminal.line()
    if not problems:
        terminal.line(f"{path}: policy `{about['id']}`, version {about['version']}, can be used")
