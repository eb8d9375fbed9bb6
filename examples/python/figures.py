"""How the examples print a report."""

from __future__ import annotations

from sla_engine import Report


def show(report: Report) -> None:
    """Print a line for each group and timer."""
    for group in (*report.groups, report.total):
        key = group.key
        said = (key.period, key.package, key.channel, key.agent, key.priority, key.severity, key.category)
        name = " ".join(part for part in said if part) or "all"
        print(f"{name}: {group.tickets.opened} opened, {group.tickets.resolved} resolved, {group.tickets.open} open")
        for timer, figures in group.timers.items():
            share = figures.compliance_millionths
            kept = (
                "nothing decided"
                if share is None
                else f"{figures.met} of {figures.decided} kept, {share / 10_000:.2f} %"
            )
            median = figures.business_time.median_us
            took = "" if median is None else f", half within {median / 3_600_000_000:.1f} business hours"
            print(f"    {timer}: {kept}{took}")
