"""The report as one self-contained HTML page: no script, no outside link, everything written into it escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sla_engine.report import charts, figures
from sla_engine.report.data import ReportData
from sla_engine.report.derivation import derive
from sla_engine.report.words import escalations, lateness_ranges, left_out, named, reasons, severity, team

_SHOWN_AGENTS = 15


def render(data: ReportData) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("sla_engine.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        name: getattr(figures, name)
        for name in (
            "count",
            "counted",
            "percent",
            "points",
            "hundredths",
            "objective",
            "hours",
            "instant",
            "local",
            "words",
        )
    }
    environment.filters.update(filters)
    return environment.get_template("report.html.j2").render(
        data=data,
        total=data.over_time.total,
        css=Markup(environment.get_template("report.css").render()),
        sections=list(_sections(data)),
        charts=_charts(data),
        worst=[derive(promise) for promise in data.worst],
        escalations=escalations(data),
        reasons=reasons(data),
        package_name=named(data.package_names),
        package_label=lambda key: named(data.package_names)(key.package),
        channel_label=lambda key: named(data.channel_names)(key.channel),
        severity_label=severity,
        team_label=team,
        lateness_ranges=lateness_ranges(data),
        left_out=left_out,
        scored=any(agent.components for agent in data.agents),
        shown_agents=_SHOWN_AGENTS,
        nothing=figures.NONE,
    )


def _sections(data: ReportData) -> Iterator[tuple[str, str]]:
    yield "summary", "In short"
    yield "time", "Over time"
    yield "groups", "Packages and channels"
    yield "durations", "Durations"
    yield "lateness", "How late"
    yield "held", "Held times and teams"
    yield "budget", "Error budget"
    yield "agents", "Agents"
    yield "escalations", "Escalations"
    yield "worst", "Worst promises"
    if data.what_if is not None:
        yield "what-if", "What if"
    yield "refused", "Rows not taken over"
    yield "meaning", "What the figures count"


def _charts(data: ReportData) -> dict[str, dict[str, Markup]]:
    objectives = {budget.timer: budget.objective_millionths for budget in data.budgets if budget.stated}
    return {
        "over_time": {
            timer: charts.over_time(data.over_time, timer, objectives.get(timer))
            for timer in data.timers
            if data.over_time.total.timers[timer].decided
        },
        "distributions": {spread.timer: charts.distribution(spread) for spread in data.distributions if spread.count},
        "budgets": {budget.timer: charts.burn_down(budget, data.period) for budget in data.budgets},
    }
