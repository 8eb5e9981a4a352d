"""How fast the index is built and brought up to date, beside DuckDB and sqlite-utils."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, alone, at_least, at_most, faster, linear, longer, short
from measuring import Bench, Taken, Work
from rivals import has_library

DUCKDB = (
    "import duckdb, sys; connection = duckdb.connect(sys.argv[2]); connection.execute('create "
    "table events as select * from read_json(?, format=\\'newline_delimited\\')', [sys.argv[1]])"
)
EXPERIMENTS = 200
SETTLED = 0.2
"""Seconds after which a file is no longer looked at twice, as it may still be written."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure an index from nothing, and one to which nothing is added."""
    store, tenth = bench.store("index", bench.logs), bench.store("index-tenth", bench.tenth)
    duck, many = bench.place / "duck.db", indexed(bench)
    found = bench.race(
        {
            "whole": from_nothing(bench, store),
            "DuckDB": with_duckdb(bench, store, duck),
            "sqlite-utils": with_sqlite_utils(bench),
            "a tenth": from_nothing(bench, tenth),
            "nothing new": bench.pidgin("index", "--data-dir", many),
        }
    )
    whole, what = found["whole"], "index from nothing, search included"
    yield longer(what, whole, ("DuckDB", found["DuckDB"]), at_most(1.5))
    lite = ("sqlite-utils", found["sqlite-utils"])
    yield faster(what, whole, lite, at_least(8))
    yield linear("index from nothing", whole, found["a tenth"])
    asked = at_most(150)
    what = f"index, nothing new, {EXPERIMENTS} experiments"
    yield alone(what, found["nothing new"].wall * 1000, " ms", asked)
    yield sizes(store / "index.db", bench.joined)


def from_nothing(bench: Bench, store: Path) -> Work:
    """Give the work of making the index of a store that has none."""
    make = bench.pidgin("index", "--data-dir", store)

    def work() -> Taken:
        (store / "index.db").unlink(missing_ok=True)
        return make()

    return work


def indexed(bench: Bench) -> Path:
    """Give a store of many experiments whose index is up to date."""
    store = bench.folder("many")
    for number in range(EXPERIMENTS):
        lines = bench.logs[number % len(bench.logs)].read_bytes().splitlines(keepends=True)
        (store / f"exp_{number}.events.jsonl").write_bytes(b"".join(lines[:60]))
    bench.pidgin("index", "--data-dir", store)()
    time.sleep(SETTLED)
    bench.pidgin("index", "--data-dir", store)()
    return store


def with_duckdb(bench: Bench, store: Path, database: Path) -> Work | None:
    """Give the work of DuckDB; None where it is not installed."""
    if not has_library("duckdb"):
        return None
    insert = bench.python("-c", DUCKDB, store / "*.jsonl", database)

    def work() -> Taken:
        database.unlink(missing_ok=True)
        return insert()

    return work


def with_sqlite_utils(bench: Bench) -> Work:
    """Give the work of sqlite-utils."""
    database = bench.place / "lite.db"
    words = ("-m", "sqlite_utils", "insert", database, "events", "-", "--nl", "--alter")
    insert = bench.python(*words, stdin=bench.joined)

    def work() -> Taken:
        database.unlink(missing_ok=True)
        return insert()

    return work


def sizes(index: Path, logs: Path) -> Figure:
    """Give the size of the index beside that of the logs."""
    ours, theirs = index.stat().st_size / 1e6, logs.stat().st_size / 1e6
    beside = f"the logs: {short(theirs)} MB"
    return Figure("size of the index", ours / theirs, " × theirs", f"{short(ours)} MB", beside)
