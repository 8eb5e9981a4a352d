from __future__ import annotations

import pytest

from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.filters.redaction.expressions import Expression, quoted
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings

WIKI = "see https://github.com/google/re2/wiki/Syntax"
EMPTY = (
    "matches the empty text and would match everywhere; "
    "write + for *, or leave out what is optional"
)
REFUSED = {
    "foo(?=bar)": "RE2 has no lookahead ((?= at character 4); "
    "match the text after it too, and the whole is redacted",
    "(?!x)a": "RE2 has no negative lookahead ((?! at character 1); "
    "say what may follow instead of what may not",
    "(?<=a)b": "RE2 has no lookbehind ((?<= at character 1); "
    "match the text before it too, and the whole is redacted",
    "(?<!a)b": "RE2 has no lookbehind ((?<! at character 1); "
    "match the text before it too, and the whole is redacted",
    r"(a)\1": "RE2 has no backreferences (\\1 at character 4); write out what is meant",
    "(?P<n>a)(?P=n)": "RE2 has no backreferences and recursion ((?P at character 9); "
    "write out what is meant",
    "a++": "RE2 has no possessive repetition (++ at character 2); "
    "write + alone: nothing backtracks here",
    "(?>ab)": "RE2 has no atomic groups ((?> at character 1); write (?:…): nothing backtracks here",
    r"ab\Z": "RE2 has no \\Z (\\Z at character 3); write \\z",
    r"\u00e9": "RE2 has no \\u escapes (\\u at character 1); write \\x{…}",
    r"a\Cb": "RE2 has no single bytes (\\C) (\\C at character 2); match characters: write (?s:.)",
    "a(b": f"missing ) at character 4; {WIKI}",
    "x[a": f"missing ] at character 4; {WIKI}",
    "ab)": f"unexpected ); {WIKI}",
    "[z-a]": f"invalid character class range z-a at character 2; {WIKI}",
    "*a": f"no argument for repetition operator * at character 1; {WIKI}",
    "a{1001}": f"invalid repetition size {{1001}} at character 2; {WIKI}",
}


@pytest.mark.parametrize("source", REFUSED)
def test_what_re2_refuses_is_named_with_its_place_and_what_to_do(source: str):
    with pytest.raises(UsageError) as caught:
        Matcher(PatternSettings(expressions=("fine", source)))
    assert (f"regex 2: {REFUSED[source]}", ExitStatus.USAGE) == (
        str(caught.value),
        caught.value.exit_status,
    )


@pytest.mark.parametrize("source", ["a*", "(a|)", r"\b", "^$", "(?:x?){3}", "(?i)", "()"])
def test_an_expression_that_matches_nothing_at_all_is_refused(source: str):
    with pytest.raises(UsageError) as caught:
        Matcher(PatternSettings(expressions=(source,)))
    assert f"regex 1 {EMPTY}" == str(caught.value)


def test_an_empty_pattern_is_refused():
    with pytest.raises(UsageError) as caught:
        Matcher(PatternSettings(literals=("a", "")))
    assert "pattern 2 is empty and would match everywhere; write what is to be found" == str(
        caught.value
    )


def test_a_lone_surrogate_in_a_pattern_is_refused():
    with pytest.raises(UsageError) as caught:
        Matcher(PatternSettings(expressions=("ab\ud800",)))
    assert "regex 1 holds a lone surrogate at character 3; leave it out" == str(caught.value)


def test_an_unknown_family_is_refused_with_those_that_are():
    with pytest.raises(UsageError) as caught:
        Matcher(PatternSettings(families=frozenset({"emial"})))
    assert (
        "no family is called 'emial'; did you mean email? "
        "The families are secrets, email, phone, ip, card, iban, url, paths" == str(caught.value)
    )


def test_a_quoted_text_matches_itself_only():
    text = "a.b*c\\d[\n\0é"
    assert [(0, 0, len(text.encode()))] == [*Expression(quoted(text)).matches_in(text.encode())]
    assert not Expression(quoted("a.b")).found_in(b"axb")


def test_what_stands_behind_one_group_may_stand_before_the_next():
    expression = Expression(r"(?:^| )(?P<word>[a-z]+)(?:$| )", group="word")
    assert [(0, 0, 3), (3, 4, 7), (7, 8, 11)] == [*expression.matches_in(b"one two six")]
