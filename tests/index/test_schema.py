"""The database as others see it: documented, linked, and open to the usual tools."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlite_utils

from pidgin_cli.index import schema
from pidgin_cli.tables.catalogue import TABLES
from tests.index.stores import Store

KINDS = {"text": str, "integer": int, "number": float, "boolean": int, "time": float}
KEYS = {"sources": "id", "labels": ("experiment", "key"), "progress": "experiment"}


@pytest.fixture
def indexed(store: Store) -> Store:
    for name in ("exp_1", "exp_2"):
        store.append(name, 400)
    store.index()
    return store


def test_the_tables_are_those_that_are_documented(indexed: Store) -> None:
    with closing(sqlite3.connect(indexed.database)) as connection:
        found = {
            name: [column[1] for column in connection.execute(f"pragma table_info({name})")]
            for (name,) in connection.execute(
                "select name from sqlite_schema where type = 'table' and name not like '%fts%'"
            )
        }
    assert {n: [c.name for c in schema.columns(n)] for n in schema.DOCUMENTED} == found


def test_it_is_what_sqlite_utils_makes_of_the_same_columns() -> None:
    with closing(sqlite3.connect(":memory:")) as ours, closing(sqlite3.connect(":memory:")) as its:
        schema.make(ours)
        schema.make_indexes(ours)
        database = sqlite_utils.Database(its)
        for name in schema.DOCUMENTED:
            columns = schema.columns(name)
            keys = [each for each in (schema.SOURCE, schema.EXPERIMENT) if each in columns]
            database.table(name).create(
                {column.name: KINDS[column.type] for column in columns},
                pk=KEYS.get(name, "place"),
                foreign_keys=[(key.name, f"{key.name}s") for key in keys],
            )
        for name, indexes in schema.INDEXES.items():
            for index in indexes:
                database.table(name).create_index(index)
        database.table("messages").enable_fts(
            ["content"], fts_version="FTS5", tokenize=schema.WORDS
        )
        for name, query in schema.VIEWS.items():
            database.create_view(name, query)
        assert made(its) == made(ours)


def made(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Give what a schema is made of, whatever quotation marks and spaces it is written with."""
    query = "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema order by type, name"
    plain = str.maketrans("[]", '""')
    found = connection.execute(query)
    return [(*names, "".join(sql.translate(plain).split())) for *names, sql in found]


def test_its_columns_are_those_of_the_tables_that_export_writes() -> None:
    for name, table in TABLES.items():
        assert table.columns == schema.columns(name)[-len(table.columns) :]


def test_every_view_has_a_meaning() -> None:
    assert schema.VIEWS.keys() == schema.VIEW_MEANINGS.keys()


def test_the_views_can_be_read(indexed: Store) -> None:
    for view in schema.VIEWS:
        assert indexed.rows(f"select * from {view}")


def test_it_is_smaller_than_the_logs(indexed: Store) -> None:
    for _ in range(10):
        indexed.append("exp_1", 4000)
    indexed.index()
    logs = sum(path.stat().st_size for path in indexed.folder.root.glob("*.jsonl"))
    assert indexed.database.stat().st_size <= logs


def test_sqlite_utils_sees_keys_and_searches(indexed: Store) -> None:
    with closing(sqlite3.connect(indexed.database)) as connection:
        database = sqlite_utils.Database(connection)
        keys = {(key.column, key.other_table) for key in database.table("messages").foreign_keys}
        assert {("experiment", "experiments")} == keys
        assert "messages_fts" == database.table("messages").detect_fts()
        found = list(database.table("messages").search("sentence", limit=3))
        assert ["A whole sentence."] * 3 == [row["content"] for row in found]


def test_datasette_shows_labels_links_and_search(indexed: Store) -> None:
    pytest.importorskip("datasette")

    def page(path: str) -> str:
        # A process of its own: it leaves connections open, which is an error here.
        command = [sys.executable, "-m", "datasette", str(indexed.database), "--get", path]
        return subprocess.check_output(command, text=True, timeout=60)

    messages = page("/index/messages?_search=sentence&_size=5")
    overview = page("/index/overview")
    place = indexed.rows("select place from experiments where name = 'exp_1'")[0][0]
    assert f'<a href="/index/experiments/{place}">exp_1</a>' in messages
    assert "A whole sentence." in messages
    assert "exp_2" in overview
