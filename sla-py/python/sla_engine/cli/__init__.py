"""The command `sla-engine`. It needs the extra ``cli``; docs/cli.md says what it does."""

from __future__ import annotations

import sys

_NEEDED = {"click", "rich", "pyarrow"}


def main() -> None:
    """Run the command, and exit with its code."""
    try:
        from sla_engine.cli.app import app
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in _NEEDED:
            raise
        print(f"sla-engine needs {library}: pip install 'sla-engine[cli]'", file=sys.stderr)
        raise SystemExit(2) from missing
    app(prog_name="sla-engine")
