import pytest

from pidgin_cli.measures.structure import Sentence, blocks, punctuation, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("...", []),
        ("Really?! Yes", [Sentence(["really"], "?"), Sentence(["yes"], "")]),
        ("It is 3.14.", [Sentence(["it", "is", "3", "14"], ".")]),
        ("Thanks!🙏", [Sentence(["thanks"], "!"), Sentence(["🙏"], "")]),
        ('"Go!" she said…', [Sentence(["go"], "!"), Sentence(["she", "said"], ".")]),
        ("好。吗？", [Sentence(["好"], "."), Sentence(["吗"], "?")]),
        ("one\ntwo", [Sentence(["one"], ""), Sentence(["two"], "")]),
    ],
    ids=ascii,
)
def test_a_text_is_cut_into_sentences(text: str, expected: list[Sentence]):
    assert expected == sentences(text)


def test_marks_are_counted_and_typographic_ones_count_as_plain():
    assert punctuation("a, b， “c”. d？") == {",": 2, ".": 1, '"': 2, "?": 1}


def test_blocks_are_counted_as_markdown_has_them():
    text = """# Title
#hash is prose
and so is this

- item
* item
12. item
> quoted
> on

| a | b |
| 1 | 2 |
```python
# no heading

- no item
```
end"""
    expected = {
        "heading": 1,
        "paragraph": 2,
        "item": 3,
        "quote": 1,
        "row": 2,
        "code": 1,
    }
    assert expected == blocks(text)


def test_a_text_without_lines_has_no_blocks():
    assert blocks(" \n\n ") == {}
