"""What is found in any text, whole and in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pidgin_cli.events.redaction import REDACTED as MARKER
from pidgin_cli.filters.redaction.expressions import Expression
from pidgin_cli.filters.redaction.families import FAMILIES
from pidgin_cli.filters.redaction.growing import LONGEST, Growing
from pidgin_cli.filters.redaction.growth import growth
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings
from pidgin_cli.filters.redaction.views import views
from tests.filters.redaction.leaks import leaked
from tests.filters.redaction.planted import DISGUISES, Planted, planted

PLANTED = [each for each in planted() if len(each.secret) >= 8]
EVERYTHING = Matcher(PatternSettings(families=frozenset(FAMILIES)))
TYPED = Matcher(
    PatternSettings(
        literals=("Zanzibar", "café", "a.b", "RED"),
        ignore_case=True,
        expressions=(r"\bEMP-\d{3,5}\b", r"(?i)x[aá]+y|begin .{0,9}end$", r"^k+\Qa+\E"),
        families=frozenset({"email", "secrets"}),
    )
)
# Pieces of what is looked for, of what it is written in, and of what stands around it.
BITS = st.sampled_from(
    [
        *("Zanz", "ibar", "zanzibar", "caf", "é", "e\u0301", "a", ".", "b", "RED", MARKER, "[RED"),
        *("EMP-", "123", "9", " ", "\n", "begin ", "end", "kka+", "x", "á", "y", "x\u200by", "@"),
        *(
            "\\u00",
            "61",
            "\\",
            '\\"',
            "%4",
            "%61",
            "%",
            "mail",
            ".org",
            "sk-ant-",
            "password=",
            "ß",
        ),
        *(
            "a1B2c3D4e5F6g7H8",
            "UVphbnppYmFyIQ==",
            "5a616e7a69626172",
            "ｚａｎ",
            "，",
            "🙂",
            "\u00ad",
        ),
    ]
)
TEXTS = st.lists(BITS | st.text(max_size=3), max_size=12).map("".join)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """Draw an expression and a text that it matches."""
    form = draw(st.sampled_from(["letter", "class", "joined", "either", "repeated", "any"]))
    if form == "letter" or depth == 0:
        letter = draw(st.sampled_from("abkK.*é"))
        return (f"\\{letter}" if letter in ".*" else letter), letter
    if form == "class":
        return draw(
            st.sampled_from([("[a-c]", "b"), ("[^a\\]]", "z"), (r"\d", "7"), (r"\pL", "ж")])
        )
    if form == "any":
        return draw(
            st.sampled_from([("(?i:k)", "K"), ("(?s:.)", "\n"), (r"\Qa*\E", "a*"), (r"\b", "")])
        )
    one, one_text = draw(expressions(depth - 1))
    if form == "repeated":
        least, more = draw(st.integers(0, 2)), draw(st.integers(0, 11))
        sign = draw(st.sampled_from(["", "?"]))
        return f"(?:{one}){{{least},{least + more}}}{sign}", one_text * (least + min(more, 1))
    other, other_text = draw(expressions(depth - 1))
    if form == "either":
        return f"(?P<n>{one})|(?:{other})", draw(st.sampled_from([one_text, other_text]))
    return f"(?:{one})(?i)(?:{other})", one_text + other_text


@given(expressions(), st.booleans())
def test_every_beginning_of_a_match_has_begun(drawn: tuple[str, str], loose: bool):
    source, text = drawn
    begun = growth(source, loose=loose).begun
    assume(text)
    beginnings = [text[:length] for length in range(1, len(text) + 1)]
    expression = Expression(f"^(?:{begun})\\z")
    assert [] == [each for each in beginnings if not expression.found_in(each.encode())]


@given(TEXTS)
def test_what_a_view_shows_comes_from_its_text_in_order(text: str):
    for view in views(text):
        places = [view.origin(place, place + 1) for place in range(len(view.text))]
        assert [] == [place for place in places if not 0 <= place[0] < place[1] <= len(text)]
        assert places == sorted(places)
        if view.text == text:
            assert [(place, place + 1) for place in range(len(text))] == places


@given(TEXTS)
def test_spans_lie_in_the_text_in_order_and_apart(text: str):
    places = [place for span in TYPED.spans(text) for place in (span.start, span.end)]
    assert places == sorted(set(places))
    assert [] == [place for place in places if not 0 <= place <= len(text)]


@given(TEXTS)
def test_to_redact_twice_is_to_redact_once(text: str):
    once, _ = TYPED.redact(text)
    assert (once, {}) == TYPED.redact(once)


@given(st.lists(TEXTS, max_size=8))
def test_a_text_in_pieces_is_redacted_as_the_whole_is(pieces: list[str]):
    growing = Growing(TYPED)
    given_out = "".join([*map(growing.feed, pieces), growing.finish()])
    assert TYPED.redact("".join(pieces))[0] == given_out


@given(
    st.sampled_from(PLANTED),
    st.sampled_from([*DISGUISES]),
    TEXTS,
    TEXTS,
    st.lists(st.integers(0, 400), max_size=4),
)
@settings(max_examples=200)
def test_no_secret_shows_wherever_it_is_cut(
    each: Planted, disguise: str, before: str, after: str, cuts: Sequence[int]
):
    text = f"{before} {DISGUISES[disguise](each.text)} {after}"
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    growing = Growing(EVERYTHING)
    pieces = [text[start:end] for start, end in pairwise(places)]
    given_out = "".join([*map(growing.feed, pieces), growing.finish()])
    assert [] == leaked(given_out, each.secret)


@given(
    st.integers(1, 3 * LONGEST), st.integers(90, 700), st.sampled_from(["sk-ant-", "k%61y ", ""])
)
@settings(max_examples=30)
def test_what_grows_too_long_is_redacted_as_far_as_it_goes(length: int, step: int, start: str):
    secret = ("a1B2c3D4e5" * (length // 10 + 1))[:length]
    text = f"it is {start}{secret} so"
    growing = Growing(EVERYTHING)
    given_out = ""
    for place in range(0, len(text), step):
        given_out += growing.feed(text[place : place + step])
        assert growing.held <= LONGEST + step or length > LONGEST
    given_out += growing.finish()
    # One that is whole in the piece with which it passes the limit is known for what it is.
    if length > LONGEST + step:
        assert "a1B2c3D4" not in given_out
