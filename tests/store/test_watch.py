from __future__ import annotations

import os
import select
import sys
import threading
from pathlib import Path

import pytest

from pidgin_cli.store.watch import Watch

LONG = 600.0
"""Seconds after which a test would have failed."""


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has inotify")
@pytest.mark.parametrize("change", ["write", "make", "rename", "remove", "let go"])
def test_a_change_ends_the_wait(tmp_path: Path, change: str):
    (tmp_path / "log").write_bytes(b"")
    file = (tmp_path / "log").open("ab")
    with Watch(tmp_path) as watch, file:
        match change:
            case "write":
                (tmp_path / "log").write_bytes(b"x")
            case "make":
                (tmp_path / "new").touch()
            case "rename":
                (tmp_path / "log").rename(tmp_path / "log.1")
            case "remove":
                (tmp_path / "log").unlink()
            case "let go":
                file.close()
        names = {"make": {"new"}, "rename": {"log", "log.1"}}.get(change, {"log"})
        assert names == watch.wait(LONG)


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has inotify")
def test_a_change_by_somebody_else_wakes_up(tmp_path: Path):
    with Watch(tmp_path) as watch:
        later = threading.Timer(0.05, (tmp_path / "new").touch)
        later.start()
        assert {"new"} == watch.wait(LONG)
        later.join()


@pytest.mark.timeout(60)
def test_without_a_change_the_wait_ends_by_itself(tmp_path: Path):
    with Watch(tmp_path) as watch:
        assert not watch.wait(0.01)


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has inotify")
def test_too_many_changes_mean_that_any_file_may_have_changed(tmp_path: Path):
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with Watch(tmp_path) as watch:
        for number in range(most + 1):
            # The same twice in a row would be one change.
            os.close(os.open(tmp_path / str(number % 2), os.O_WRONLY | os.O_CREAT))
        seen = [watch.wait(0.01)]
        while seen[-1] is not None and seen[-1]:
            seen.append(watch.wait(0.01))
    assert None in seen


@pytest.mark.timeout(60)
def test_without_inotify_it_looks_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "inotify_simple", None)
    with Watch(tmp_path) as watch:
        assert watch.wait(LONG) is None


@pytest.mark.timeout(60)
def test_a_folder_that_cannot_be_watched_is_looked_at_often(tmp_path: Path):
    with Watch(tmp_path / "nowhere") as watch:
        assert watch.wait(LONG) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has inotify")
def test_where_only_what_was_let_go_of_counts_a_log_that_is_written_wakes_nobody(tmp_path: Path):
    with Watch(tmp_path, closed_only=True) as watch, (tmp_path / "log").open("ab") as log:
        log.write(b"x")
        log.flush()
        assert watch.descriptor is not None
        assert select.select([watch.descriptor], [], [], 0)[0] == []
        (tmp_path / "inbox").write_bytes(b"x")
        assert select.select([watch.descriptor], [], [], 0)[0] == [watch.descriptor]
        assert watch.changed() == {"inbox"}
        assert watch.changed() == set()
