"""The report as Markdown, for a pull request, a chat or a wiki."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from sla_engine.documents import Key, Report
from sla_engine.report import figures
from sla_engine.report.data import Compared, ReportData
from sla_engine.report.derivation import derive
from sla_engine.report.words import escalations, lateness_ranges, left_out, named, reasons, severity, team

_SHOWN_AGENTS = 15
_SHOWN_FLIPS = 10
_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~])")


def render(data: ReportData) -> str:
    """Return the text. Whatever comes from tickets is escaped: it cannot make markup."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: ReportData) -> Iterator[str]:
    total = data.over_time.total
    yield "# SLA report"
    yield ""
    yield (
        f"{figures.counted(data.tickets, 'ticket')} of {_text(data.source.name)} under the policy "
        f"{_text(data.policy.id)}, version {data.policy.version}, as of {figures.instant(data.as_of)}."
    )
    yield ""
    yield (
        "Compliance is met ÷ decided; decided is met plus every breach, answered or not. "
        "What still runs, is cancelled or has no promise is in neither. Everything is rounded down."
    )
    yield from _classes("In short", "", data.over_time, lambda _: "all", data.timers, totals=True)
    yield from _time(data)
    packages, channels = named(data.package_names), named(data.channel_names)
    yield from _classes("By package", "package", data.packages, lambda key: packages(key.package), data.timers)
    if data.severities is not None:
        yield from _classes("By severity", "severity", data.severities, severity, data.timers)
    yield from _classes("By channel", "channel", data.channels, lambda key: channels(key.channel), data.timers)
    yield from _classes("By team", "team", data.teams, team, data.timers)
    yield from _durations(data)
    yield from _lateness(data)
    yield from _held(data)
    yield from _budgets(data)
    yield from _agents(data)
    yield from _heading("Escalations")
    yield f"{figures.hundredths(total.tickets.escalations_per_100_tickets_millionths)} per 100 opened tickets."
    yield ""
    yield from _table(
        ["timer", "trigger", "level", "escalations"],
        (
            [_text(figures.words(row.timer)), row.trigger, str(row.level), figures.count(row.count)]
            for row in escalations(data)
        ),
        numbers_from=2,
    )
    yield from _worst(data)
    if data.what_if is not None:
        yield from _what_if(data.what_if, data)
    yield from _refused(data)


def _classes(
    title: str, first: str, report: Report, label: Callable[[Key], str], timers: Sequence[str], *, totals: bool = False
) -> Iterator[str]:
    yield from _heading(title)
    groups = (report.total,) if totals else report.groups
    headings = [
        *([] if totals else [first]),
        "timer",
        "compliance",
        "decided",
        "met",
        "breached, answered",
        "breached, open",
        "breached, ended",
        "running",
        "paused",
        "withdrawn",
        "voided",
        "duplicate",
        "closed",
        "handed on",
        "inactivity",
        "promise taken away",
        "never promised",
        "late pauses",
        "late hand-overs",
    ]
    rows = []
    for group in groups:
        for timer in timers:
            found = group.timers.get(timer)
            if found is None:
                continue
            counts = (
                found.decided,
                found.met,
                found.breached_answered,
                found.breached_open,
                found.breached_ended,
                found.running,
                found.paused,
                found.cancelled_withdrawn,
                found.cancelled_voided,
                found.cancelled_duplicate,
                found.cancelled_closed,
                found.cancelled_handed_on,
                found.cancelled_inactivity,
                found.terms,
                found.unpromised,
                found.late_pauses,
                found.late_hand_overs,
            )
            start = [] if totals else [_text(label(group.key))]
            share = figures.percent(found.compliance_millionths)
            rows.append([*start, _text(figures.words(timer)), share, *map(figures.count, counts)])
    yield from _table(headings, rows, numbers_from=1 if totals else 2)


