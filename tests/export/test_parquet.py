"""Parquet files, read back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import decode
from pidgin_cli.export import parquet
from pidgin_cli.export.parquet import Batches, write_parquet
from pidgin_cli.tables.catalogue import EVENTS, MESSAGES, TABLES
from pidgin_cli.tables.streams import table_rows
from pidgin_cli.tables.table import Row

LOG = Path(__file__).parent.parent / "cases" / "views" / "complete" / "log.jsonl"
LINE = b'{"type":"a.happened","experiment_id":"exp_1","timestamp":1.5}'
ROW = next(table_rows(EVENTS, [decode(LINE)]))
TIME, DATA = map(EVENTS.column_names.index, ("timestamp", "data"))


def changed(column: int, value: Any) -> Row:
    return (*ROW[:column], value, *ROW[column + 1 :])


def rows_of(name: str) -> list[Row]:
    return list(table_rows(TABLES[name], map(decode, LOG.read_bytes().split(b"\n")[:-1])))


def as_read(table: Any) -> list[Row]:
    """Give the rows of a file as they were before it, with times as seconds."""
    columns = (
        [None if value is None else value / 1_000_000 for value in column.cast("int64").to_pylist()]
        if pa.types.is_timestamp(column.type)
        else column.to_pylist()
        for column in table.columns
    )
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("name", TABLES)
def test_rows_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    path, rows = tmp_path / "out.parquet", rows_of(name)
    write_parquet(rows, TABLES[name].columns, path)
    assert rows == as_read(pq.read_table(path))


def test_deltas_are_events_too(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet(rows_of("events"), EVENTS.columns, path)
    assert "response.streaming" in pq.read_table(path).column("type").to_pylist()


def test_times_are_utc_to_the_microsecond(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet([changed(TIME, 1234567890.123456)], EVENTS.columns, path)
    column = pq.read_table(path).column("timestamp")
    assert pa.timestamp("us", tz="UTC") == column.type
    assert [datetime(2009, 2, 13, 23, 31, 30, 123456, UTC)] == column.to_pylist()


def test_each_column_says_what_it_means(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet([], MESSAGES.columns, path)
    schema = pq.read_schema(path)
    meanings = {field.name: field.metadata[b"meaning"].decode() for field in schema}
    assert {column.name: column.meaning for column in MESSAGES.columns} == meanings


def test_no_rows_make_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet([], EVENTS.columns, path)
    assert pq.read_table(path).num_rows == 0


def test_many_rows_make_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    path = tmp_path / "out.parquet"
    write_parquet([changed(1, number) for number in range(25)], EVENTS.columns, path)
    file = pq.ParquetFile(path)
    groups = [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)]
    assert groups == [10, 10, 5]
    assert list(range(25)) == file.read().column("position").to_pylist()


def test_long_rows_make_small_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_CHARACTERS", 1000)
    path = tmp_path / "out.parquet"
    write_parquet([changed(DATA, "x" * 600)] * 4, EVENTS.columns, path)
    assert pq.ParquetFile(path).num_row_groups == 2


@pytest.mark.parametrize("sizes", [[25], [10, 10, 5], [3] * 9, [1] * 25, [24, 1], [12, 13]])
def test_groups_end_at_the_same_rows_whatever_the_batches_are(
    sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 7)
    monkeypatch.setattr(parquet, "GROUP_CHARACTERS", 1000)
    rows = [changed(DATA, "x" * (number * 37 % 400)) for number in range(27)]
    batches = Batches(EVENTS.columns)
    expected = b"".join(parquet.parquet(map(batches.of, [[row] for row in rows]), EVENTS.columns))
    left = iter(rows)
    cut = [rows for size in [*sizes, 27] if (rows := list(islice(left, size)))]
    assert expected == b"".join(parquet.parquet(map(batches.of, cut), EVENTS.columns))
    assert pq.ParquetFile(pa.BufferReader(expected)).num_row_groups > 4


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    before = os.umask(0)
    try:
        write_parquet([ROW], EVENTS.columns, path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_rows_that_break_off_leave_nothing_behind(tmp_path: Path) -> None:
    def breaking() -> Iterator[Row]:
        yield ROW
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parquet(breaking(), EVENTS.columns, tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists already"):
        write_parquet([ROW], EVENTS.columns, path)
    assert (b"mine", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"

    def slow() -> Iterator[Row]:
        yield ROW
        path.write_bytes(b"theirs")

    with pytest.raises(UsageError):
        write_parquet(slow(), EVENTS.columns, path)
    assert (b"theirs", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_file_may_be_replaced_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    path.write_bytes(b"old")
    write_parquet([ROW], EVENTS.columns, path, overwrite=True)
    assert pq.read_table(path).num_rows == 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "out.parquet"
    with pytest.raises(UsageError, match=r"there is no folder .*missing"):
        write_parquet([ROW], EVENTS.columns, path)
