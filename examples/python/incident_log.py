"""The sample log of states as a table that the engine reads with ``states=STATES``.

python incident_log.py ../data/incident-events.csv incidents.parquet
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

MAPPING = tomllib.loads((Path(__file__).parent / "incident-log.toml").read_text())
"""What columns, channels and states of the log mean; the command line reads the same file."""
STATES = MAPPING["states"]


def read(path: str) -> pa.Table:
    """Return the log at a path, sorted by ticket and time."""
    ours = {theirs: ours for ours, theirs in MAPPING["columns"].items()}
    texts = {name: pa.string() for name in ("ticket_id", "state", "priority", "channel", "team", "actor")}
    instants = {name: pa.timestamp("us") for name in ("event_at", "opened_at")}
    options = pyarrow.csv.ConvertOptions(
        column_types={**texts, **instants, "seq": pa.int64()},
        include_columns=[*texts, *instants, "seq"],
        strings_can_be_null=True,
    )
    table = pyarrow.csv.read_csv(path, convert_options=options)
    table = table.rename_columns([ours.get(name, name) for name in table.column_names])
    for name in instants:
        # The log says no zone, and its policy is in UTC.
        place = table.column_names.index(name)
        table = table.set_column(place, name, pc.assume_timezone(table[name], MAPPING["time_zone"]))
    channels = table["channel"].combine_chunks().dictionary_encode()
    words = [MAPPING["values"]["channel"].get(word, word) for word in channels.dictionary.to_pylist()]
    place = table.column_names.index("channel")
    table = table.set_column(place, "channel", pa.array(words).take(channels.indices))
    for name, value in MAPPING["constants"].items():
        table = table.append_column(name, pa.repeat(value, len(table)))
    # Refused rows are named by their line; the heading is the first.
    table = table.append_column("row_number", pa.array(range(2, len(table) + 2), pa.int64()))
    return table.sort_by([("ticket_id", "ascending"), ("event_at", "ascending"), ("sequence", "ascending")])


if __name__ == "__main__":
    pq.write_table(read(sys.argv[1]), sys.argv[2])
