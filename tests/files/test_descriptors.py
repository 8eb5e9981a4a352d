from __future__ import annotations

import os
import threading
from pathlib import Path

from pidgin_cli.files.descriptors import is_named, write_all


def test_more_is_written_than_a_pipe_takes_at_once() -> None:
    source, sink = os.pipe()
    data = os.urandom(1 << 20)

    def write() -> None:
        write_all(sink, data)
        os.close(sink)

    writing = threading.Thread(target=write)
    writing.start()
    with open(source, "rb") as pipe:
        assert data == pipe.read()
    writing.join()


def test_a_file_that_was_renamed_or_replaced_is_no_longer_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        assert is_named(path, file.fileno())
        path.rename(tmp_path / "b")
        assert not is_named(path, file.fileno())
        path.touch()
        assert not is_named(path, file.fileno())
