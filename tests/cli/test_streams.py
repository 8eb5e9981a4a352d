"""stdin and stdout as bytes."""

from __future__ import annotations

import os

import pytest

from pidgin_cli.cli import streams
from pidgin_cli.cli.streams import GATHERED, Sink, stdin_blocks
from pidgin_cli.errors import PidginError


def test_a_sink_gathers_until_it_is_flushed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    sink = Sink()
    sink.write(b"one ")
    sink.write(b"two")
    assert capfdbinary.readouterr().out == b""
    sink.flush()
    assert capfdbinary.readouterr().out == b"one two"


def test_a_sink_writes_what_is_much(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    sink = Sink()
    sink.write(bytes(GATHERED))
    sink.write(b"rest")
    assert capfdbinary.readouterr().out == bytes(GATHERED)


def test_pieces_are_all_written(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Sink().write_each([b"a", b"b", b"c"])
    assert capfdbinary.readouterr().out == b"abc"


def test_an_empty_sink_flushes_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Sink().flush()
    assert capfdbinary.readouterr().out == b""


def test_stdin_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.open(os.devnull, os.O_WRONLY)
    monkeypatch.setattr(streams, "STDIN", descriptor)
    with pytest.raises(PidginError, match="cannot read stdin: it is closed"):
        list(stdin_blocks())
    os.close(descriptor)


def test_a_folder_as_stdin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.open("/", os.O_RDONLY)
    monkeypatch.setattr(streams, "STDIN", descriptor)
    with pytest.raises(PidginError, match="cannot read stdin: Is a directory"):
        list(stdin_blocks())
    os.close(descriptor)