def _time(data: ReportData) -> Iterator[str]:
    yield from _heading(f"By {data.period.unit}")
    yield f"Met, breached and compliance of what was decided in the {data.period.unit}, in {data.period.time_zone}."
    yield ""
    headings = [data.period.unit, "opened", "resolved"]
    for timer in data.timers:
        name = _text(figures.words(timer))
        headings += [f"{name}: met", "breached", "compliance"]
    rows = []
    for group in (*data.over_time.groups, data.over_time.total):
        tickets = group.tickets
        row = [group.key.period or "all", figures.count(tickets.opened), figures.count(tickets.resolved)]
        for timer in data.timers:
            found = group.timers.get(timer)
            if found is None:
                row += ["0", "0", figures.NONE]
            else:
                share = figures.percent(found.compliance_millionths)
                row += [figures.count(found.met), figures.count(found.breached), share]
        rows.append(row)
    yield from _table(headings, rows, numbers_from=1)


def _durations(data: ReportData) -> Iterator[str]:
    yield from _heading("How long it took")
    rows = []
    for timer in data.timers:
        found = data.over_time.total.timers[timer]
        spreads = [("business", found.business_time), ("wall", found.wall_time)]
        if found.terms_business_time.count:
            spreads += [("promise taken away, business", found.terms_business_time)]
            spreads += [("promise taken away, wall", found.terms_wall_time)]
        if found.unpromised_business_time.count:
            spreads += [("never promised, business", found.unpromised_business_time)]
            spreads += [("never promised, wall", found.unpromised_wall_time)]
        for name, spread in spreads:
            lengths = (spread.mean_us, spread.median_us, spread.p90_us, spread.p99_us)
            rows.append([_text(figures.words(timer)), name, figures.count(spread.count), *map(figures.hours, lengths)])
    yield from _table(["timer", "time", "stopped", "mean", "median", "p90", "p99"], rows, numbers_from=2)


def _lateness(data: ReportData) -> Iterator[str]:
    yield from _heading("How late breaches were")
    yield "Business time after the due of breached cycles that ended, whatever ended them; open ones are not in it."
    yield ""
    rows = []
    for timer in data.timers:
        found = data.over_time.total.timers[timer]
        counts = [*(one.count for one in found.lateness), found.overdue.count]
        spread = map(figures.hours, (found.overdue.median_us, found.overdue.p90_us))
        rows.append([_text(figures.words(timer)), *map(figures.count, counts), *spread])
    yield from _table(["timer", *lateness_ranges(data), "all", "median", "p90"], rows, numbers_from=1)


def _held(data: ReportData) -> Iterator[str]:
    yield from _heading("How long tickets were held")
    yield "One duration for each stretch with one agent and team, in business time; time resolved is not counted."
    yield ""
    rows = []
    for group in data.teams.groups:
        held = group.tickets.held
        row = [_text(team(group.key)), figures.count(held.working_business_time.count)]
        for spread in (held.working_business_time, held.waiting_business_time):
            row += map(figures.hours, (spread.mean_us, spread.median_us, spread.p90_us))
        rows.append(row)
    headings = ["team", "holdings", "working: mean", "median", "p90", "waiting: mean", "median", "p90"]
    yield from _table(headings, rows, numbers_from=1)


def _budgets(data: ReportData) -> Iterator[str]:
    yield from _heading("Error budget")
    rows = []
    for budget in data.budgets:
        source = "stated in the policy" if budget.stated else "assumed"
        counts = (budget.decided, budget.allowed, budget.breached, budget.allowed - budget.breached)
        share = figures.objective(budget.objective_millionths)
        rows.append([_text(figures.words(budget.timer)), share, source, *map(figures.count, counts)])
    yield from _table(
        ["timer", "objective", "", "decided", "breaches allowed", "happened", "left"], rows, numbers_from=3
    )


