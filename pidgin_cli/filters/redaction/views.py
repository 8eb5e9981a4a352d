"""Views: the ways a text is looked at, each with the way back to the text as it was given."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

DEPTH = 3
"""How often something is taken off: JSON in a string in a string."""

_SHAPELESS = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
PLAIN = (
    "\0-\x7f\xa1-\xa7\xa9\xab\xac\xae\xb0\xb1\xb6\xb7\xbb\xbf-\xff\u0100-\u0131\u0134-\u013e"
    "\u0141-\u0148\u014a-\u017e\u0391-\u03a1\u03a3-\u03c9\u0401-\u0481\u048a-\u052f\u05d0-\u05ea"
    "\u0621-\u063a\u0641-\u064a\u2010\u2012-\u2016\u2018-\u2023\u20ac\u2190-\u21ff\u2200-\u222b"
    "\u2231-\u22ff\u2500-\u2a0b\u3001\u3002\u3008-\u3011\u3041-\u3094\u30a1-\u30fa\u30fc"
    "\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff"
)
"""What people write most, as a class of characters: no disguise, alone or beside each other."""

DISGUISED = rf'[^{PLAIN}]|\\["\\/bfnrtux]|%[0-9a-fA-F]{{2}}'
"""An expression that finds a place in every text that looks different in some view."""

_SHAPELESS_RUN = re.compile(f"[{_SHAPELESS}]+")
# With the ASCII letter before it, on which an accent may stand.
_BEYOND_ASCII = re.compile("[\0-\x7f]?[^\0-\x7f]+")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r'|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\["\\/bfnrt]'
)
_SHORT_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_PERCENT = re.compile(r"%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+")
# An escape that is not whole yet, with what may belong to the same character before it.
_OPEN_ESCAPE = re.compile(r"\\+(?:u[0-9a-fA-F]{0,3}|x[0-9a-fA-F]?)?\Z")
_OPEN_PERCENT = re.compile(r"(?:%[89a-fA-F][0-9a-fA-F]){0,3}(?:%[0-9a-fA-F]?)?\Z")

Changes = Iterable[tuple[int, int, str]]


class Edit(NamedTuple):
    """A piece of a view that does not stand so in its source, and the piece it came from."""

    view_start: int
    view_end: int
    start: int
    end: int


class View:
    """A text as it looks once something has been taken off it.

    Args:
        source: the view that it was made from, if that was no text as given.
        changes: gives the places of the source that were changed, in order, and what they became.
    """

    __slots__ = ("_changes", "_edits", "_source", "text")

    def __init__(
        self, text: str, source: View | None = None, changes: Callable[[], Changes] = tuple
    ) -> None:
        self.text = text
        self._source = source
        self._changes = changes
        self._edits: list[Edit] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Give the whole of what a piece of the view came from in the text as given."""
        if self._source is None:
            return start, end
        if self._edits is None:
            self._edits = self._worked_out(self._source.text)
        return self._source.origin(_start_of(start, self._edits), _end_of(end, self._edits))

    def _worked_out(self, source: str) -> list[Edit]:
        edits = []
        place = length = 0
        for start, end, written in self._changes():
            length += start - place
            edits.append(Edit(length, length + len(written), start, end))
            length += len(written)
            place = end
        if length + len(source) - place != len(self.text):
            # Should the two ways to see it ever differ, anything came from all of it.
            return [Edit(0, len(self.text), 0, len(source))]
        return edits


def views(text: str, fold: bool = False) -> Iterator[View]:
    """Give the text as it is, then as it looks without escapes, percent signs and disguises.

    These are taken off in any order, three deep.

    Args:
        fold: whether the case of letters is a disguise where RE2 does not fold it: ß and ss.
    """
    disguise = _Disguise(fold)
    seen = {text}
    layer = [View(text)]
    for _ in range(DEPTH):
        yield from layer
        under = []
        for view in layer:
            for take_off in (unescaped, unpercented, disguise.taken_off):
                plainer = take_off(view)
                if plainer is not None and plainer.text not in seen:
                    seen.add(plainer.text)
                    under.append(plainer)
        layer = under
    yield from layer


