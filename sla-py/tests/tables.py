"""Columns and tables of every library that speaks Arrow, made of the same pyarrow data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import nanoarrow as na
import pandas as pd
import polars as pl
import pyarrow as pa


class Array:
    """A foreign library's column that is one array."""

    def __init__(self, array: pa.Array) -> None:
        self.array = array

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self.array.__arrow_c_array__(requested_schema)


class Stream:
    """A foreign library's column or table that is a stream."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.source.__arrow_c_stream__(requested_schema)


def _duckdb(table: pa.Table) -> Any:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection.from_arrow(table)


def _pandas_arrow(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(types_mapper=pd.ArrowDtype)


COLUMNS: dict[str, Callable[[pa.Array], Any]] = {
    "pyarrow array": lambda array: array,
    "pyarrow chunked array": lambda array: pa.chunked_array([array]),
    "pyarrow in three chunks": lambda array: pa.chunked_array([array[:1], array[1:1], array[1:]]),
    "pyarrow slice": lambda array: pa.concat_arrays([array[:3], array, array[:2]])[
        len(array[:3]) : len(array[:3]) + len(array)
    ],
    "polars series": pl.Series,
    "polars series in chunks": lambda array: pl.concat([pl.Series(array[:2]), pl.Series(array[2:])], rechunk=False),
    "pandas series": lambda array: array.to_pandas(),
    "pandas series of arrow": lambda array: pd.Series(array, dtype=pd.ArrowDtype(array.type)),
    "nanoarrow": na.Array,
    "another library's array": Array,
    "another library's stream": lambda array: Stream(pa.chunked_array([array])),
}

TABLES: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow table": lambda table: table,
    "pyarrow record batch": lambda table: table.combine_chunks().to_batches()[0] if len(table) else table,
    "pyarrow reader": lambda table: table.to_reader(),
    "pyarrow small batches": lambda table: pa.Table.from_batches(table.to_batches(max_chunksize=2), table.schema),
    "pyarrow slice": lambda table: pa.concat_tables([table, table]).combine_chunks()[len(table) :],
    "pyarrow struct array": lambda table: table.to_struct_array(),
    "polars": pl.DataFrame,
    "polars in chunks": lambda table: pl.concat([pl.DataFrame(table[:2]), pl.DataFrame(table[2:])], rechunk=False),
    "pandas": lambda table: table.to_pandas(),
    "pandas of arrow": _pandas_arrow,
    "duckdb relation": _duckdb,
    "nanoarrow stream": na.ArrayStream,
    "another library's stream": Stream,
}
