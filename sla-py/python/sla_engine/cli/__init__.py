"""The command `sla-engine`. It needs the extra ``cli``; docs/cli.md describes it."""

from __future__ import annotations

import gc
import importlib.util
import signal
import sys
from typing import Any

_NEEDED = ("click", "rich", "pyarrow")


def main() -> None:
    """Run the command, and exit with its code."""
    # Looking for circles of values takes a tenth of the time, and the command makes hardly any.
    gc.disable()
    for library in _NEEDED:
        if importlib.util.find_spec(library) is None:
            print(f"sla-engine needs {library}: pip install 'sla-engine[cli]'", file=sys.stderr)
            raise SystemExit(2)
    _import_pyarrow()
    from sla_engine.cli.app import app

    raise SystemExit(_run(app))


def _import_pyarrow() -> None:
    """Import pyarrow without numpy and pandas, which it imports whenever they are installed.

    They take four times as long to import as pyarrow itself, and the command uses neither. pyarrow looks for them once;
    versions before 18 need numpy.
    """
    modules: dict[str, Any] = sys.modules
    absent = [library for library in ("numpy", "pandas") if library not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        import pyarrow.compute

        pyarrow.scalar(True)
    except ImportError:
        for name in [name for name in modules if name.partition(".")[0] == "pyarrow"]:
            del modules[name]
    finally:
        for library in absent:
            modules.pop(library, None)


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
