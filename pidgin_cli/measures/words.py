"""Words: how a text is cut into the units that every other measure counts."""

from __future__ import annotations

import re

from pidgin_cli.possessive import compiled

# Written without spaces between words: Thai and Lao, Burmese, Khmer, kana, Chinese characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
# Python's \w leaves out accents that stand alone and the vowel signs of the Indic scripts.
_ACCENTS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_LETTERS = rf"(?:[^\W_{_UNSPACED}]++|[{_ACCENTS}]++)++"
# Joiners, variation selectors, skin tones, key caps and tags only change the symbol before them.
_MODIFIERS = (
    "\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\u20e3\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f"
)

PLAIN_MARKS = str.maketrans(
    "。．，、；：！？（）［］｛｝「」『』“”„«»‹›‘’‒–―−¿¡،؛؟।॥",
    "..,,;:!?()[]{}" + '"' * 11 + "''" + "----" + "?!" + ",;?..",
)
"""Typographic and full-width marks, and the plain mark that each of them counts as."""

MARKS = ".,;:!?…—-()[]{}\"'`*_#~/|\\<>"
"""The characters that count as punctuation once `PLAIN_MARKS` has been applied."""

_PUNCTUATION = re.escape(MARKS + "".join(map(chr, PLAIN_MARKS)))
_WORD = compiled(
    rf"{_LETTERS}(?:'{_LETTERS})*+"
    rf"|[{_UNSPACED}]++"
    rf"|[^\w\s{_MODIFIERS}{_PUNCTUATION}]"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]")
_EMOJI = re.compile(
    "[\u203c\u2049\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f000-\U0001faff]"
)


def words(text: str) -> list[str]:
    """Give the words of a text in their order, case folded.

    A word is a run of letters and digits (an apostrophe may stand inside), or one symbol or
    emoji. Scripts that put no spaces between words give overlapping pairs of characters, as search
    engines index them. Punctuation and spaces are no words; U+FFFD and lone surrogates are symbols.

    Takes time in proportion to the text. Python 3.11–3.13 differ only in characters that Unicode
    added after version 14.
    """
    found = _WORD.findall(text.casefold().replace("’", "'"))
    if _UNSPACED_RUN.search(text) is None:
        return found
    return [part for word in found for part in _pairs(word)]


def _pairs(word: str) -> list[str]:
    if len(word) == 1 or _UNSPACED_RUN.match(word) is None:
        return [word]
    return [word[i : i + 2] for i in range(len(word) - 1)]


def is_emoji(word: str) -> bool:
    """Tell whether this word is an emoji or another pictograph."""
    return _EMOJI.match(word) is not None


def listed(text: str) -> frozenset[str]:
    """Give the words of a table that is written as a text, with spaces between them."""
    return frozenset(text.split())
