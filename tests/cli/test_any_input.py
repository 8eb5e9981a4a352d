"""Whatever bytes a command is given to read: valid output or a place that is told, no traceback."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Program
from tests.pipes.processes import Home, Outcome
from tests.properties.test_any_bytes import BYTES, ODD, WHOLE
from tests.views.logs import log

LINES = (
    "redact",
    "redact --builtin secrets,email --pattern a",
    "detect",
    "tail - -n all",
    "replay -",
)
"""What gives events for events."""
READERS = (
    *(*LINES, "tail - --format text", "transcript -", "transcript - -f text"),
    *("transcript - -f html", "transcript - -f json", "transcript - --as agent_a"),
    *("export - -f csv", "export - -f jsonl", "export - -f parquet -o made.parquet --force"),
    *("export - -f messages --as agent_a", "index --db made.db -", "query summary -"),
    *("query search a -", "check -", "redact --check", "compress -"),
)
TORN = b'{"v":1,"id":"a-000001","type":"turn.started","experiment_id":"e","timest'
LONG = b'{"type":"response.completed","experiment_id":"e","data":{"content":"%s"}}\n'
EVERYTHING = b"".join(
    WHOLE.replace(b'"x"', odd + b'"x"') + WHOLE.replace(b"2.5e3", odd) + odd + b"\n" + WHOLE
    for odd in (
        *(b"\xef\xbb\xbf", b"\r\n", b"\0", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"NaN", b"1e999"),
        *(b"18446744073709551616", b"[" * 1000, b'{"a":' * 1000, b'"type":"b",', b"\n\n"),
        *(b"[" * 1000 + b"]" * 1000, b"0" * 5000),
    )
)
"""Each odd thing in a key, as a number and as a line, with events that are whole about it."""
FEW = max(10, settings.default.max_examples // 10)
"""Examples for each command."""


def are_well_dealt_with(command: str, outcome: Outcome, data: bytes) -> None:
    """See that a command did what it can with some bytes, and told of the rest."""
    said = outcome.err.splitlines()
    # That nobody is there of the name that was asked for is seen behind all lines.
    assert outcome.status in (0, 1, 3) or (outcome.status == 2 and "no agent" in said[-1]), said
    assert all(line.startswith("pidgin: ") and line.isprintable() for line in said)
    assert "internal error" not in outcome.err
    if outcome.status == 3 or (outcome.status == 1 and "check" not in command):
        assert re.search(r"byte \d+|no messages|no events", outcome.err), said
    if command in LINES[:-1]:
        for line in outcome.out.split(b"\n")[:-1]:
            orjson.loads(line)
        assert outcome.out.endswith(b"\n") or not outcome.out
    if command == "compress -":
        assert gzip.decompress(outcome.out) == data


@pytest.mark.parametrize("command", READERS)
def test_an_archive_on_stdin_is_read_as_the_log_that_it_holds(
    pidgin: Program, command: str, one_turn: bytes
) -> None:
    def seen(data: bytes) -> tuple[Outcome, bytes | None]:
        outcome = pidgin(*command.split(), input=data)
        made = Path("made.parquet")
        return outcome, made.read_bytes() if made.exists() else None

    assert seen(one_turn) == seen(gzip.compress(one_turn))


@pytest.mark.parametrize("command", READERS)
@settings(max_examples=FEW, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(EVERYTHING)
@example(b"")
@example(b"\n")
@example(TORN)
@given(st.lists(BYTES | ODD | st.sampled_from(log("hostile").splitlines(True))).map(b"".join))
def test_any_bytes_are_dealt_with(pidgin: Program, command: str, data: bytes) -> None:
    Path("made.db").unlink(missing_ok=True)
    are_well_dealt_with(command, pidgin(*command.split(), input=data), data)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every command a long line where there is time for it, else one of each kind."""
    if "any_reader" in metafunc.fixturenames:
        full = metafunc.config.getoption("--full")
        metafunc.parametrize("any_reader", READERS if full else ("redact", "detect", "check -"))


@pytest.mark.timeout(1800)
def test_a_line_of_many_megabytes_is_one_event(home: Home, any_reader: str, full: bool) -> None:
    long = LONG % (b"word " * ((100_000_000 if full else 1_000_000) // 5))
    data = WHOLE + long + b"x" * (1_000_000 if full else 10_000) + b"\n" + WHOLE
    path = home.root / "long.jsonl"
    path.write_bytes(data)
    with path.open("rb") as given:
        outcome = home.run(*any_reader.split(), stdin=given)
    are_well_dealt_with(any_reader, outcome, data)
    if any_reader in ("detect", "tail - -n all"):
        assert outcome.out == WHOLE + long + WHOLE
