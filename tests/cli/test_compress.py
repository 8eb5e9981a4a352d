"""`pidgin compress`: every option makes a difference, and it is the one that it says."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.cli.compressing import Choice, pack_completed
from pidgin_cli.config.settings import CompressionSettings
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.sources import resolve
from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome, events_of

Look = Callable[[Program, Outcome], Any]


@dataclass(frozen=True)
class Difference:
    """What is seen of a compress without an option, and with it; None for what is not known."""

    given: Sequence[str]
    look: Look
    without: Any
    with_it: Any
    among: Sequence[str] = ()


def files(pidgin: Program, outcome: Outcome) -> list[str]:
    names = sorted(os.listdir(pidgin.home.store)) if pidgin.home.store.exists() else []
    return [name.replace(".events.jsonl", "") for name in names if ".events.jsonl" in name]


def out(pidgin: Program, outcome: Outcome) -> bytes:
    return outcome.out


def size(pidgin: Program, outcome: Outcome) -> int:
    return (pidgin.home.store / "done.events.jsonl.gz").stat().st_size


PACKED = ["cut", "done.gz", "failed.gz", "other.gz"]
UNTOUCHED = ["cut", "done", "failed", "other", "other.gz"]
DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], files, PACKED, UNTOUCHED),
    "--data-dir": Difference(["--data-dir", "nowhere"], files, PACKED, UNTOUCHED),
    "--quiet": Difference(
        ["--quiet"], lambda pidgin, outcome: outcome.err.count("\n"), 1, 0, ["done"]
    ),
    "--sources-from": Difference(
        ["--sources-from", "names"],
        files,
        PACKED,
        ["cut", "done.gz", "failed", "other", "other.gz"],
    ),
    "--completed": Difference(
        ["--completed"], files, PACKED, ["cut", "done.gz", "failed", "other.gz"]
    ),
    "--older-than": Difference(
        ["--older-than", "1h"], files, PACKED, ["cut", "done", "failed.gz", "other", "other.gz"]
    ),
    "--keep": Difference(
        ["--keep"],
        files,
        PACKED,
        ["cut", "done", "done.gz", "failed", "failed.gz", "other", "other.gz"],
    ),
    "--list": Difference(["--list"], out, b"", None),
    "--test": Difference(["--test"], files, PACKED, UNTOUCHED),
    "--stdout": Difference(
        ["--stdout"], files, ["cut", "done.gz", "failed", "other", "other.gz"], UNTOUCHED, ["done"]
    ),
    "--level": Difference(["--level", "1"], size, None, None),
    "--force": Difference(
        ["--force"],
        files,
        ["cut", "done", "failed", "other", "other.gz"],
        ["cut.gz", "done", "failed", "other", "other.gz"],
        ["cut"],
    ),
    "--dry-run": Difference(["--dry-run"], files, PACKED, UNTOUCHED),
}


@pytest.fixture
def store(pidgin: Program, one_turn: bytes) -> bytes:
    """A store of a completed, a failed, a half packed and a foreign experiment without an end."""
    pidgin.home.write_log("done", one_turn)
    failed = pidgin.home.write_log("failed", one_turn.replace(b".completed", b".failed"))
    os.utime(failed, (time.time() - 7200, time.time() - 7200))
    pidgin.home.write_log("other", one_turn)
    (pidgin.home.store / "other.events.jsonl.gz").write_bytes(gzip.compress(one_turn))
    first = one_turn.split(b"\n")[0]
    pidgin.home.write_log("cut", first.replace(b'"boot":"', b'"boot":"another') + b"\n")
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: nowhere}}\n")
    (pidgin.root / "names").write_text("done\n")
    return one_turn


@pytest.mark.parametrize("option", sorted(set(options_of("compress"))))
def test_an_option_makes_the_difference_that_it_names(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    case = DIFFERENCES[option]
    saved = {path.name: path.read_bytes() for path in pidgin.home.store.iterdir()}
    times = {path.name: path.stat().st_mtime for path in pidgin.home.store.iterdir()}
    without = case.look(pidgin, pidgin("compress", *case.among))
    for path in pidgin.home.store.iterdir():
        path.unlink()
    for name, data in saved.items():
        (pidgin.home.store / name).write_bytes(data)
        os.utime(pidgin.home.store / name, (times[name], times[name]))
    if option == "--config":
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
    with_it = case.look(pidgin, pidgin("compress", *case.among, *case.given))
    assert case.without in (without, None)
    assert case.with_it in (with_it, None)
    assert without != with_it


def test_what_archives_hold_is_listed(pidgin: Program, store: bytes) -> None:
    pidgin("compress", "done")
    archive = pidgin.home.store / "done.events.jsonl.gz"
    (row,) = events_of(pidgin("compress", "-l", "done").out)
    packed = archive.stat().st_size
    assert row == {
        "archive": str(archive),
        "packed": packed,
        "size": len(store),
        "ratio": round(len(store) / packed, 3),
    }


@pytest.mark.parametrize("flag", ["-l", "-t"])
def test_those_without_an_archive_are_told_and_the_others_are_looked_into(
    pidgin: Program, store: bytes, flag: str
) -> None:
    pidgin("compress", "done", "other")
    outcome = pidgin("compress", flag, "done", "failed", "other")
    missing = pidgin.home.archive("failed")
    assert (2, f"pidgin: no archive of failed: {missing}\n") == (outcome.status, outcome.err)
    assert (2 if flag == "-l" else 0) == outcome.out.count(b"\n")


def test_a_log_as_dull_as_it_likes_can_be_packed_and_read(pidgin: Program, store: bytes) -> None:
    dull = b'{"type":"a","experiment_id":"dull"}\n' * 3_000_000
    path = pidgin.home.write_log("dull", dull)
    path = path.rename(path.with_name("dull.jsonl"))
    assert (0, 1) == (pidgin("compress", str(path)).status, len(list(path.parent.glob("dull*"))))
    archive = path.with_name("dull.jsonl.gz")
    assert len(dull) > 300 * archive.stat().st_size
    outcome = pidgin("replay", str(archive))
    assert (0, "", True) == (outcome.status, outcome.err, outcome.out == dull)


def test_ratio_and_total_are_told(pidgin: Program, store: bytes) -> None:
    told = pidgin("compress").err.splitlines()
    assert [line.split(":")[1] for line in told] == [
        " done.events.jsonl",
        " failed.events.jsonl",
        " other.events.jsonl",
        " 3 logs",
    ]
    assert all(line.endswith(" to 1") for line in told)


def test_a_damaged_archive_is_found_by_test_and_the_others_are_tried(
    pidgin: Program, store: bytes
) -> None:
    pidgin("compress")
    archive = pidgin.home.store / "done.events.jsonl.gz"
    archive.write_bytes(archive.read_bytes()[:-10])
    outcome = pidgin("compress", "-t")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert outcome.err.startswith(f"pidgin: {archive}: the archive is damaged: ")


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b'{"v":1}\n'])
def test_what_is_called_an_archive_and_is_none_fails_the_test(
    pidgin: Program, store: bytes, content: bytes
) -> None:
    archive = pidgin.home.store / "none.events.jsonl.gz"
    archive.write_bytes(content)
    outcome = pidgin("compress", "-t")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert outcome.err.startswith(f"pidgin: {archive}: the archive is damaged: ")


@pytest.mark.parametrize("flag", ["-l", "-t"])
def test_an_archive_without_any_bytes_is_damaged(pidgin: Program, store: bytes, flag: str) -> None:
    archive = pidgin.home.store / "nothing.events.jsonl.gz"
    archive.touch()
    told = f"pidgin: {archive}: the archive is damaged: it is empty\n"
    assert pidgin("compress", flag, "nothing") == Outcome(1, b"", told)


def test_what_another_process_packed_meanwhile_is_passed_over(
    pidgin: Program, store: bytes
) -> None:
    folder = Folder(pidgin.home.store)
    sources = resolve(folder, ["done"])
    pidgin("compress", "done")
    choice = Choice(sources, completed=False, older_than=0, force=False)
    assert [] == choice.logs(folder)


def test_what_may_run_elsewhere_is_packed_by_force_alone(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("compress", "cut")
    assert (outcome.status, pidgin.home.log("cut").exists()) == (2, True)
    assert "it may be running there; --force packs it" in outcome.err


def test_compress_twice_is_compress_once(pidgin: Program, store: bytes) -> None:
    pidgin("compress")
    before = files(pidgin, Outcome(0, b"", ""))
    outcome = pidgin("compress")
    assert (outcome.status, outcome.err) == (0, "")
    assert pidgin("compress", "done").status == 0
    assert before == files(pidgin, outcome)


def test_a_packed_experiment_is_listed_and_read_as_before(pidgin: Program, store: bytes) -> None:
    pidgin("compress", "done")
    assert store == pidgin("tail", "done", "-n", "all", "--no-follow").out
    states = {row["id"]: row["state"] for row in events_of(pidgin("list").out)}
    assert "completed" == states["done"]
    assert 2 == pidgin("run", "-t", "1", "--id", "done").status


def test_the_log_beside_an_archive_wins(pidgin: Program, store: bytes) -> None:
    pidgin("compress", "-k", "done")
    with pidgin.home.log("done").open("ab") as log:
        log.write(store.split(b"\n")[0] + b"\n")
    outcome = pidgin("tail", "done", "-n", "all", "--no-follow")
    assert store + store.split(b"\n")[0] + b"\n" == outcome.out


def test_stdin_and_stdout_are_a_pipe(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("compress", "-", input=store)
    assert store == gzip.decompress(outcome.out)
    outcome = pidgin("compress", "-c", "done", "other")
    assert store * 2 == gzip.decompress(outcome.out)
    assert ["cut", "done", "failed", "other", "other.gz"] == files(pidgin, outcome)


def test_a_file_that_is_no_experiment_can_be_packed(pidgin: Program, store: bytes) -> None:
    (pidgin.root / "public.jsonl").write_bytes(store)
    assert pidgin("compress", "./public.jsonl").status == 0
    assert store == gzip.decompress((pidgin.root / "public.jsonl.gz").read_bytes())
    assert not (pidgin.root / "public.jsonl").exists()


def test_a_run_packs_its_log_when_it_is_configured_to(pidgin: Program) -> None:
    configured = "{compress_on_completion: true, level: 9}"
    (pidgin.root / "pidgin.yaml").write_text(f"events: {{compression: {configured}}}\n")
    outcome = pidgin("run", "-t", "1", "-r", "2", "--id", "exp")
    assert (outcome.status, outcome.err) == (0, "")
    assert ["exp-1.gz", "exp-2.gz"] == files(pidgin, outcome)
    assert outcome.out == pidgin("replay", "exp-1", "exp-2", "--verify").out


@pytest.mark.parametrize(
    "configured",
    ["{compress_on_completion: false}", "{enabled: false}"],
    ids=["not", "switched off"],
)
def test_a_run_that_is_not_configured_to_pack_its_log_leaves_it(
    pidgin: Program, configured: str
) -> None:
    (pidgin.root / "pidgin.yaml").write_text(f"events: {{compression: {configured}}}\n")
    assert ["exp"] == files(pidgin, pidgin("run", "-t", "1", "--id", "exp"))


def test_a_run_that_did_not_complete_leaves_its_log(pidgin: Program) -> None:
    compression = "compression: {compress_on_completion: true}"
    (pidgin.root / "pidgin.yaml").write_text(f"events: {{{compression}}}\n")
    outcome = pidgin("run", "-a", "sim:chatty,context=300,length=90", "-t", "30", "--id", "exp")
    assert (outcome.status, files(pidgin, outcome)) == (4, ["exp"])


def test_a_run_packs_its_log_no_sooner_than_the_delay_has_passed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    first = tmp_path / "exp_1.events.jsonl"
    first.write_bytes(b'{"type":"experiment.completed","experiment_id":"exp_1"}\n')
    os.utime(first, (1000, 1000))
    slept: list[float] = []
    settings = CompressionSettings(compress_on_completion=True, delay=60.0)
    pack_completed(folder, ["exp_1"], settings, clock=lambda: 1010.0, sleep=slept.append)
    assert ([50.0], ["exp_1.events.jsonl.gz"]) == (slept, os.listdir(tmp_path))


def test_a_clock_that_was_set_back_makes_no_run_wait_longer_than_the_delay(tmp_path: Path) -> None:
    (tmp_path / "exp_1.events.jsonl").write_bytes(
        b'{"type":"experiment.completed","experiment_id":"exp_1"}\n'
    )
    slept: list[float] = []
    settings = CompressionSettings(compress_on_completion=True, delay=60.0)
    pack_completed(Folder(tmp_path), ["exp_1"], settings, clock=lambda: 0.0, sleep=slept.append)
    assert [60.0] == slept


def test_a_log_that_another_process_packs_or_removes_first_fails_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed, removed = (tmp_path / f"{name}.events.jsonl" for name in ("packed", "removed"))

    def meanwhile(_: float) -> None:
        packed.rename(f"{packed}.gz")
        removed.unlink()

    for log in (packed, removed):
        log.write_bytes(b'{"type":"experiment.completed","experiment_id":"exp_1"}\n')
    settings = CompressionSettings(compress_on_completion=True)
    status = pack_completed(Folder(tmp_path), ["packed", "removed"], settings, sleep=meanwhile)
    assert (status, capsys.readouterr().err) == (0, "")


def test_a_log_that_cannot_be_packed_after_a_run_is_told(
    pidgin: Program, one_turn: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    compression = "compression: {compress_on_completion: true}"
    (pidgin.root / "pidgin.yaml").write_text(f"events: {{{compression}}}\n")
    monkeypatch.setattr("pidgin_cli.store.packing.packed", lambda *given: [gzip.compress(b"x")])
    outcome = pidgin("run", "-t", "1", "--id", "exp")
    assert (outcome.status, files(pidgin, outcome)) == (1, ["exp"])
    assert "cannot be read back as it was written" in outcome.err


@pytest.mark.parametrize("flags", [("-l", "-t"), ("-t", "--dry-run"), ("-c", "--dry-run")])
def test_flags_that_make_each_other_useless_are_refused(
    pidgin: Program, store: bytes, flags: Sequence[str]
) -> None:
    outcome = pidgin("compress", "done", *flags)
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err.endswith(" do not go together: choose one\n")
