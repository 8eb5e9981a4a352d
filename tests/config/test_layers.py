from typing import NamedTuple

import pytest

from pidgin_cli.config.document import Entry
from pidgin_cli.config.interpret import settings_in
from pidgin_cli.config.layers import Layer, assembled, laid_over
from pidgin_cli.config.yaml_file import parse_yaml
from pidgin_cli.errors import ConfigError


class Part(NamedTuple):
    name: str
    sizes: tuple[int, ...] = ()


class Whole(NamedTuple):
    words: tuple[str, ...] = ("default",)
    rows: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Part, ...] = ()


def layer(text: str, below: Layer | None = None) -> Layer:
    document: dict[str, Entry] = parse_yaml(text.encode(), "f.yaml")
    return laid_over(below or {}, settings_in(document, "f.yaml", Whole))


def test_lists_are_of_values_of_lists_and_of_sections():
    text = "words: [a, b]\nrows: [[a], [b, c]]\nparts: [{name: x, sizes: [1, 2]}, {name: y}]"
    assert Whole(("a", "b"), (("a",), ("b", "c")), (Part("x", (1, 2)), Part("y"))) == assembled(
        Whole, layer(text)
    )


def test_one_value_is_a_list_of_one():
    assert Whole(("a",)) == assembled(Whole, layer("words: a"))


def test_what_is_not_set_keeps_its_default():
    assert Whole() == assembled(Whole, {})


def test_a_list_is_replaced_whole_by_a_shorter_one():
    below = layer("words: [a, b, c]\nparts: [{name: x, sizes: 1}, {name: y}]")
    above = layer("words: d\nparts: [{name: z}]", below)
    assert Whole(("d",), (), (Part("z"),)) == assembled(Whole, above)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words: []", "f.yaml:1: words: a list is not a list with something in it"),
        ("words: {a: b}", "f.yaml:1: words: a mapping is not a list with something in it"),
        ("words:\n  - a\n  - 3", "f.yaml:3: words.1: 3 is not text"),
        ("parts:\n  - sizes: 1", "f.yaml:2: parts.0 has no name: add one"),
        ("parts:\n  - name: x\n    size: 1", "f.yaml:3: unknown key parts.0.size: did you mean"),
    ],
)
def test_what_is_wrong_in_a_list_is_told_with_its_place(text: str, said: str):
    with pytest.raises(ConfigError) as refused:
        layer(text)
    assert str(refused.value).startswith(said)
