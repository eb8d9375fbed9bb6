"""What a report says, without a log: formatting, buckets, budgets, derivations, and hostile names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import msgspec
import pytest
from sla_engine import InputError
from sla_engine import _written as written
from sla_engine import documents as doc
from sla_engine._core import format_duration, parse_duration, parse_share
from sla_engine.report import Format, ReportData, figures, render
from sla_engine.report.budget import budgets
from sla_engine.report.data import (
    Compared,
    Name,
    PolicyOf,
    RefusedLine,
    SourceOf,
    WorstPromise,
)
from sla_engine.report.derivation import derive
from sla_engine.report.distribution import distributions, lower_bound

HOUR_US = 3_600_000_000
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&|`"


@pytest.mark.parametrize(
    ("millionths", "text"),
    [(None, "none"), (0, "0.0 %"), (999, "0.0 %"), (905_818, "90.5 %"), (999_999, "99.9 %"), (1_000_000, "100.0 %")],
)
def test_percentages_are_rounded_down(millionths: int | None, text: str) -> None:
    assert figures.percent(millionths) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [(None, "none"), (0, "0:00 h"), (59_999_999, "0:00 h"), (60_000_000, "0:01 h"), (1_000 * HOUR_US, "1,000:00 h")],
)
def test_lengths_are_hours_and_minutes_rounded_down(micros: int | None, text: str) -> None:
    assert figures.hours(micros) == text


def test_objectives_keep_their_decimals() -> None:
    assert [figures.objective(share) for share in (950_000, 999_500, 999_999)] == ["95 %", "99.95 %", "99.9999 %"]


@pytest.mark.parametrize(
    ("text", "micros"), [("4h", 4 * HOUR_US), ("1h30m", 5_400_000_000), ("0.5s", 500_000), ("PT1H30M", 5_400_000_000)]
)
def test_durations_of_policies_are_read(text: str, micros: int) -> None:
    length = timedelta(microseconds=micros)
    assert parse_duration(text) == length
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize("text", ["", "h", "PT", "3d", "-1h", "1.5h", "1H30m", "pt1h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a business duration"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "millionths"), [("75%", 750_000), ("99.95%", 999_500), ("110%", 1_100_000)])
def test_shares_are_read(text: str, millionths: int) -> None:
    assert parse_share(text) == millionths


@pytest.mark.parametrize("text", ["75", "0.75", "75.12345%", "99.95 %", "-1%", "%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a share"):
        parse_share(text)


def test_of_several_objectives_of_a_timer_the_highest_counts() -> None:
    burn = [{"timer": "resolution", "objective": share} for share in ("90%", "99%", "95%")]
    assert written.objectives({"objectives": {"burn": burn}}) == {"resolution": 990_000}


@pytest.mark.parametrize(("bucket", "micros"), [(0, 0), (127, 127), (128, 128), (255, 255), (256, 256), (257, 258)])
def test_buckets_begin_where_the_engine_says(bucket: int, micros: int) -> None:
    assert lower_bound(bucket) == micros


def test_distributions_count_every_duration_once() -> None:
    rows = [
        {"timer": "resolution", "outcome": "business_time", "bucket": 128 * 26, "n": 3},
        {"timer": "resolution", "outcome": "business_time", "bucket": 128 * 40, "n": 2},
        {"timer": "resolution", "outcome": "wall_time", "bucket": 128 * 40, "n": 9},
        {"outcome": "opened", "bucket": 0, "n": 5},
    ]
    (spread,) = distributions(rows, ["resolution"])
    assert spread.count == 5
    assert sum(bar.count for bar in spread.bars) == 5
    assert spread.bars[-1].to_us is None


def test_a_budget_burns_down_by_breaches_and_says_whose_objective_it_is() -> None:
    over_time = report(("2026-W10", 8, 2), ("2026-W11", 9, 1), period=True)
    assumed, stated = (
        budgets(over_time, ["resolution"], {})[0],
        budgets(over_time, ["resolution"], {"resolution": 800_000})[0],
    )
    assert (assumed.objective_millionths, assumed.stated, assumed.allowed) == (950_000, False, 1)
    assert (stated.stated, stated.allowed) == (True, 4)
    assert [point.left for point in stated.points] == [2, 1]
    assert [point.left for point in assumed.points] == [-1, -2]


def test_a_derivation_shows_the_parts_up_to_the_due_and_sums_up_the_rest() -> None:
    found = derive(worst("T-1"))
    assert [row.why for row in found.rows] == ["counted", "paused (pending) by agent ana: waiting"]
    assert found.later == "Then 1 more parts until it stopped: overdue 1:00 h"
    assert found.due_permille == 666


def test_the_data_is_what_json_says() -> None:
    data = report_data()
    assert ReportData.from_json(render(data, "json")) == data


def test_hostile_names_are_inert_on_the_page() -> None:
    page = render(report_data(HOSTILE), "html")
    parser = Tags()
    parser.feed(page)
    assert "script" not in parser.tags
    assert not [name for name in parser.attributes if name.startswith("on")]
    assert "alert(1)" in parser.text
    assert "<script" not in page


def test_the_page_has_the_parts_of_an_accessible_page() -> None:
    page = render(report_data(), "html")
    parser = Tags()
    parser.feed(page)
    assert parser.tags.count("h1") == 1
    assert {"main", "header", "nav", "footer"} <= set(parser.tags)
    assert '<html lang="en">' in page
    assert parser.tags.count("table") == parser.tags.count("caption")
    assert parser.tags.count("svg") == page.count('role="img" viewBox') > 0
    assert parser.tags.count("svg") == parser.tags.count("desc")
    assert not re.search(r"<th(?![^>]*scope=)[ >]", page)


def test_the_page_points_nowhere() -> None:
    page = render(report_data(), "html")
    links = re.findall(r'(?:href|src|xlink:href)="([^"]*)"', page)
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page
    assert "url(" not in page
    assert "@import" not in page


def test_hostile_names_make_no_markup_in_markdown() -> None:
    text = render(report_data(HOSTILE), "md")
    assert "<script" not in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)\|", line)) for line in tables]
    starts = [place for place, line in enumerate(tables) if line.startswith("| ---")]
    for start, end in zip(starts, [*(place - 1 for place in starts[1:]), len(tables)], strict=True):
        assert len({*cells[start - 1 : end]}) == 1


def test_a_report_of_nothing_decided_has_no_compliance() -> None:
    empty = report(period=True)
    data = report_data(over_time=empty)
    formats: tuple[Format, ...] = ("html", "md")
    for format in formats:
        text = render(data, format)
        assert "none" in text
        assert "100.0 %" not in text


class Tags(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def durations(count: int) -> doc.Durations:
    some = HOUR_US if count else None
    return doc.Durations(count=count, mean_us=some, median_us=some, p90_us=some, p99_us=some)


def timer(met: int, breached: int) -> doc.TimerFigures:
    decided = met + breached
    return doc.TimerFigures(
        met=met,
        breached_answered=breached,
        breached_open=0,
        breached_ended=0,
        running=1,
        paused=0,
        cancelled_withdrawn=0,
        cancelled_voided=0,
        cancelled_duplicate=0,
        cancelled_closed=0,
        cancelled_handed_on=0,
        cancelled_inactivity=0,
        terms=0,
        unpromised=0,
        decided=decided,
        compliance_millionths=met * 1_000_000 // decided if decided else None,
        pauses=0,
        late_pauses=0,
        pauses_after_due=0,
        late_hand_overs=0,
        warnings=0,
        escalations=(doc.EscalationCount("breach", 1, breached),) if breached else (),
        business_time=durations(decided),
        wall_time=durations(decided),
        terms_business_time=durations(0),
        terms_wall_time=durations(0),
        unpromised_business_time=durations(0),
        unpromised_wall_time=durations(0),
        overdue=durations(breached),
        lateness=(doc.Lateness(None, breached),),
    )


def tickets(opened: int) -> doc.TicketFigures:
    return doc.TicketFigures(
        opened=opened,
        opened_outbound=0,
        resolved=opened,
        reopened=0,
        closed=0,
        withdrawn=0,
        voided=0,
        open=1,
        paused=0,
        active=1,
        replies=2,
        automatic_replies=0,
        received_late=0,
        handled=1,
        held=doc.HeldFigures(
            working_business_time=durations(0),
            working_wall_time=durations(0),
            waiting_business_time=durations(0),
            waiting_wall_time=durations(0),
        ),
        escalations=(),
        escalations_per_100_tickets_millionths=None,
        csat=doc.Csat(0, 0, (0, 0, 0, 0, 0), None, None),
    )


def group(key: doc.Key, met: int, breached: int) -> doc.ReportGroup:
    return doc.ReportGroup(key, tickets(met + breached), {"resolution": timer(met, breached)})


def report(*groups: tuple[str, int, int], period: bool = False, by: str | None = None) -> doc.Report:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    made = []
    for place, (name, met, breached) in enumerate(groups):
        if period:
            key = doc.Key(period=name, period_start=start + place * timedelta(weeks=1))
        else:
            key = msgspec.convert({by or "package": name}, doc.Key)
        made.append(group(key, met, breached))
    total = group(doc.Key(), sum(met for _, met, _ in groups), sum(breached for *_, breached in groups))
    unit = doc.Period("week", "Asia/Jakarta") if period else None
    return doc.Report(dimensions=(by,) if by else (), period=unit, as_of=NOW, groups=tuple(made), total=total)


def worst(ticket: str) -> WorstPromise:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    at = [start + timedelta(hours=hour) for hour in range(4)]
    cycle = doc.CycleEvaluation(
        number=1,
        outcome="breached",
        activity="stopped",
        class_="breached",
        cancelled_by=None,
        channel="email",
        used_us=2 * HOUR_US,
        started_at=at[0],
        stopped_at=at[3],
        target_us=HOUR_US,
        calendar="office",
        due_at=at[2],
        breached_at=at[2],
        resumed_due=None,
        elapsed_us=2 * HOUR_US,
        remaining_us=0,
        overdue_us=HOUR_US,
        used_share_millionths=2_000_000,
        provisional=False,
    )
    waiting = doc.Paused("pending", doc.Actor.agent("ana"), "waiting")
    passed = (
        doc.Segment(
            start=at[0], end=at[1], counted={}, counted_us=HOUR_US, elapsed_us=HOUR_US, used_us=HOUR_US, time_zone="UTC"
        ),
        doc.Segment(
            start=at[1], end=at[2], paused=waiting, counted_us=0, elapsed_us=HOUR_US, used_us=HOUR_US, time_zone="UTC"
        ),
        doc.Segment(
            start=at[2] + timedelta(seconds=1),
            end=at[3],
            counted={},
            counted_us=HOUR_US,
            elapsed_us=2 * HOUR_US,
            used_us=2 * HOUR_US,
            time_zone="UTC",
        ),
    )
    explanation = doc.Explanation(ticket, "resolution", NOW, "UTC", at[2], cycle, passed, (), (), "why")
    return WorstPromise(
        ticket=ticket,
        package="starter",
        timer="resolution",
        cycle=1,
        overdue_us=HOUR_US,
        answered=True,
        explanation=explanation,
    )


def report_data(name: str = "starter", over_time: doc.Report | None = None) -> ReportData:
    """A report in which everything that people name is called ``name``."""
    over_time = over_time or report(("2026-W10", 8, 2), ("2026-W12", 9, 1), period=True)
    outcomes = doc.Outcomes(8, 2, 0, 0, 0, 0, 800_000)
    promise = doc.ComparedPromise(name, "resolution", outcomes, outcomes, 1)
    left_out = doc.LeftOut(package=name, tickets=1)
    flip = doc.Flip(name, name, "resolution", 1, ("target",), None, None, f"{name} flips")
    agent = doc.AgentPerformance(
        agent=name,
        handled=2,
        replies=1,
        escalations_received=0,
        csat=tickets(0).csat,
        timers={"resolution": timer(1, 1)},
        components=(),
        score_millionths=None,
    )
    rows = [{"timer": "resolution", "outcome": "business_time", "bucket": 128 * 26, "n": 20}]
    return ReportData(
        teams=report((name, 8, 2), by="team"),
        policy=PolicyOf(id=name, version=1, policy_digest="0" * 64, rules_digest="1" * 64),
        source=SourceOf(name=name, rows=3, later_rows=1, place="line"),
        as_of=NOW,
        period=doc.Period("week", "Asia/Jakarta"),
        tickets=20,
        events=60,
        timers=("resolution",),
        package_names=(Name(name, name),),
        channel_names=(Name(name, name),),
        over_time=over_time,
        packages=report((name, 17, 3)),
        channels=report((name, 17, 3), by="channel"),
        severities=report((name, 17, 3), by="severity"),
        distributions=distributions(rows, ["resolution"]),
        budgets=budgets(over_time, ["resolution"], {}),
        agents=(agent,),
        worst=(worst(name),),
        what_if=Compared(
            candidate=name,
            comparison=doc.Comparison(20, 1, (promise,), (left_out,)),
            flips=(flip,),
        ),
        refused=(RefusedLine(line=2, ticket=name, code="wrong_status", message=name),),
    )
