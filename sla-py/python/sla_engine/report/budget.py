"""The burn-down of error budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sla_engine.documents import Report
from sla_engine.report.data import Budget, BudgetPoint

ASSUMED_MILLIONTHS = 950_000
"""The objective of a timer for which the policy states none."""

_WHOLE = 1_000_000


def budgets(over_time: Report, timers: Iterable[str], objectives: Mapping[str, int]) -> tuple[Budget, ...]:
    """Return the budget of each timer that decided anything.

    Args:
        over_time: Groups by period and nothing else, oldest first.
        timers: Which timers, in order.
        objectives: Shares of promises to be met, in millionths, by timer, as the policy states them.
    """
    found = (_budget(over_time, timer, objectives.get(timer)) for timer in timers)
    return tuple(budget for budget in found if budget is not None)


def _budget(over_time: Report, timer: str, stated: int | None) -> Budget | None:
    total = over_time.total.timers.get(timer)
    if total is None or not total.decided:
        return None
    objective = ASSUMED_MILLIONTHS if stated is None else stated
    allowed = total.decided * (_WHOLE - objective) // _WHOLE
    breached = decided = 0
    points = []
    for group in over_time.groups:
        figures = group.timers.get(timer)
        period, start = group.key.period, group.key.period_start
        if figures is None or not figures.decided or period is None or start is None:
            continue
        breached += figures.breached
        decided += figures.decided
        points.append(
            BudgetPoint(
                period=period,
                period_start=start,
                breached=figures.breached,
                decided=figures.decided,
                breached_so_far=breached,
                decided_so_far=decided,
                left=allowed - breached,
            )
        )
    return Budget(
        timer=timer,
        objective_millionths=objective,
        stated=stated is not None,
        decided=total.decided,
        breached=total.breached,
        allowed=allowed,
        points=tuple(points),
    )
