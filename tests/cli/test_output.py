from __future__ import annotations

from pathlib import Path

import pytest

from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.errors import UsageError
from tests.cli.conftest import Program


def test_pieces_go_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    OutputOptions().write([b"a", b"b"])
    assert b"ab" == capfdbinary.readouterr().out


def test_pieces_go_into_a_file(tmp_path: Path) -> None:
    OutputOptions(output=tmp_path / "a").write([b"a", b"b"])
    assert b"ab" == (tmp_path / "a").read_bytes()


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(UsageError, match="--force"):
        OutputOptions(output=tmp_path / "a").write([b"new"])
    OutputOptions(output=tmp_path / "a", force=True).write([b"new"])
    assert b"new" == (tmp_path / "a").read_bytes()


def test_a_hyphen_means_stdout(pidgin: Program, one_turn: bytes) -> None:
    pidgin.home.write_log("exp_1", one_turn)
    assert pidgin("export", "exp_1").told == pidgin("export", "exp_1", "-o", "-").told
    assert not (pidgin.root / "-").exists()
