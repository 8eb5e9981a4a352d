from __future__ import annotations

import pytest

from pidgin_cli.events.redaction import REDACTED as MARKER
from pidgin_cli.filters.redaction.growing import LONGEST, Growing
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings


def growing(*literals: str, **settings: object) -> Growing:
    return Growing(Matcher(PatternSettings(literals, **settings)))


def given(text: Growing, *pieces: str) -> list[str]:
    """Give what comes out with each piece, and at the end."""
    return [*map(text.feed, pieces), text.finish()]


def test_what_can_be_no_match_goes_at_once():
    assert ["He said: ", "no. ", ""] == given(growing("Hildegard"), "He said: ", "no. ")


def test_what_may_be_a_match_is_held_until_it_is_known():
    text = growing("Hildegard von")
    assert ["so ", "", "", f"{MARKER}! ", ""] == given(text, "so Hil", "degard ", "v", "on! ")


def test_what_may_have_been_a_match_goes_when_it_is_none():
    assert ["so ", "Hildegard ", "was"] == given(growing("Hildegard von"), "so Hil", "degard was")


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_match_with_something_before_it_is_found_wherever_it_is_cut(cut: int):
    text = growing(families=frozenset({"secrets"}))
    whole = "so password=hunter22aZ, ok"
    redacted = "".join(given(text, whole[:cut], whole[cut:]))
    assert (f"so password={MARKER}, ok", {"assignment": 1}) == (redacted, text.counts)


def test_the_end_of_the_text_is_known_only_when_it_is_reached():
    text = growing(expressions=("two$",))
    assert ["one ", "two two, ", MARKER] == given(text, "one two", " two, two")


def test_the_border_of_a_word_is_known_across_pieces():
    text = growing(expressions=(r"\bsix\b",))
    assert f"asix sixty \n{MARKER}" == "".join(given(text, "a", "six ", "six", "ty ", "\n", "six"))


def test_an_accent_that_comes_late_is_waited_for():
    text = growing("caf\u00e9")
    assert f"le {MARKER} noir" == "".join(given(text, "le cafe", "\u0301 noir"))


def test_no_more_than_the_longest_is_held():
    text = growing(expressions=("begin.*end",))
    held = []
    redacted = text.feed("so begin")
    for _ in range(LONGEST // 100):
        redacted += text.feed("x" * 100)
        held.append(text.held)
    assert "so " == redacted
    assert max(held) <= LONGEST
    assert f"so {MARKER}" == redacted + text.feed("x" * 100) + text.finish()


def test_what_grew_too_long_is_redacted_until_it_can_be_no_match():
    text = growing(expressions=("begin[x ]+end",))
    rest = "xx. Then on, " + "and on, " * LONGEST
    redacted = "".join(given(text, "so begin" + "x " * LONGEST, rest[:2000], rest[2000:], "end."))
    assert redacted.startswith(f"so {MARKER}")
    assert redacted.endswith("and on, end.")
    assert "x" not in redacted


def test_what_is_still_too_long_at_the_end_stays_redacted():
    text = growing(families=frozenset({"secrets"}))
    pieces = ("so sk-ant-" + "a1B2" * LONGEST, "c3D4" * LONGEST)
    assert f"so {MARKER}" == "".join(given(text, *pieces))


def test_a_marker_in_pieces_is_left_alone():
    assert MARKER == "".join(given(growing("RED", "ACT"), *MARKER))
