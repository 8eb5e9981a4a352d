"""Structure: the sentences, the punctuation and the blocks of a text, whatever its words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pidgin_cli.measures.words import MARKS, PLAIN_MARKS, words

_CLOSED = "。．！？।॥؟\n"
# A mark before a letter or digit ends nothing (3.14, example.org), but where no spaces are written.
# A run of marks is tried at its first one only, so that a long run takes linear time.
_END = re.compile(
    rf"([.!?…{_CLOSED}](?:(?<=[{_CLOSED}])[{_CLOSED}]*+|(?<![.!?…]{{2}})[.!?…]*+(?!\w)))"
)
_NUMBERED = re.compile(r"[0-9]{1,9}[.)]\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, and the mark that ends it: ".", "!", "?", or "" for none."""

    words: list[str]
    ending: str


def sentences(text: str) -> list[Sentence]:
    """Give the sentences of a text in their order; those without a word are left out.

    A sentence ends at end marks that no letter or digit follows, and at the end of a line. An
    abbreviation before a space counts as an end.
    """
    pieces = [*_END.split(text), ""]
    found = (
        Sentence(words(piece), _ending(mark))
        for piece, mark in zip(pieces[::2], pieces[1::2], strict=True)
    )
    return [sentence for sentence in found if sentence.words]


def punctuation(text: str) -> Counter[str]:
    """Give how often each punctuation mark stands in a text; only those that do.

    Typographic and full-width forms count as the plain mark.
    """
    plain = text.translate(PLAIN_MARKS)
    return Counter({mark: count for mark in MARKS if (count := plain.count(mark))})


def blocks(text: str) -> Counter[str]:
    """Give how many blocks of each kind a text is built of, as Markdown has them.

    Kinds: paragraph, heading, item (of a list), quote, row (of a table), code. Paragraphs, quotes
    and code count once for all their adjoining lines.
    """
    found: Counter[str] = Counter()
    before, fenced = "", False
    for line in text.split("\n"):
        line = line.strip()
        fence = line.startswith(("```", "~~~"))
        kind = "code" if fenced or fence else _kind(line)
        fenced ^= fence
        if kind and (kind != before or kind in ("heading", "item", "row")):
            found[kind] += 1
        before = kind
    return found


def _ending(mark: str) -> str:
    plain = mark.translate(PLAIN_MARKS)
    return next((end for end in "?!" if end in plain), "." if plain.strip() else "")


def _kind(line: str) -> str:
    if not line:
        return ""
    if line.startswith("#") and line.lstrip("#").startswith(" "):
        return "heading"
    if line.startswith(("- ", "* ", "+ ", "• ")) or _NUMBERED.match(line):
        return "item"
    if line.startswith(">"):
        return "quote"
    return "row" if line.startswith("|") else "paragraph"
