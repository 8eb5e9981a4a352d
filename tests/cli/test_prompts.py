"""The initial prompt: typed, from a file, from stdin."""

from __future__ import annotations

import pytest

from pidgin_cli.cli.prompts import DEFAULT_PROMPT
from tests.cli.conftest import Program


def prompt(pidgin: Program, *arguments: str, input: bytes = b"") -> str:
    asked: str = pidgin.started(*arguments, input=input)["initial_prompt"]
    return asked


@pytest.mark.parametrize("typed", ["Hello", "", "–", "a@b", "two\nlines\n", "ümläut 🙂", " - "])
def test_a_prompt_that_is_typed_is_meant_as_it_stands(pidgin: Program, typed: str) -> None:
    assert prompt(pidgin, "-p", typed) == typed


def test_without_a_prompt_there_is_one(pidgin: Program) -> None:
    assert prompt(pidgin) == DEFAULT_PROMPT


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        (b"Hello\n", "Hello"),
        (b"Hello", "Hello"),
        (b"Hello\n\n", "Hello\n"),
        (b"", ""),
        (b"one\r\ntwo\r\n", "one\r\ntwo\r"),
        ("a\u2028b\x00c".encode(), "a\u2028b\x00c"),
        (b"x" * 300_000, "x" * 300_000),
    ],
)
@pytest.mark.parametrize("source", ["file", "stdin"])
def test_one_newline_at_the_end_is_not_meant(
    pidgin: Program, content: bytes, meant: str, source: str
) -> None:
    (pidgin.root / "prompt.txt").write_bytes(content)
    arguments = ["-p", "@prompt.txt" if source == "file" else "-", "-a", "sim:terse"]
    # A prompt that is longer than the context would pause the run before it is whole.
    (pidgin.root / "pidgin.yaml").write_text("context_management: {enabled: false}\n")
    if len(content) > 100_000:
        arguments += ["-a", "sim:terse,context=10000000", "-b", "sim:terse,context=10000000"]
    assert prompt(pidgin, *arguments, input=content) == meant
