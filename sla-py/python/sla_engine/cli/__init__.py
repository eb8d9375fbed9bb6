"""The command `sla-engine`. It needs the extra ``cli``; docs/cli.md says what it does."""

from __future__ import annotations

import signal
import sys
from typing import Any

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
    raise SystemExit(_run(app))


def _run(app: Any) -> int:
    """Run the command and return its exit code."""
    import click

    if hasattr(signal, "SIGPIPE"):
        # Whoever reads may have enough: end as other commands do then.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        code = app.main(prog_name="sla-engine", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except click.Abort:
        return 130
    except OSError as fault:
        print(f"Error: the answer cannot be written: {fault.strerror or fault}", file=sys.stderr)
        return 2
