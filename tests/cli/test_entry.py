"""Words of several lines as they are typed."""

from __future__ import annotations

import pytest

from pidgin_cli.cli.entry import Entry


@pytest.mark.parametrize(
    ("typed", "text", "echo"),
    [
        ("One.\n.\n", "One.", "One.\n.\n"),
        ("One.\n\nTwo.\n.\n", "One.\n\nTwo.", "One.\n\nTwo.\n.\n"),
        ("One.\x04", "One.", "One.\n"),
        ("One.\n\x04", "One.", "One.\n\n"),
        (".\n", "", ".\n"),
        ("..\n.\n", "..", "..\n.\n"),
        ("bee\x7fs\x04", "bes", "bee\b \bs\n"),
        ("\x7fa\x04", "a", "a\n"),
        ("蜂\x7fx\x04", "x", "蜂\b \b\b \bx\n"),
        ("gone\x15kept\x04", "kept", "gone" + "\b \b" * 4 + "kept\n"),
        ("a\x1b[Db\x1b[3~c\x1bOAd\x04", "abcd", "abcd\n"),
        ("a\x00\x07b\x04", "ab", "ab\n"),
        ("x" * 10_000 + "\x04", "x" * 10_000, "x" * 10_000 + "\n"),
    ],
)
def test_what_is_typed_becomes_words_and_an_echo(typed: str, text: str, echo: str) -> None:
    for pieces in ([typed], list(typed)):
        entry = Entry()
        shown = "".join(map(entry.feed, pieces))
        assert (entry.text, shown, entry.done) == (text, echo, True)


def test_what_is_behind_the_end_is_no_part_of_it() -> None:
    entry = Entry()
    entry.feed("One.\n.\nq")
    assert entry.text == "One."
