"""Strange words for experiments and files: nothing outside is touched, or made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Program

WORDS = ("../store/exp_1", "../outside/notes", "..", ".", "./", "/", "~", "exp_1/..", "outside/")
ODD = ("exp_1\n", "\x1b]0;x\x07", "x" * 5000, "*", "exp_?", "group:../x", "exp_1\udcff", "@", "-x")
SOURCES = {
    "check": ("check", "--", "{}"),
    "compress": ("compress", "--", "{}"),
    "conduct": ("conduct", "--", "{}", "pause"),
    "detect": ("detect", "--", "{}"),
    "export": ("export", "-f", "csv", "--", "{}"),
    "index": ("index", "--", "{}"),
    "query": ("query", "--", "summary", "{}"),
    "redact": ("redact", "--", "{}"),
    "replay": ("replay", "--", "{}"),
    "rm": ("rm", "--force", "--", "{}"),
    "run --resume": ("run", "--resume={}"),
    "run --branch": ("run", "--branch={}@1"),
    "run --from": ("run", "--from={}"),
    "tail": ("tail", "--no-follow", "--", "{}"),
    "transcript": ("transcript", "--", "{}"),
}


@pytest.fixture
def outside(pidgin: Program) -> Path:
    """A folder beside the store, with a file that is nobody's log."""
    pidgin("run", "-q", "-t", "1", "--id", "exp_1")
    pidgin("index")
    folder = pidgin.root / "outside"
    folder.mkdir()
    (folder / "notes").write_text("theirs\n")
    return folder


def contents(root: Path) -> Mapping[str, bytes | str]:
    """Give everything below a folder but the index and the key of redact, which may be made."""
    return {
        str(path.relative_to(root)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if (path.is_symlink() or path.is_file())
        and not path.name.startswith(("index.db", "redaction.key"))
    }


@pytest.mark.parametrize("command", SOURCES)
def test_a_word_that_names_no_experiment_leaves_everything_as_it_is(
    pidgin: Program, outside: Path, command: str
) -> None:
    before = contents(pidgin.root)
    for word in (*WORDS, *ODD):
        outcome = pidgin(*(each.format(word) for each in SOURCES[command]))
        assert outcome.status in (1, 2), word
        assert "internal error" not in outcome.err, word
        assert outcome.err.replace("\n", "").isprintable(), word
        assert before == contents(pidgin.root), word


OUTPUTS = {
    "transcript": ("transcript", "exp_1", "-o", "{}"),
    "export csv": ("export", "exp_1", "-f", "csv", "-o", "{}"),
    "export parquet": ("export", "exp_1", "-f", "parquet", "-o", "{}"),
    "redact": ("redact", "exp_1", "--report", "{}"),
    "index": ("index", "--db", "{}"),
    "tail": ("tail", "exp_1", "--no-follow", "--cursor-file", "{}"),
}
FORCED = ("transcript", "export csv", "export parquet", "redact")


@pytest.mark.parametrize(
    ("command", "target"),
    # A cursor is kept where a person's own link leads.
    [(c, t) for c in OUTPUTS for t in ("notes", "missing") if (c, t) != ("tail", "missing")],
)
def test_no_file_is_written_through_a_symlink(
    pidgin: Program, outside: Path, command: str, target: str
) -> None:
    link = pidgin.root / "link"
    link.symlink_to(outside / target)
    before = contents(outside)
    flags = [[], ["--force"]] if command in FORCED else [[]]
    for more in flags:
        pidgin(*(each.format(link) for each in OUTPUTS[command]), *more)
        assert before == contents(outside), more


@pytest.mark.parametrize("command", OUTPUTS)
@pytest.mark.parametrize("place", ["missing/x", "outside/notes/x", "outside", "/", "./", "x" * 300])
def test_a_file_that_cannot_be_is_refused_in_one_line(
    pidgin: Program, outside: Path, command: str, place: str
) -> None:
    before = contents(pidgin.root)
    outcome = pidgin(*(each.format(place) for each in OUTPUTS[command]))
    assert outcome.status in (1, 2)
    assert (True, 1) == (outcome.err.startswith("pidgin: "), outcome.err.count("\n"))
    assert "internal error" not in outcome.err
    assert before == contents(pidgin.root)


def test_what_lies_in_the_store_under_the_name_of_a_log_is_not_followed(
    pidgin: Program, outside: Path
) -> None:
    theirs = outside / "exp_2.events.jsonl"
    theirs.write_bytes(b'{"type":"turn.started","experiment_id":"exp_2"}\n')
    for name in ("exp_2.events.jsonl", "exp_3.control", "exp_3.torn", "exp_2.events.jsonl.gz"):
        (pidgin.home.store / name).symlink_to(theirs)
    before = contents(outside)
    for arguments in (
        ("run", "--resume", "exp_2", "-t", "2"),
        ("run", "-t", "1", "--id", "exp_2"),
        ("run", "-q", "-t", "1", "--id", "exp_3"),
        ("compress", "exp_2"),
        ("compress",),
        ("detect", "exp_2"),
        ("conduct", "exp_3", "pause"),
        ("index",),
        ("prune", "--older-than", "0s", "--force"),
        ("rm", "--force", "exp_2"),
    ):
        outcome = pidgin(*arguments)
        assert 0 == outcome.err.count("internal error"), (arguments, outcome.err)
        assert before == contents(outside), arguments
