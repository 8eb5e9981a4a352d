"""What a stage of a pipe costs before it does anything: its start, beside that of Python."""

from __future__ import annotations

from collections.abc import Iterator

from figures import Figure, at_most, longer
from measuring import Bench

LIMITS = {"--version": 4, "redact </dev/null": 12, "replay": 12, "tail --no-follow": 12}
"""How many times the time of Python's start each may take."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure the starts."""
    small = bench.folder("small")
    log = small / "exp_1.events.jsonl"
    log.write_bytes(b"".join(bench.logs[0].read_bytes().splitlines(keepends=True)[:20]))
    works = {
        "--version": bench.pidgin("--version"),
        "redact </dev/null": bench.pidgin("redact"),
        "replay": bench.pidgin("replay", log),
        "tail --no-follow": bench.pidgin("tail", "--no-follow", "--data-dir", small),
        "python": bench.python("-c", "pass"),
    }
    found = bench.race(works, times=4)
    for name, limit in LIMITS.items():
        start = ("python -c pass", found["python"])
        yield longer(f"pidgin {name}", found[name], start, at_most(limit))
