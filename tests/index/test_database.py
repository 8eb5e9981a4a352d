from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from pidgin_cli.index.database import connected


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_a_file_that_is_no_database_is_not_left_open(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"no database at all" * 100)
    # What was raised holds on to all that was at hand where it was.
    with pytest.raises(sqlite3.DatabaseError) as raised:
        connected(path)
    assert str(path) not in {os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()}
    assert "not a database" in str(raised.value)
