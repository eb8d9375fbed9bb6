"""Reports: `build` makes the data, `render` writes it as a page, as Markdown or as JSON.

The data says all there is; the renderers only write it. HTML needs the extra ``report``.
"""

from __future__ import annotations

from typing import Literal

from sla_engine.report.build import build
from sla_engine.report.data import ReportData

Format = Literal["html", "md", "json"]

__all__ = ["Format", "ReportData", "build", "render"]


def render(data: ReportData, format: Format = "html") -> str:
    """Return a report as text.

    Raises:
        ValueError: There is no such format.
        ModuleNotFoundError: HTML is asked for without the extra ``report``.
    """
    if format not in ("html", "md", "json"):
        raise ValueError(f"reports are not written as {format!r}; write html, md or json")
    if format == "json":
        return data.json()
    if format == "md":
        from sla_engine.report.markdown import render as markdown

        return markdown(data)
    try:
        from sla_engine.report.html import render as html
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in {"jinja2", "markupsafe", "vl_convert"}:
            raise
        remedy = "pip install 'sla-engine[report]'"
        raise ModuleNotFoundError(f"a report as HTML needs {library}: {remedy}", name=library) from missing
    return html(data)
