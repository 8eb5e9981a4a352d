from __future__ import annotations

import base64
import json

import pytest

from pidgin_cli.events.redaction import REDACTED as MARKER
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings
from pidgin_cli.filters.redaction.spans import Span


def redact(text: str, *literals: str, **settings: object) -> str:
    return Matcher(PatternSettings(literals, **settings)).redact(text)[0]


def test_without_patterns_there_is_nothing_to_look_for():
    matcher = Matcher(PatternSettings())
    assert (True, [], 4) == (matcher.nothing, matcher.spans("text"), matcher.safe_prefix("text"))


def test_a_span_tells_its_place_in_characters_and_who_found_it():
    matcher = Matcher(PatternSettings(("blau",), expressions=(r"\d+",)))
    assert [Span(8, 12, "pattern 1"), Span(14, 16, "regex 1")] == matcher.spans("größe 🙂 blau, 42")


def test_what_is_found_is_counted_by_its_name():
    matcher = Matcher(PatternSettings(("a",), families=frozenset({"email"})))
    assert {"pattern 1": 2, "email": 1} == matcher.redact("a x@y.org a")[1]


def test_a_name_never_tells_the_pattern():
    matcher = Matcher(PatternSettings(("hush",), expressions=("qui.t",)))
    assert ["pattern 1", "regex 1"] == [span.name for span in matcher.spans("hush quiet")]


def test_matches_that_touch_or_overlap_leave_one_marker():
    assert f"x{MARKER}y" == redact("xabcdefy", "abc", "cde", "f")


def test_a_literal_is_no_expression():
    assert f"axb {MARKER}" == redact("axb a.b", "a.b")


def test_the_case_of_a_literal_matters_unless_it_is_to_be_ignored():
    assert "ANNA" == redact("ANNA", "anna")
    assert MARKER == redact("ANNA", "anna", ignore_case=True)


@pytest.mark.parametrize("text", ["STRASSE", "straße", "Strasse", "ſtraſſe", "ＳＴＲＡＳＳＥ"])
@pytest.mark.parametrize("literal", ["Straße", "strasse", "STRASSE"])
def test_case_is_ignored_as_languages_do(literal: str, text: str):
    assert f"in {MARKER} 7" == redact(f"in {text} 7", literal, ignore_case=True)


@pytest.mark.parametrize(
    "text", ["caf\u00e9", "cafe\u0301", "ｃａｆé", "ca\u00adfe\u0301", "ca\u200bf\u00e9"]
)
@pytest.mark.parametrize("literal", ["caf\u00e9", "cafe\u0301"])
def test_a_literal_is_found_however_its_accents_are_written(literal: str, text: str):
    assert f"le {MARKER} noir" == redact(f"le {text} noir", literal)


def test_a_literal_is_found_without_the_characters_that_have_no_shape():
    assert f"{MARKER} {MARKER}" == redact("an\u200bna anna", "a\u00adn\u200bna")


def test_the_groups_of_an_expression_mean_nothing():
    settings = {"expressions": (r"id=(?P<secret>\d+)?;", r"(?P<secret>a)(?P<name>b)")}
    assert f"{MARKER} {MARKER} {MARKER}" == redact("id=; id=7; ab", **settings)


def test_what_is_told_of_the_start_and_end_of_a_text_holds():
    matcher = Matcher(PatternSettings(expressions=("^one", "two$", r"\bsix\b")))
    text = "one one two sixty six two"
    assert f"{MARKER} one two sixty {MARKER} {MARKER}" == matcher.redact(text)[0]


def test_a_marker_is_left_alone_whatever_is_looked_for():
    matcher = Matcher(PatternSettings(("RED", "[", "ACT"), expressions=(r"\w+",)))
    assert (MARKER, {}) == matcher.redact(MARKER)


def test_a_match_that_goes_on_beyond_a_marker_takes_it_in():
    assert MARKER == redact(f"a{MARKER}b", expressions=("a.*b",))


def test_json_in_a_string_stays_json():
    text = json.dumps({"user": "x", "note": 'say "anna" \\ twice', "deep": json.dumps(["anna"])})
    redacted = json.loads(redact(text, "anna"))
    assert {"user": "x", "note": f'say "{MARKER}" \\ twice', "deep": f'["{MARKER}"]'} == redacted


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_json_is_looked_through_three_deep(depth: int):
    text = "n\u00e9e Anna"
    for _ in range(depth):
        text = json.dumps({"a": text})
    assert "Anna" not in redact(text, "n\u00e9e Anna")
    assert MARKER in redact(text, "n\u00e9e Anna")


def test_percent_signs_are_read_once_they_are_whole_characters():
    assert f"x={MARKER}%2" == redact("x=%6Een%C3%A9%2", "nené")


def test_percent_signs_within_full_width_percent_signs_are_read():
    assert f"x={MARKER}" == redact("x=％61nna", "anna")


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz", "xyz/"])
def test_base64_is_read_whatever_is_glued_to_it(before: str):
    run = base64.b64encode(b"the name is Hildegard, they said").decode().rstrip("=")
    assert MARKER == redact(before + run, "Hildegard")


@pytest.mark.parametrize("run", ["YW5uYQ==", "YW5uYQ", "616e6e61", "616E6E61"])
def test_short_texts_are_read_when_they_are_encoded(run: str):
    assert f"so {MARKER}" == redact(f"so {run}", "anna").replace("=", "")


def test_base64_is_read_over_lines():
    run = base64.encodebytes(b"x" * 70 + b"Hildegard" + b"y" * 70).decode()
    assert f"key: {MARKER}=\nand more, that stays" == redact(
        f"key: {run}and more, that stays", "Hildegard"
    )


def test_characters_of_two_bytes_are_read_in_base64():
    run = base64.b64encode("Hildegard".encode("utf-16-le")).decode()
    assert f"-enc {MARKER}" == redact(f"-enc {run}", "Hildegard")


def test_encoded_text_is_read_in_an_escaped_string():
    run = base64.b64encode(b"Hildegard?>~").decode()
    text = json.dumps({"a": f"{run}\n"}).replace("+", "\\u002b")
    assert {"a": f"{MARKER}\n"} == json.loads(redact(text, "Hildegard"))


def test_a_lone_surrogate_breaks_nothing():
    assert f"\ud800 {MARKER} \udfff" == redact("\ud800 anna \udfff", "anna")


def test_an_expression_of_any_character_takes_everything():
    assert MARKER == redact("so\nmany 🙂 lines", expressions=("(?s).+",))


def test_a_long_text_takes_time_in_proportion():
    matcher = Matcher(PatternSettings(("anna",), families=frozenset({"secrets", "email"})))
    text = "größe: anna %61nna \\u0061nna, " * 2000
    assert 3 * 2000 == sum(matcher.redact(text)[1].values())
