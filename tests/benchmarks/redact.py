"""How fast events are redacted, beside jq on the same lines."""

from __future__ import annotations

from collections.abc import Iterator

from figures import Figure, at_least, faster, linear
from measuring import Bench

TEN_PATTERNS = (
    *("--pattern", "Acme Corporation", "--pattern", "Project Nightjar", "--pattern", "Jane Roe"),
    *("--pattern", "blue door", "--pattern", "17 Elm Street", "--pattern", "hunter2"),
    *("--regex", "EMP-[0-9]{6}", "--regex", "case no[.] [0-9]+", "--regex", "v[0-9]+-internal"),
    *("--regex", "(?i)confidential", "--builtin", "secrets"),
)
FILTER = '.data.content?="[REDACTED]"'


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure what redact does without options, and what each of two kinds of them asks."""
    tenth = bench.folder("redact") / "tenth.jsonl"
    tenth.write_bytes(b"".join(log.read_bytes() for log in bench.tenth))
    found = bench.race(
        {
            "content": bench.pidgin("redact", "--content", stdin=bench.joined),
            "patterns": bench.pidgin("redact", *TEN_PATTERNS, stdin=bench.joined),
            "both": bench.pidgin("redact", stdin=bench.joined),
            "filter": bench.program("jq", "-c", FILTER, stdin=bench.joined),
            "copy": bench.program("jq", "-c", ".", stdin=bench.joined),
            "a tenth": bench.pidgin("redact", "--content", stdin=tenth),
        }
    )
    filtered, copied = ("jq", found["filter"]), ("jq -c .", found["copy"])
    yield faster("redact --content", found["content"], filtered, at_least(5))
    yield faster("redact, ten patterns and secrets", found["patterns"], copied, at_least(2))
    yield faster("redact without options", found["both"], filtered)
    yield linear("redact --content", found["content"], found["a tenth"])