def _agents(data: ReportData) -> Iterator[str]:
    yield from _heading("Agents")
    headings = ["agent", "tickets", "replies", "escalations", "score"]
    headings += [f"{_text(figures.words(timer))}: compliance of decided" for timer in data.timers]
    rows = []
    for agent in data.agents[:_SHOWN_AGENTS]:
        counts = (agent.handled, agent.replies, agent.escalations_received)
        row = [_text(agent.agent), *map(figures.count, counts), figures.points(agent.score_millionths)]
        for timer in data.timers:
            found = agent.timers.get(timer)
            share = figures.percent(found.compliance_millionths if found else None)
            row.append(f"{share} of {figures.count(found.decided if found else 0)}")
        rows.append(row)
    yield from _table(headings, rows, numbers_from=1)
    if len(data.agents) > _SHOWN_AGENTS:
        yield f"And {figures.count(len(data.agents) - _SHOWN_AGENTS)} others, who worked on fewer tickets."
        yield ""


def _worst(data: ReportData) -> Iterator[str]:
    yield from _heading("The worst promises, and why")
    if not data.worst:
        yield "No promise was broken."
        yield ""
    for promise in data.worst:
        found = derive(promise)
        still = "" if promise.answered else ", still open"
        yield (
            f"### {_text(promise.ticket)}: {_text(figures.words(promise.timer))} overdue "
            f"{figures.hours(promise.overdue_us)}{still}"
        )
        yield ""
        yield _text(found.told)
        yield ""
        rows = ([row.start, row.end, _text(row.why), row.counted, row.used] for row in found.rows)
        yield from _table(["from", "to", "time is", "counted", "used"], rows, numbers_from=3)
        if found.later:
            yield _text(found.later)
            yield ""


def _what_if(compared: Compared, data: ReportData) -> Iterator[str]:
    yield from _heading("What if")
    comparison = compared.comparison
    flipped = figures.counted(comparison.flipped_tickets, "ticket")
    yield (
        f"The same tickets under {_text(compared.candidate)}: promises of {flipped} of "
        f"{figures.count(comparison.tickets)} would end differently."
    )
    yield ""
    packages = named(data.package_names)
    rows = []
    for promise in comparison.promises:
        row = [_text(packages(promise.package)), _text(figures.words(promise.timer))]
        for side in (promise.before, promise.after):
            row += [figures.percent(side.compliance_millionths), figures.count(side.met), figures.count(side.breached)]
        rows.append([*row, figures.count(promise.flips)])
    headings = ["package", "timer", "compliance now", "met", "breached", "compliance then", "met", "breached"]
    yield from _table([*headings, "end differently"], rows, numbers_from=2)
    for gone in comparison.left_out:
        unknown = _text(left_out(gone))
        left = figures.counted(gone.tickets, "ticket")
        yield f"Left out, because the other policy does not know {unknown}: {left}."
        yield ""
    for flip in compared.flips[:_SHOWN_FLIPS]:
        yield f"- {_text(flip.text)}"
    if len(compared.flips) > _SHOWN_FLIPS:
        yield f"- and {figures.count(len(compared.flips) - _SHOWN_FLIPS)} more"
    if compared.flips:
        yield ""


def _refused(data: ReportData) -> Iterator[str]:
    yield from _heading("Rows not taken over")
    if not data.refused:
        yield "Every row was taken over."
    else:
        yield from _table(["rows", "reason"], ([str(count), _text(reason)] for reason, count in reasons(data)))
        place = data.source.place
        rows = ([str(row.line), _text(row.ticket), _text(row.message)] for row in data.refused)
        yield from _table([place, "ticket", "reason"], rows)
    if data.source.later_rows:
        later = figures.counted(data.source.later_rows, "row")
        yield f"After {figures.instant(data.as_of)}, and not read: {later}."


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int | None = None) -> Iterator[str]:
    right = len(headings) if numbers_from is None else numbers_from
    yield _row(headings)
    yield _row(["---" if place < right else "---:" for place in range(len(headings))])
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(written: str) -> str:
    # Entities, because not every reader of Markdown takes a backslash before an angle bracket.
    return _SPECIAL.sub(r"\\\1", escape(figures.plain(" ".join(written.split())), quote=False))
