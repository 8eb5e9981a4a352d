"""Every figure is measured: on a corpus that is small, so that what it comes to says nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
TINY = ("--events", "1000", "--rounds", "1", "--megabytes", "1")
INPUT = ", 1 MB"
MORE = ", 10 × the events"
ROWS = {
    "startup": [
        *("pidgin --version", "pidgin redact </dev/null", "pidgin replay"),
        "pidgin tail --no-follow",
    ],
    "emit": [
        *("emit, durability batch", "emit, durability none"),
        *("emit, batch, somebody listens", "emit, batch, metrics"),
    ],
    "redact": [
        *("redact --content", "redact, ten patterns and secrets", "redact without options"),
        f"redact --content{MORE}",
    ],
    "index": [
        *["index from nothing, search included"] * 2,
        *(f"index from nothing{MORE}", "index, nothing new, 200 experiments", "size of the index"),
    ],
    "archives": [
        *("compress", "compress", f"compress{MORE}", "compress, size"),
        *("replay, archives of pidgin", "replay, archives of gzip"),
    ],
    "views": [
        *(f"transcript -f {form}" for form in ("text", "markdown", "html", "json")),
        *("transcript -f text --as agent_a", "export -f messages --as agent_a"),
        *("export -f csv --table messages", "export -f parquet --table messages"),
        *("export -f parquet --table events", "export -f csv --table events"),
        *(f"transcript -f text{MORE}", f"export -f csv --table events{MORE}"),
    ],
    "latency": [f"tail, {logs}, 99 of 100 within" for logs in ("one log", "8 of 208 logs")],
    "streaming": ["run, 50 conversations at once, a delta"],
    "turns": [
        *("turn 100, log", "turn 100, CPU", "log of 100 turns", "memory of 100 turns"),
    ],
    "detections": [
        *("detections of turn 20", "detections of turn 100", "detect", f"detect{MORE}"),
    ],
    "conduct": ["conduct interrupt, median", "conduct interrupt, slowest"],
    "memory": [
        *(f"redact{options}{INPUT}" for options in ("", " --content", " --builtin secrets")),
        f"detect -{INPUT}",
        *(f"transcript - -f {form}{INPUT}" for form in ("text", "markdown", "html", "json")),
        *(f"export - -f {form}{INPUT}" for form in ("csv", "jsonl", "parquet")),
        *(f"export - -f messages --as agent_a{INPUT}", f"index --db DATABASE -{INPUT}"),
        *(f"tail - --format jsonl{INPUT}", f"tail - --format text{INPUT}"),
        *(f"check - -q{INPUT}", f"compress -{INPUT}"),
        *(f"replay ARCHIVE{INPUT}", f"replay LOG{INPUT}"),
    ],
}
"""What each subject measures, in the order of the table."""


def rows(*arguments: str | Path) -> list[list[str]]:
    """Give the cells of the table's rows, without its head."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS, *TINY, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a corpus once somebody has measured with it."""
    return tmp_path_factory.mktemp("corpus")


@pytest.mark.parametrize("subject", ROWS)
def test_each_row_has_its_figure(subject: str, corpus: Path) -> None:
    found = rows(subject, "--corpus", corpus)
    assert ROWS[subject] == [what for what, *_ in found]
    for what, ours, *_ in found:
        assert re.match(r"-?[0-9]", ours), what


def test_a_rival_that_is_not_installed_leaves_a_row_without_a_ratio(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    content, *_ = rows("redact", "--corpus", corpus)
    what, _, beside, ratio, asked, holds = content
    assert ("redact --content", "jq: not installed") == (what, beside)
    assert ("", "at least 5 × as fast", "") == (ratio, asked, holds)


def test_a_subject_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    done = subprocess.run(
        [sys.executable, BENCHMARKS, "redcat"], capture_output=True, text=True, timeout=60
    )
    assert 2 == done.returncode
    assert f"no subject 'redcat': choose some of {', '.join(ROWS)}" in done.stderr
