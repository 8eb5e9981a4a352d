"""How fast transcripts and tables are made, beside orjson that reads the same lines and no more."""

from __future__ import annotations

from collections.abc import Iterator

from figures import Figure, at_most, linear, longer
from measuring import Bench

READ = """
import sys, orjson
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for line in file:
            orjson.loads(line)
"""
WORKS = (
    "transcript -f text",
    "transcript -f markdown",
    "transcript -f html",
    "transcript -f json",
    "transcript -f text --as agent_a",
    "export -f messages --as agent_a",
    "export -f csv --table messages",
    "export -f parquet --table messages",
    "export -f parquet --table events",
    "export -f csv --table events",
)
LINEAR = ("transcript -f text", "export -f csv --table events")


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure each kind of view."""
    found = bench.race(
        {"orjson": bench.python("-c", READ, *bench.logs)}
        | {work: bench.pidgin(*work.split(), *bench.logs) for work in WORKS}
        | {f"{work}, a tenth": bench.pidgin(*work.split(), *bench.tenth) for work in LINEAR}
    )
    for work in WORKS:
        yield longer(work, found[work], ("orjson", found["orjson"]), at_most(3))
    for work in LINEAR:
        yield linear(work, found[work], found[f"{work}, a tenth"])