def is_as_it_looks(text: str, fold: bool = False) -> bool:
    """Say whether a text has one view only; see `views`."""
    if "\\" in text or "%" in text:
        return False
    return text.isascii() or not (fold or _suspect().search(text))


@cache
def _suspect() -> re.Pattern[str]:
    # To make it takes longer than all the others here, and few names are more than ASCII.
    return re.compile(f"[^{PLAIN}]")


def unescaped(view: View) -> View | None:
    """Give the view as a reader of JSON would see it; None where nothing is escaped."""
    return _rewritten(view, _ESCAPE, _meant) if "\\" in view.text else None


def unpercented(view: View) -> View | None:
    """Give the view with what was written in percent signs; None where there is none."""
    return _rewritten(view, _PERCENT, _decoded) if "%" in view.text else None


def undisguised(view: View, fold: bool = False) -> View | None:
    """Give the view in NFKC without the characters that have no shape; None where it is so."""
    return _Disguise(fold).taken_off(view)


def open_ends(text: str) -> Iterator[int]:
    """Give where an escape begins that the next characters may change, if the text ends in one."""
    for sign, expression in (("\\", _OPEN_ESCAPE), ("%", _OPEN_PERCENT)):
        match = expression.search(text, text.rfind("\n") + 1) if sign in text[-12:] else None
        if match is not None and match[0]:
            yield match.start()


def _meant(escape: re.Match[str]) -> str:
    written = escape[0]
    if written[1] == "u":
        return bytes.fromhex(written.replace("\\u", "")).decode("utf-16-be", "surrogatepass")
    if written[1] == "x":
        return chr(int(written[2:], 16))
    return _SHORT_ESCAPES.get(written[1], written[1])


def _decoded(escape: re.Match[str]) -> str:
    return bytes.fromhex(escape[0].replace("%", "")).decode(errors="replace")


def _rewritten(
    view: View, expression: re.Pattern[str], meant: Callable[[re.Match[str]], str]
) -> View | None:
    def changes() -> Changes:
        for match in expression.finditer(view.text):
            yield match.start(), match.end(), meant(match)

    written = expression.sub(meant, view.text)
    return None if written == view.text else View(written, view, changes)


class _Disguise:
    """Takes off what makes characters look like others, or like none."""

    def __init__(self, fold: bool) -> None:
        self._fold = fold

    def taken_off(self, view: View) -> View | None:
        text = view.text
        if text.isascii() or not (self._fold or _suspect().search(text)):
            return None
        plain = self._plain(text)
        return None if plain == text else View(plain, view, lambda: self._changes(text))

    def _plain(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", _SHAPELESS_RUN.sub("", text))
        return unicodedata.normalize("NFKC", plain.casefold()) if self._fold else plain

    def _changes(self, text: str) -> Changes:
        for match in _BEYOND_ASCII.finditer(text):
            whole = self._plain(match[0])
            if whole == match[0]:
                continue
            clusters = [
                (start, end, self._plain(match[0][start:end])) for start, end in _clusters(match[0])
            ]
            if "".join(plain for _, _, plain in clusters) != whole:
                clusters = [(0, len(match[0]), whole)]
            for start, end, plain in clusters:
                if plain != match[0][start:end]:
                    yield match.start() + start, match.start() + end, plain


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Give each character with the marks and the shapeless characters after it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _belongs_to_the_last(text[place]):
            yield start, place
            start = place


def _belongs_to_the_last(character: str) -> bool:
    return unicodedata.combining(character) != 0 or _SHAPELESS_RUN.match(character) is not None


def _start_of(start: int, edits: list[Edit]) -> int:
    place = bisect_right(edits, start, key=lambda edit: edit.view_start) - 1
    if place < 0:
        return start
    edit = edits[place]
    return edit.start if start < edit.view_end else start - edit.view_end + edit.end


def _end_of(end: int, edits: list[Edit]) -> int:
    place = bisect_left(edits, end, key=lambda edit: edit.view_start) - 1
    if place < 0:
        return end
    edit = edits[place]
    return edit.end if end <= edit.view_end else end - edit.view_end + edit.end
