from __future__ import annotations

import pytest

from pidgin_cli.config.document import Entry
from pidgin_cli.config.yaml_file import parse_yaml
from pidgin_cli.errors import ConfigError


def fault(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~", "{}", "\ufeff"])
def test_a_file_may_say_nothing(text: str) -> None:
    assert parse_yaml(text.encode(), "f.yaml") == {}


def test_keys_carry_their_lines() -> None:
    text = "# first\na: 1\nb:\n  c: [x, 2.5]\n  d: |\n    text\n"
    inner = {"c": Entry(4, [Entry(4, "x"), Entry(4, 2.5)]), "d": Entry(5, "text\n")}
    assert {"a": Entry(2, 1), "b": Entry(3, inner)} == parse_yaml(text.encode(), "f.yaml")


def test_keys_are_text_whatever_they_look_like() -> None:
    expected = {"no": Entry(1, 1), "5": Entry(1, 2), "~": Entry(1, 3)}
    assert expected == parse_yaml(b"{no: 1, 5: 2, ~: 3}", "f.yaml")


def test_a_date_is_text() -> None:
    assert {"a": Entry(1, "2024-02-30")} == parse_yaml(b"a: 2024-02-30", "f.yaml")


def test_an_alias_carries_the_line_of_its_own_key() -> None:
    expected = {"a": Entry(1, {"b": Entry(1, 1)}), "c": Entry(2, {"b": Entry(1, 1)})}
    assert expected == parse_yaml(b"a: &x {b: 1}\nc: *x\n", "f.yaml")


def test_a_bomb_of_aliases_shares_what_it_repeats() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    document = parse_yaml("\n".join(["l0: &l0 [x]", *levels]).encode(), "f.yaml")
    deepest = document["l29"].value
    assert isinstance(deepest, list)
    assert all(item.value is document["l28"].value for item in deepest)


def test_carriage_returns_count_once() -> None:
    assert {"a": Entry(1, 1), "b": Entry(2, 2)} == parse_yaml(b"a: 1\r\nb: 2\r\n", "f.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "f.yaml:1:5: bad YAML: mapping values are not allowed here"),
        (
            "a: 1\nb: [",
            "f.yaml:2:5: bad YAML: expected the node content, but found '<stream end>'",
        ),
        ("a:\n\tb: 1", "f.yaml:2:1: bad YAML: a tab where only spaces may stand"),
        ('a: "\\U99999999"', "f.yaml:1:7: bad YAML: a number or a character that cannot be"),
        (
            f"%YAML 1.{'9' * 5000}\n---\n",
            "f.yaml:1:9: bad YAML: a number or a character that cannot be",
        ),
        ("- a", "f.yaml:1: a list is not a mapping of keys to values"),
        ("text", 'f.yaml:1: "text" is not a mapping of keys to values'),
        ("a: 1\n---\nb: 2", "f.yaml:2: a second document: a configuration is only one"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "f.yaml:4: b.c is given twice, first on line 3"),
        ("? [a]\n: b", "f.yaml:1: a key must be text"),
        ("a: 1\n<<: {b: 1}", "f.yaml:2: << is not understood: write the keys out"),
        ("a: *b", "f.yaml:1: *b stands for nothing whole above it"),
        ("a: &b [*b]", "f.yaml:1: *b stands for nothing whole above it"),
        ("a: " + "[" * 50_000, "f.yaml:1: nested more than 32 levels deep"),
        ("{a: " * 50_000, "f.yaml:1: nested more than 32 levels deep"),
        ("- " * 50_000, "f.yaml:1: nested more than 32 levels deep"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "f.yaml:1: the tag !!python/object/apply:os.system is not allowed: take it out",
        ),
        (
            "a: !!python/name:os.system",
            "f.yaml:1: the tag !!python/name:os.system is not allowed: take it out",
        ),
        ("a: !secret x", "f.yaml:1: the tag !secret is not allowed: take it out"),
        ("!!python/none x: 1", "f.yaml:1: the tag !!python/none is not allowed: take it out"),
        ("a: !!set {b}", "f.yaml:1: the tag !!set is not allowed: take it out"),
        ("a: !!int x", 'f.yaml:1: "x" cannot be read as int'),
        ("a: !!int ''", 'f.yaml:1: "" cannot be read as int'),
        ("a: !!bool maybe", 'f.yaml:1: "maybe" cannot be read as bool'),
        ("a: 0x_", 'f.yaml:1: "0x_" cannot be read as int'),
        ("a: " + "9" * 5000, f'f.yaml:1: "{"9" * 60}…" cannot be read as int'),
        ("a: 1" + ":1" * 50_000, f'f.yaml:1: "{"1:" * 30}…" cannot be read as int'),
        ('a: "\\ud800"', "f.yaml:1: half of a surrogate pair: write the whole character"),
        ("a: 1\nb: \x1b", "f.yaml:2: a control character: take it out"),
        ("a: 1\nb: \x00", "f.yaml:2: a control character: take it out"),
        (b"a: 1\nb: \xff", "f.yaml:2: byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"\xef\xbb\xbfa: 1\n\xff", "f.yaml:2: byte 0xff is not UTF-8: save the file as UTF-8"),
        (
            "a: 1".encode("utf-16"),
            "f.yaml:1: byte 0xff is not UTF-8: save the file as UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    text: str | bytes, expected: str
) -> None:
    assert expected == fault(text)
