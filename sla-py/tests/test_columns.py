"""Columns: every producer in and out, every layout, every unit; and what is wrong with some."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import nanoarrow as na
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from desk import EPOCH, HOUR_US, engine, fault, instant, late, micros, monday, office
from sla_engine import Aggregate, Calendar, Column, HorizonError, InputError, Table, UnknownNameError, Zones
from tables import COLUMNS, TABLES, Array, Stream

NINE = micros(monday())
HOUR = timedelta(hours=1)
UTC_US = pa.timestamp("us", "UTC")

# Calendars

STARTS = [monday(0), monday(2.5), None, monday(-30), monday(100)]
LENGTHS = [HOUR, timedelta(hours=4), HOUR, None, timedelta(microseconds=1)]
ENDS = [monday(1), monday(20), monday(3), monday(-30), None]
DUE = [
    None if start is None or length is None else office().add(start, length)
    for start, length in zip(STARTS, LENGTHS, strict=True)
]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_every_library_are_read(name: str) -> None:
    make = COLUMNS[name]
    starts, ends = make(pa.array(STARTS, UTC_US)), make(pa.array(ENDS, UTC_US))
    lengths = make(pa.array(LENGTHS, pa.duration("us")))
    asked = list(zip(STARTS, LENGTHS, ENDS, strict=True))

    def each(ask: Any, *places: int) -> list[Any]:
        rows = [[row[place] for place in places] for row in asked]
        return [None if None in row else ask(*row) for row in rows]

    for found, expected in [
        (office().add_column(starts, lengths), DUE),
        (office().subtract_column(ends, lengths), each(office().subtract, 2, 1)),
        (office().elapsed_column(starts, ends), each(office().elapsed, 0, 2)),
        (office().is_open_column(starts), each(office().is_open, 0)),
        (office().next_open_column(starts), each(office().next_open, 0)),
        (office().next_close_column(ends), each(office().next_close, 2)),
        (office().add_column(starts, HOUR), each(lambda start: office().add(start, HOUR), 0)),
        (office().add_column(monday(), lengths), each(lambda length: office().add(monday(), length), 1)),
        (office().elapsed_column(monday(-100), ends), each(lambda end: office().elapsed(monday(-100), end), 2)),
    ]:
        assert found.to_pylist() == expected
        assert (len(found), found.null_count) == (len(expected), expected.count(None))


def test_columns_are_given_to_every_library() -> None:
    due = office().add_column(pa.array(STARTS, UTC_US), pa.array(LENGTHS, pa.duration("us")))
    assert pa.array(due).type == UTC_US
    assert pa.array(due).to_pylist() == due.to_pyarrow().to_pylist() == DUE
    assert pl.Series(due).to_list() == due.to_polars().to_list() == DUE
    assert due.to_polars().name == "due_at"
    for series in (pd.Series.from_arrow(due), due.to_pandas()):
        assert [None if at is pd.NaT else at.to_pydatetime() for at in series] == DUE
    assert na.Array(due).to_pylist() == DUE
    answers = pa.table(
        {"due_at": due, "is_open": office().is_open_column(due), "left": office().elapsed_column(monday(-100), due)}
    )
    assert [field.type for field in answers.schema] == [UTC_US, pa.bool_(), pa.duration("us")]
    assert duckdb.sql("SELECT count(due_at), count(is_open) FROM answers").fetchall() == [(3, 3)]
    assert repr(due) == '<Column of Timestamp(µs, "UTC"), 5 rows>'
    assert due.type == 'Timestamp(µs, "UTC")'
    # A column is an argument in its turn, and may be asked for as often as one likes.
    assert office().add_column(due, HOUR).to_pylist() == office().add_column(pa.array(DUE, UTC_US), HOUR).to_pylist()
    assert pa.array(due) == pa.array(due)
    assert due.__arrow_c_array__(None) is not None


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Asia/Jakarta", "+07:00"])
def test_every_unit_and_zone_of_instants_is_read(unit: str, zone: str) -> None:
    starts = pa.array(STARTS, pa.timestamp(unit, zone))
    assert (
        office().add_column(starts, HOUR).to_pylist() == office().add_column(pa.array(STARTS, UTC_US), HOUR).to_pylist()
    )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_unit_of_lengths_is_read(unit: str) -> None:
    lengths = pa.array([HOUR, None, timedelta(0)], pa.duration(unit))
    assert office().add_column(monday(), lengths).to_pylist() == [monday(1), None, monday()]


def test_integers_are_microseconds() -> None:
    starts = pa.array([None if at is None else micros(at) for at in STARTS], pa.int64())
    lengths = pa.array(
        [None if length is None else length // timedelta(microseconds=1) for length in LENGTHS], pa.int64()
    )
    assert office().add_column(starts, lengths).to_pylist() == DUE


def test_nanoseconds_are_cut_towards_the_past() -> None:
    always = Calendar({"time_zone": "UTC", "always_open": True})
    at = pa.array([1_999, 1_000, 999, 0], pa.timestamp("ns", "UTC"))
    assert pa.array(always.next_open_column(at)).cast(pa.int64()).to_pylist() == [1, 1, 0, 0]
    before = pa.array([-1], pa.timestamp("ns", "UTC"))
    fault(HorizonError, "out_of_horizon", always.next_open_column, before)
    lengths = pa.array([1_999, 999], pa.duration("ns"))
    assert pa.array(always.add_column(EPOCH, lengths)).cast(pa.int64()).to_pylist() == [1, 0]
    fault(InputError, "invalid_duration", always.add_column, EPOCH, pa.array([-1], pa.duration("ns")))


@pytest.mark.parametrize("value", [2**62, -(2**62), 2**63 - 1])
@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_instants_that_do_not_fit_lie_outside(value: int, unit: str) -> None:
    at = pa.array([value], pa.timestamp(unit, "UTC"))
    fault(HorizonError, "out_of_horizon", office().next_open_column, at)
    assert office().next_open_column(at, on_fault="null").to_pylist() == [None]
    fault(
        InputError if value < 0 else HorizonError,
        None,
        office().add_column,
        monday(),
        pa.array([value], pa.duration(unit)),
    )


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.timestamp("s"), pa.timestamp("ns")])
def test_instants_without_zone_are_refused_with_the_remedy(kind: pa.DataType) -> None:
    error = fault(InputError, "naive_datetime", office().is_open_column, pa.array([monday()], kind))
    assert "convert the column" in error.help


WRONG = [
    pa.float64(), pa.bool_(), pa.date32(), pa.time64("us"), pa.binary(), pa.decimal128(20, 0), pa.list_(pa.int64()),
    pa.int32(), pa.uint64(), pa.string(), pa.month_day_nano_interval(), pa.dictionary(pa.int8(), pa.int64()),
    pa.struct([("at", pa.int64())]), pa.float16(),
]  # fmt: skip


@pytest.mark.parametrize("kind", WRONG, ids=str)
def test_columns_of_other_types_are_refused(kind: pa.DataType) -> None:
    column = pa.nulls(3, kind)
    for ask in (office().is_open_column, office().next_open_column, lambda at: office().add_column(at, HOUR)):
        assert "not instants" in str(fault(InputError, "wrong_type", ask, column))
    assert "not lengths" in str(fault(InputError, "wrong_type", office().add_column, monday(), column))
    fault(
        InputError, "wrong_type", office().elapsed_column, pa.array(STARTS, UTC_US)[:3], pa.nulls(3, pa.duration("us"))
    )


@pytest.mark.parametrize(
    "nothing",
    [
        pa.array([], UTC_US),
        pa.chunked_array([], UTC_US),
        pa.chunked_array([pa.array([], UTC_US)] * 3),
        pl.Series([], dtype=pl.Datetime("us", "UTC")),
        pa.array([], pa.int64()),
        pa.array([], pa.null()),
    ],
    # Representations hold addresses, by which the processes of a run would know the same test by different names.
    ids=["array", "no_chunk", "empty_chunks", "polars", "int64", "null"],
)
def test_a_column_without_rows_has_an_answer_without_rows(nothing: Any) -> None:
    for found in (
        office().is_open_column(nothing),
        office().add_column(nothing, HOUR),
        office().elapsed_column(nothing, nothing),
    ):
        assert found.to_pylist() == []


def test_a_column_of_nothing_has_no_answers() -> None:
    nothing = pa.nulls(3)
    for found in (
        office().is_open_column(nothing),
        office().add_column(nothing, nothing),
        office().elapsed_column(nothing, monday()),
    ):
        assert found.to_pylist() == [None] * 3


def test_two_columns_need_not_be_in_the_same_chunks() -> None:
    starts = [monday(number / 7) for number in range(40)]
    lengths = [timedelta(minutes=number % 11 * 13) for number in range(40)]
    expected = [office().add(start, length) for start, length in zip(starts, lengths, strict=True)]

    def cut(values: list[Any], kind: pa.DataType, *places: int) -> pa.ChunkedArray:
        edges = [0, *places, len(values)]
        return pa.chunked_array([pa.array(values[one:other], kind) for one, other in pairwise(edges)])

    for one in ((), (7,), (0, 0, 13, 13), (1, 2, 3, 39, 40)):
        for other in ((), (8,), (1, 13, 20)):
            found = office().add_column(cut(starts, UTC_US, *one), cut(lengths, pa.duration("us"), *other))
            assert found.to_pylist() == expected


def test_rows_without_answer_raise_or_have_none() -> None:
    starts = pa.chunked_array([[NINE, None, NINE], [-1, NINE, 2**62]], pa.int64())
    lengths = pa.array([HOUR_US, 1, HOUR_US, 1, -1, 1])
    error = fault(HorizonError, "out_of_horizon", office().add_column, starts, lengths)
    assert error.message.startswith("row 3 has no answer")
    assert 'on_fault="null"' in error.help
    assert office().add_column(starts, lengths, on_fault="null").to_pylist() == [
        monday(1),
        None,
        monday(1),
        None,
        None,
        None,
    ]
    error = fault(InputError, "invalid_duration", office().add_column, starts[4:5], lengths[4:5])
    assert error.message.startswith("row 0 has no answer")
    fault(InputError, "end_before_start", office().elapsed_column, pa.array([NINE, NINE]), pa.array([NINE, NINE - 1]))
    fault(InputError, "unknown_word", office().is_open_column, starts, on_fault="ignore")
    fault(InputError, "unknown_word", office().is_open_column, starts, on_fault=None)


def test_arguments_that_do_not_go_together() -> None:
    fault(InputError, "out_of_range", office().add_column, pa.array([NINE, NINE]), pa.array([1]))
    fault(InputError, "out_of_range", office().elapsed_column, pa.array([NINE]), pa.array([], pa.int64()))
    with pytest.raises(TypeError, match="at least one column"):
        office().add_column(monday(), HOUR)
    with pytest.raises(TypeError, match="at least one column"):
        office().elapsed_column(monday(), monday())
    fault(InputError, "naive_datetime", office().add_column, datetime(2026, 3, 2), pa.array([1]))
    for wrong in (None, 7, "2026", [monday()], pa.int64(), pl.LazyFrame()):
        with pytest.raises(TypeError, match="has neither `__arrow_c_array__` nor `__arrow_c_stream__`"):
            office().is_open_column(wrong)
    fault(InputError, "wrong_type", office().is_open_column, pa.table({"at": [NINE]}))


def test_long_columns_are_answered_whole() -> None:
    rows = 600_000
    starts = pa.array(range(NINE, NINE + rows * 60_000_000, 60_000_000), pa.int64())
    found = pa.array(office().add_column(starts, HOUR)).cast(pa.int64()).to_pylist()
    for place in (0, 1, 262_143, 262_144, 262_145, 524_288, rows - 1):
        assert found[place] == office().add_us(NINE + place * 60_000_000, HOUR_US)
    with_fault = pa.chunked_array([starts, pa.array([-1])])
    assert fault(HorizonError, None, office().next_open_column, with_fault).message.startswith(
        f"row {rows} has no answer"
    )


# Hostile shapes


class Wrong:
    """Answers the protocol with what it was given."""

    def __init__(self, array: Any = None, stream: Any = None) -> None:
        if array is not None:
            self.__arrow_c_array__ = lambda requested_schema=None: array
        if stream is not None:
            self.__arrow_c_stream__ = lambda requested_schema=None: stream


def test_capsules_are_taken_once() -> None:
    array = Wrong(array=pa.array([NINE]).__arrow_c_array__())
    stream = Wrong(stream=pa.chunked_array([[NINE]]).__arrow_c_stream__())
    for source in (array, stream):
        assert office().is_open_column(source).to_pylist() == [True]
        with pytest.raises(ValueError, match=r"taken before|already released"):
            office().is_open_column(source)
    # A reader of pyarrow says that there is no more.
    reader = wide().to_reader()
    assert [len(engine().evaluate_rows(reader, now=monday(8))) for _ in range(2)] == [4, 0]


def test_what_is_no_capsule_is_refused() -> None:
    schema, array = pa.array([NINE]).__arrow_c_array__()
    stream = pa.chunked_array([[NINE]]).__arrow_c_stream__()
    for wrong in (7, "capsule", (), (1, 2), (schema,), (array, schema), (schema, schema), schema, stream):
        with pytest.raises((TypeError, ValueError, IndexError)):
            office().is_open_column(Wrong(array=wrong))
    for wrong in (7, "capsule", (schema, array), schema, array):
        with pytest.raises((TypeError, ValueError)):
            office().is_open_column(Wrong(stream=wrong))


def test_a_producer_that_fails_says_so() -> None:
    class Failing:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise ZeroDivisionError("no data today")

    with pytest.raises(ZeroDivisionError, match="no data today"):
        office().is_open_column(Failing())

    def batches(second: Any) -> Any:
        yield pa.record_batch({"package": ["starter"]})
        if isinstance(second, Exception):
            raise second
        yield second

    for second in (RuntimeError("the disk is gone"), pa.record_batch({"package": [7]})):
        reader = pa.RecordBatchReader.from_batches(pa.schema({"package": pa.string()}), batches(second))
        with pytest.raises(ValueError, match="cannot be read"):
            engine().evaluate_rows(reader, now=monday(8))


def test_an_array_that_is_not_as_its_schema_says() -> None:
    schema, _ = pa.array(["a"]).__arrow_c_array__()
    _, array = pa.array([NINE]).__arrow_c_array__()
    with pytest.raises(ValueError, match="cannot be read"):
        office().is_open_column(Wrong(array=(schema, array)))


# Wide rows


def wide(**columns: Any) -> pa.Table:
    """Return four tickets; columns replace, add or, with None, leave out some."""
    found = {
        "ticket_id": pa.array(["a", "b", "c", "d"]),
        "package": pa.array(["starter", "starter", "enterprise", "professional"]),
        "channel": pa.array(["email", "chat", "whatsapp", "phone"]),
        "opened_at": pa.array([monday(), monday(5), monday(-20), monday(1)], UTC_US),
        "assigned_at": pa.array([monday(1), None, monday(-19.5), monday(1)], UTC_US),
        "first_reply_at": pa.array([monday(1), None, monday(-18.75), None], UTC_US),
        "resolved_at": pa.array([monday(3), None, monday(-1), monday(7)], UTC_US),
        **columns,
    }
    return pa.table({name: column for name, column in found.items() if column is not None})


NOW = monday(8)
EXPECTED = engine().evaluate_rows(wide(), now=NOW).to_pylist()


def test_wide_rows_say_where_promises_stand() -> None:
    table = engine().evaluate_rows(wide(), now=NOW)
    assert table.column_names == [
        "ticket_id",
        *(
            f"{timer}_{what}"
            for timer in ("first_response", "resolution")
            for what in ("due_at", "warn_at", "state", "elapsed", "overdue")
        ),
        "refused",
    ]
    assert [row["first_response_state"] for row in EXPECTED] == ["met", "running", "breached", "breached"]
    assert [row["resolution_state"] for row in EXPECTED] == ["met", "not_started", "breached", "met"]
    first = EXPECTED[0]
    assert (first["first_response_due_at"], first["first_response_warn_at"]) == (monday(5), monday(4.2))
    assert (first["first_response_elapsed"], first["first_response_overdue"]) == (HOUR, timedelta(0))
    assert EXPECTED[2]["first_response_overdue"] == timedelta(minutes=15)
    assert [row["refused"] for row in EXPECTED] == [None] * 4
    assert len(table) == 4
    assert repr(table).startswith("<Table of 4 rows: ticket_id, first_response_due_at, ")
    only = engine().evaluate_rows(wide(ticket_id=None), now=NOW, timers=["resolution"])
    assert only.column_names == [
        "resolution_due_at",
        "resolution_warn_at",
        "resolution_state",
        "resolution_elapsed",
        "resolution_overdue",
        "refused",
    ]


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_every_library_are_read(name: str) -> None:
    make = TABLES[name]
    assert engine().evaluate_rows(make(wide()), now=NOW).to_pylist() == EXPECTED
    by = {"by": ["package", "channel"], "period": "day", "period_zone": "Asia/Jakarta"}
    assert engine().aggregate_rows(make(wide()), now=NOW, **by) == engine().aggregate_rows(wide(), now=NOW, **by)
    nothing = make(wide()[:0])
    assert engine().evaluate_rows(nothing, now=NOW).to_pylist() == []
    assert engine().aggregate_rows(make(wide()[:0]), now=NOW).report().groups == ()


def test_tables_are_given_to_every_library() -> None:
    table = engine().evaluate_rows(wide(), now=NOW)
    assert pa.table(table).to_pylist() == table.to_pyarrow().to_pylist() == EXPECTED
    assert pl.DataFrame(table).to_dicts() == table.to_polars().to_dicts() == EXPECTED
    assert (
        list(pd.DataFrame.from_arrow(table)["ticket_id"])
        == list(table.to_pandas()["ticket_id"])
        == ["a", "b", "c", "d"]
    )
    assert pa.record_batch(table).to_pylist() == EXPECTED
    assert na.ArrayStream(table).read_all().to_pylist() == EXPECTED
    answer = table  # duckdb finds it by its name
    assert duckdb.sql("SELECT ticket_id FROM answer WHERE resolution_state = 'breached'").fetchall() == [("c",)]
    assert isinstance(answer, Table)
    # Where there are several batches, a table is no record batch.
    several = engine().evaluate_rows(pa.Table.from_batches(wide().to_batches(max_chunksize=1)), now=NOW)
    assert pa.table(several).column(0).num_chunks == 4
    assert not hasattr(several, "__arrow_c_array__")
    assert hasattr(table, "__arrow_c_array__")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = table.nothing
    assert engine().evaluate_rows(wide(), now=NOW).to_pylist() == pa.table(table).to_pylist()


TEXTS = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    *(
        pa.dictionary(key, value)
        for key in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
        for value in (pa.string(), pa.large_string())
    ),
    pa.dictionary(pa.int8(), pa.string(), ordered=True),
]


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_every_layout_of_texts_is_read(kind: pa.DataType) -> None:
    def laid_out(values: list[str | None]) -> pa.Array:
        # Sliced, so that nothing begins at its buffers' first byte.
        return pa.array(["x" * 20, None, *values, "y"]).cast(kind)[2:-1]

    table = wide()
    columns = {name: laid_out(table[name].to_pylist()) for name in ("package", "channel")}
    assert engine().evaluate_rows(wide(**columns), now=NOW).to_pylist() == EXPECTED
    missing = {"package": laid_out(["starter", None, "enterprise", None])}
    found = engine().evaluate_rows(wide(**missing), now=NOW).to_pylist()
    assert [row["refused"] for row in found] == [None, "missing_field", None, "missing_field"]


def test_dictionaries_with_null_and_unused_values() -> None:
    column = pa.DictionaryArray.from_arrays(
        pa.array([2, 2, 0, 3], pa.int8()), pa.array(["enterprise", "unused", "starter", "professional", None])
    )
    assert engine().evaluate_rows(wide(package=column), now=NOW).to_pylist() == EXPECTED
    column = pa.DictionaryArray.from_arrays(
        pa.array([4, 2, None, 3], pa.int8()), pa.array(["enterprise", "unused", "starter", "professional", None])
    )
    found = engine().evaluate_rows(wide(package=column), now=NOW).to_pylist()
    assert [row["refused"] for row in found] == ["missing_field", None, "missing_field", None]


def test_dictionaries_whose_keys_lie_are_not_followed() -> None:
    for keys in ([0, 7, 0, 0], [0, -7, 0, 0]):
        lying = pa.DictionaryArray.from_arrays(pa.array(keys, pa.int8()), pa.array(["starter"]), safe=False)
        found = engine().evaluate_rows(wide(package=lying, channel=pa.array(["email"] * 4)), now=NOW).to_pylist()
        assert [row["refused"] for row in found] == [None, "missing_field", None, None]


def test_categories_of_polars_pandas_and_duckdb_are_read() -> None:
    frame = pl.DataFrame(wide())
    packages = pl.Enum(["professional", "enterprise", "starter"])
    for kind in (pl.Categorical, packages):
        assert engine().evaluate_rows(frame.with_columns(pl.col("package").cast(kind)), now=NOW).to_pylist() == EXPECTED
    assert (
        engine()
        .evaluate_rows(wide().to_pandas().astype({"package": "category", "channel": "category"}), now=NOW)
        .to_pylist()
        == EXPECTED
    )
    connection = duckdb.connect()
    connection.execute("CREATE TYPE package AS ENUM ('professional', 'enterprise', 'starter')")
    connection.execute("SET TimeZone = 'UTC'")
    tickets = wide()
    relation = connection.sql("SELECT * REPLACE (package::package AS package) FROM tickets ORDER BY ticket_id")
    assert engine().evaluate_rows(relation, now=NOW).to_pylist() == EXPECTED
    assert len(tickets) == 4


IDS = [
    pa.array([1, 2, 3, None], pa.int8()),
    pa.array([2**64 - 1, 2, 3, None], pa.uint64()),
    pa.array(["a", None, "b", "a"], pa.string_view()),
    pa.array(["a", None, "b", "a"]).dictionary_encode(),
    pa.array([1.5, 2, 3, None], pa.float64()),
    pa.array([[1], [], None, [2]]),
    pa.nulls(4),
]


@pytest.mark.parametrize("ids", IDS, ids=lambda ids: str(ids.type))
def test_ticket_ids_come_back_as_they_were(ids: pa.Array) -> None:
    found = engine().evaluate_rows(wide(ticket_id=ids), now=NOW).to_pyarrow()
    assert found["ticket_id"].type == ids.type
    assert found["ticket_id"].to_pylist() == ids.to_pylist()


def test_timestamps_without_zone_are_local_times_of_the_zone_that_is_named() -> None:
    naive = {}
    for name in ("opened_at", "assigned_at", "first_reply_at", "resolved_at"):
        local = [
            None if at is None else (at + timedelta(hours=7)).replace(tzinfo=None) for at in wide()[name].to_pylist()
        ]
        naive[name] = pa.array(local, pa.timestamp("ms"))
    assert "time_zone=" in fault(InputError, "naive_datetime", engine().evaluate_rows, wide(**naive), now=NOW).help
    assert engine().evaluate_rows(wide(**naive), now=NOW, time_zone="Asia/Jakarta").to_pylist() == EXPECTED
    fault(InputError, "unknown_time_zone", engine().evaluate_rows, wide(**naive), now=NOW, time_zone="Asia/Nowhere")
    # Those with a zone stay what they are.
    assert engine().evaluate_rows(wide(), now=NOW, time_zone="Europe/Berlin").to_pylist() == EXPECTED


def test_local_times_that_clocks_show_twice_or_never() -> None:
    """The earlier of two; a time that is skipped as if the clocks had not been put forward."""
    local = [
        datetime(2026, 10, 25, 2, 30),
        datetime(2026, 3, 29, 2, 30),
        datetime(2026, 3, 29, 1, 59, 59),
        datetime(2026, 3, 29, 3),
    ]
    utc = ["2026-10-25T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"]
    nothing = dict.fromkeys(("assigned_at", "first_reply_at", "resolved_at"))
    rows = {"package": pa.array(["enterprise"] * 4), "channel": pa.array(["email"] * 4), **nothing}
    now = datetime(2027, 1, 1, tzinfo=UTC)
    found = engine().evaluate_rows(wide(opened_at=pa.array(local), **rows), now=now, time_zone="Europe/Berlin")
    expected = engine().evaluate_rows(
        wide(opened_at=pa.array([datetime.fromisoformat(at) for at in utc]), **rows), now=now
    )
    assert found.to_pylist() == expected.to_pylist()


def test_local_times_become_instants_row_by_row() -> None:
    zone = Zones().zone("Europe/Berlin")
    # Put forward on 2026-03-29, back on 2026-10-25.
    shown = [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), None, datetime(1970, 1, 1)]
    for unit in ("s", "us", "ns"):
        found = zone.instant_column(pa.chunked_array([shown[:1], shown[1:]], pa.timestamp(unit)))
        assert found.to_pylist() == [None if local is None else zone.instant(local) for local in shown]
    assert len(zone.instant_column(pa.nulls(0, pa.timestamp("us")))) == 0
    fault(InputError, "wrong_type", zone.instant_column, pa.array(["2026-03-29T02:30:00"]))


def test_many_tickets_are_evaluated_into_columns() -> None:
    histories = [late("T-1"), late("T-2", hours=1), late("T-3", hours=30)]
    now = monday(100)
    table = engine().evaluate_tickets(iter(histories), now=now).to_pyarrow()
    expected = []
    for history in histories:
        evaluation = engine().evaluate(history, now=now)
        for timer, found in evaluation.timers.items():
            for cycle in found.cycles:
                lengths = (cycle.target_us, cycle.elapsed_us, cycle.remaining_us, cycle.overdue_us)
                instants = (cycle.started_at, cycle.due_at, cycle.breached_at, cycle.stopped_at)
                words = (timer, cycle.outcome, cycle.activity)
                ticket = (history.ticket.id, history.ticket.package, evaluation.status, history.ticket.agent)
                expected.append((*ticket, *words, cycle.number, *instants, *lengths, cycle.provisional))
    for name in ("target", "elapsed", "remaining", "overdue"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.int64()))
    assert [tuple(row.values()) for row in table.to_pylist()] == expected
    assert engine().evaluate_tickets([], now=now).to_pyarrow().num_rows == 0
    fault(InputError, "time_went_back", engine().evaluate_tickets, histories, now=monday())


def test_columns_have_other_names_and_constants() -> None:
    theirs = wide().rename_columns(["number", "plan", "via", "created", "taken", "answered", "solved"])
    names = {
        "ticket_id": "number", "package": "plan", "channel": "via", "opened_at": "created",
        "assigned_at": "taken", "first_reply_at": "answered", "resolved_at": "solved",
    }  # fmt: skip
    assert engine().evaluate_rows(theirs, now=NOW, columns=names).to_pylist() == EXPECTED
    without = wide(channel=None, package=None)
    constants = {"package": "enterprise", "channel": "email"}
    filled = wide(package=pa.array(["enterprise"] * 4), channel=pa.array(["email"] * 4))
    assert (
        engine().evaluate_rows(without, now=NOW, constants=constants).to_pylist()
        == engine().evaluate_rows(filled, now=NOW).to_pylist()
    )
    # Two that say the same thing may contradict each other.
    for ask in (engine().evaluate_rows, engine().aggregate_rows):
        fault(InputError, "conflicting_fields", ask, wide(), now=NOW, constants={"package": "enterprise"})


REFUSED = {
    "unknown_package": {"package": "gold"},
    "unknown_channel": {"channel": "fax"},
    "unknown_channel ": {"channel": "whatsapp"},
    "unknown_severity": {"severity": "high"},
    "unknown_category": {"category": "billing"},
    "missing_field": {"package": None},
    "missing_field ": {"channel": None},
    "missing_field  ": {"opened_at": None},
    "end_before_start": {"resolved_at": monday(-1)},
    "end_before_start ": {"assigned_at": monday(-1)},
    "time_went_back": {"opened_at": monday(9)},
    "time_went_back ": {"first_reply_at": monday(9)},
    "out_of_horizon": {"opened_at": instant(-1)},
    "invalid_id": {"package": ""},
}


def test_rows_that_cannot_be_judged_say_why_and_the_others_count() -> None:
    fine = {"ticket_id": "x", "package": "starter", "channel": "email", "opened_at": monday()}
    rows = [fine, *({**fine, **change} for change in REFUSED.values()), fine]
    names = ["ticket_id", "package", "channel", "severity", "category"]
    schema = pa.schema(
        [(name, pa.string()) for name in names]
        + [(name, UTC_US) for name in ("opened_at", "assigned_at", "first_reply_at", "resolved_at")]
    )
    table = pa.Table.from_pylist(rows, schema)
    found = engine().evaluate_rows(table, now=NOW).to_pylist()
    assert [row["refused"] for row in found] == [None, *(code.strip() for code in REFUSED), None]
    for row in found[1:-1]:
        assert {value for name, value in row.items() if name not in ("ticket_id", "refused")} == {None}
    total = engine().aggregate_rows(table, now=NOW).report().total
    assert total.tickets.opened == 2


def test_tables_that_lack_what_is_needed_say_what() -> None:
    for name in ("package", "channel", "opened_at"):
        error = fault(InputError, "missing_field", engine().evaluate_rows, wide(**{name: None}), now=NOW)
        assert f"no column `{name}`" in error.message
        assert f'columns={{"{name}": ...}}' in error.help
    calls = [
        ("missing_field", {"columns": {"package": "plan"}}),
        ("missing_field", {"columns": {"severity": "urgency"}}),
        ("unknown_field", {"columns": {"plan": "package"}}),
        ("unknown_field", {"constants": {"plan": "starter"}}),
    ]
    for code, named in calls:
        fault(InputError, code, engine().evaluate_rows, wide(), now=NOW, **named)
        fault(InputError, code, engine().aggregate_rows, wide(), now=NOW, **named)
    for timer in ("next_response", "update", "lunch"):
        fault(UnknownNameError, "unknown_timer", engine().evaluate_rows, wide(), now=NOW, timers=[timer])
    for named in (
        {"timers": "resolution"},
        {"by": "package"},
        {"columns": ["package"]},
        {"constants": {"package": 7}},
        {"time_zone": 7},
    ):
        with pytest.raises(TypeError):
            engine().aggregate_rows(wide(), now=NOW, **named)
    for named in ({"by": ["floor"]}, {"period": "year"}):
        fault(InputError, "unknown_word", engine().aggregate_rows, wide(), now=NOW, **named)
    fault(
        InputError, "unknown_time_zone", engine().aggregate_rows, wide(), now=NOW, period="day", period_zone="Nowhere"
    )


@pytest.mark.parametrize("name", ["package", "channel", "severity", "opened_at", "resolved_at"])
@pytest.mark.parametrize(
    "kind",
    [pa.float64(), pa.bool_(), pa.binary(), pa.date32(), pa.list_(pa.string()), pa.struct([("a", pa.string())])],
    ids=str,
)
def test_columns_of_a_table_in_other_types_are_refused(name: str, kind: pa.DataType) -> None:
    error = fault(InputError, "wrong_type", engine().evaluate_rows, wide(**{name: pa.nulls(4, kind)}), now=NOW)
    assert f"column `{name}` holds" in error.message
    assert error.help


def test_columns_of_nothing_are_columns_without_values() -> None:
    nothing = {"severity": pa.nulls(4), "assigned_at": pa.nulls(4), "category": pa.nulls(4, pa.string())}
    expected = engine().evaluate_rows(wide(assigned_at=None), now=NOW).to_pylist()
    assert engine().evaluate_rows(wide(**nothing), now=NOW).to_pylist() == expected


def test_what_is_no_table_is_refused() -> None:
    for wrong in (
        pa.array([1]),
        pl.Series([1]),
        Array(pa.array(["a"])),
        Stream(pa.chunked_array([[1]])),
        office().is_open_column(pa.array([NINE])),
    ):
        for ask in (engine().evaluate_rows, engine().aggregate_rows, engine().evaluate_log, engine().aggregate_log):
            fault(InputError, "wrong_type", ask, wrong, now=NOW)
        fault(InputError, "wrong_type", engine().import_log, wrong)
    row = {"package": "starter", "channel": "email", "opened_at": NINE}
    fault(InputError, "missing_field", engine().evaluate_rows, pa.array([row, None]), now=NOW)
    twice = pa.Table.from_arrays(
        [pa.array(["starter"]), pa.array(["none"]), pa.array(["email"]), pa.array([NINE])],
        ["package", "package", "channel", "opened_at"],
    )
    assert engine().evaluate_rows(twice, now=NOW, timers=[]).to_pylist() == [{"refused": None}]
    assert isinstance(office().is_open_column(pa.array([NINE])), Column)


def test_columns_and_tables_pickle_by_way_of_pyarrow() -> None:
    desk = engine().calendar("office")
    starts = pa.array([monday(), None, monday()], pa.timestamp("us", "UTC"))
    column = desk.add_column(starts, timedelta(hours=1))
    again = pickle.loads(pickle.dumps(column))
    assert again.type == column.type
    assert again.to_pylist() == column.to_pylist()
    table = Aggregate.of(engine(), [], now=monday(), by=["package"]).rows()
    assert pickle.loads(pickle.dumps(table)).column_names == table.column_names
