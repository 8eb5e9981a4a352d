"""What is exported, read by those who compute with it: pyarrow, DuckDB, Polars, csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import polars
import pyarrow.dataset
import pyarrow.parquet
import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import decode
from pidgin_cli.export import partitions
from pidgin_cli.export.partitions import write_partitions
from pidgin_cli.export.tabular import TableFormat, tabular
from pidgin_cli.tables.catalogue import TABLES
from pidgin_cli.tables.streams import table_rows
from pidgin_cli.tables.table import Row, Table
from tests.views.logs import LOGS, log

START = datetime(1970, 1, 1, tzinfo=UTC)


def rows_of(table: Table, *names: str) -> list[Row]:
    lines = [line for name in names or LOGS for line in log(name).split(b"\n")[:-1]]
    return list(table_rows(table, map(decode, lines)))


def as_read(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Give rows as readers give them: with times that are times, in UTC."""
    times = [column.type == "time" for column in table.columns]
    return [
        tuple(
            START + timedelta(microseconds=round(value * 1e6))
            if time and value is not None
            else value
            for value, time in zip(row, times, strict=True)
        )
        for row in rows
    ]


def written(table: Table, form: TableFormat, path: Path) -> list[Row]:
    rows = rows_of(table)
    path.write_bytes(b"".join(tabular(rows, table.columns, form)))
    return as_read(table, rows)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_table_comes_back_from_each_reader_of_parquet(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    rows = written(table, "parquet", path)
    arrow = pyarrow.parquet.read_table(path)
    assert rows == list(zip(*(column.to_pylist() for column in arrow.columns), strict=True))
    assert rows == polars.read_parquet(path).rows()
    times = {column.name for column in table.columns if column.type == "time"}
    names = [f"epoch_us({name})" if name in times else name for name in table.column_names]
    with duckdb.connect() as database:
        found = database.sql(f"select {', '.join(names)} from '{path}'").fetchall()
    assert [tuple(map(in_microseconds, row)) for row in rows] == found


def in_microseconds(value: Any) -> Any:
    """Give a time as DuckDB gives it without pytz."""
    return (value - START) // timedelta(microseconds=1) if isinstance(value, datetime) else value


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_table_comes_back_from_lines_of_json(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "table.jsonl"
    rows = written(table, "jsonl", path)
    read = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    times = {column.name for column in table.columns if column.type == "time"}
    assert rows == [
        tuple(
            datetime.fromisoformat(value) if name in times and value else value
            for name, value in row.items()
        )
        for row in read
    ]


def test_csv_comes_back_with_the_same_texts(tmp_path: Path) -> None:
    table = TABLES["messages"]
    rows = rows_of(table)
    data = b"".join(tabular(rows, table.columns, "csv", raw=True)).decode()
    read = list(csv.DictReader(io.StringIO(data, newline="")))
    place = table.column_names.index("content")
    assert [row[place] for row in rows] == [row["content"] for row in read]
    assert {"2009-02-13T23:31:31.750000Z"} <= {row["timestamp"] for row in read}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    table = TABLES["messages"]
    path = tmp_path / "folder"
    by = ["experiment_id", "turn_number"]
    write_partitions(rows_of(table), table.columns, by, path)
    return path


def expected() -> list[tuple[Any, ...]]:
    table = TABLES["messages"]
    places = [
        table.column_names.index(name) for name in ("experiment_id", "turn_number", "content")
    ]
    return sorted(tuple(row[place] for place in places) for row in rows_of(table))


QUERY = "select experiment_id, turn_number, content from {} order by all"


def test_a_divided_folder_is_read_as_one_table_by_duckdb(folder: Path) -> None:
    with duckdb.connect() as database:
        files = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
        assert expected() == database.sql(QUERY.format(files)).fetchall()


def test_a_divided_folder_is_read_as_one_table_by_polars(folder: Path) -> None:
    read = polars.scan_parquet(folder / "**/*.parquet", hive_partitioning=True).collect()
    assert expected() == sorted(read.select("experiment_id", "turn_number", "content").rows())


def test_a_divided_folder_is_read_as_one_table_by_pyarrow(folder: Path) -> None:
    read = pyarrow.dataset.dataset(folder, partitioning="hive").to_table()
    names = ("experiment_id", "turn_number", "content")
    columns = [read.column(name).to_pylist() for name in names]
    assert expected() == sorted(zip(*columns, strict=True))


def test_names_of_folders_are_written_as_hive_reads_them(tmp_path: Path) -> None:
    table = TABLES["labels"]
    rows = [("a/b=c ü", "k", "v"), ("..", "k", None), (None, "k", "v")]
    write_partitions(rows, table.columns, ["experiment_id", "value"], tmp_path / "f")
    names = sorted(
        str(each.parent.relative_to(tmp_path / "f")) for each in tmp_path.rglob("*.parquet")
    )
    assert names == [
        "experiment_id=%2E%2E/value=__HIVE_DEFAULT_PARTITION__",
        "experiment_id=__HIVE_DEFAULT_PARTITION__/value=v",
        "experiment_id=a%2Fb%3Dc%20%C3%BC/value=v",
    ]


def test_many_rows_are_written_before_all_have_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "GROUP_ROWS", 10)
    rows = [(f"e{number % 2}", "k", str(number)) for number in range(25)]
    write_partitions(rows, TABLES["labels"].columns, ["experiment_id"], tmp_path / "f")
    files = sorted(str(each.relative_to(tmp_path / "f")) for each in tmp_path.rglob("*.parquet"))
    assert files == [
        f"experiment_id=e{one}/part-{part}.parquet" for one in (0, 1) for part in range(3)
    ]


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Iterable[Row]:
        yield ("a", "k", "v")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_partitions(broken(), TABLES["labels"].columns, ["key"], tmp_path / "f")
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_replaced_only_if_it_was_made_here(folder: Path) -> None:
    columns, rows = TABLES["labels"].columns, [("a", "k", "v")]
    with pytest.raises(UsageError, match="exists already"):
        write_partitions(rows, columns, ["key"], folder)
    write_partitions(rows, columns, ["key"], folder, overwrite=True)
    assert ["key=k"] == [each.name for each in folder.iterdir()]
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other things"):
        write_partitions(rows, columns, ["key"], folder, overwrite=True)
    assert ["key=k", "mine.txt"] == sorted(each.name for each in folder.iterdir())
