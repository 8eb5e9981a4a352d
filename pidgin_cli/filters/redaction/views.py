"""Views: the ways a text is looked at, each with the way back to the text as it was given."""

from __future__ import annotations

import binascii
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

DEPTH = 3  # how often escapes are taken off: JSON in a string in a string

_IGNORABLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_HIDDEN = re.compile(f"[{_IGNORABLE}]+")
# With the ASCII letter before it, on which an accent may stand.
_BEYOND_ASCII = re.compile("[\0-\x7f]?[^\0-\x7f]+")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r'|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\["\\/bfnrt]'
)
_PERCENT = re.compile(r"%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# An escape that is not whole yet, with what may belong to the same character before it.
_OPEN_ESCAPE = re.compile(r"\\+(?:u[0-9a-fA-F]{0,3}|x[0-9a-fA-F]?)?\Z")
_OPEN_PERCENT = re.compile(r"(?:%[89a-fA-F][0-9a-fA-F]){0,3}(?:%[0-9a-fA-F]?)?\Z")

RUN = r"(?:[A-Za-z0-9+/_-]{40,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]+)+|[A-Za-z0-9+/_-]{8,})={0,2}"
"""A run of characters that may be base64, base64url or hex, over several lines if they are long."""

_RUN = re.compile(r"[A-Za-z0-9+/_-]{40,}+(?:\r?\n[ \t]*+[A-Za-z0-9+/_-]++)++|[A-Za-z0-9+/_-]{8,}+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9/+_]?[a-z/+_-]*+")
_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]{8,})")
_TO_BASE64 = str.maketrans("-_", "+/", " \t\r\n")


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a view that does not stand in its text as it is, and the piece it came from."""

    view_start: int
    view_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """A text as it looks once something has been taken off it.

    Args:
        edits: in order; between them the view and what it was made from are the same.
        source: the view that it was made from, if that was no text as given.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    source: View | None = field(default=None, repr=False)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Give the whole of what a piece of the view came from in the text as given."""
        if self.edits:
            start, end = self._origin(start, end)
        return (start, end) if self.source is None else self.source.origin(start, end)

    def _origin(self, start: int, end: int) -> tuple[int, int]:
        place = bisect_right(self.edits, start, key=lambda edit: edit.view_start) - 1
        if place >= 0:
            edit = self.edits[place]
            inside = start < edit.view_end
            start = edit.start if inside else start - edit.view_end + edit.end
        place = bisect_left(self.edits, end, key=lambda edit: edit.view_start) - 1
        if place >= 0:
            edit = self.edits[place]
            end = edit.end if end <= edit.view_end else end - edit.view_end + edit.end
        return start, end


DISGUISED = r'\\["\\/bfnrtux]|%[0-9a-fA-F]{2}|' + "|".join(
    f"[A-Za-z0-9+/_-]{{{place}}}[A-Z0-9][A-Za-z0-9+/_-]{{{7 - place}}}" for place in range(1, 8)
)
"""An expression that finds a place in every ASCII text that looks different in some view."""


def is_disguised(text: str, fold: bool = False) -> bool:
    """Say whether a text has characters that are not what they look like, or have no shape."""
    if text.isascii():
        return False
    return fold or _HIDDEN.search(text) is not None or not unicodedata.is_normalized("NFKC", text)


def views(text: str, fold: bool = False) -> Iterator[View]:
    """Give the text as it is, then as it looks without escapes, percent signs and disguises.

    Escapes are taken off in any order, three deep.

    Args:
        fold: whether disguises include the case of letters.
    """
    seen = {text}
    layer = [View(text)]
    for depth in range(DEPTH + 1):
        for view in layer:
            yield view
            if (plain := undisguised(view, fold)) is not None and plain.text not in seen:
                seen.add(plain.text)
                yield plain
        if depth < DEPTH:
            layer = [
                under
                for view in layer
                for take_off in (unescaped, unpercented)
                if (under := take_off(view)) is not None and under.text not in seen
            ]
            seen.update(view.text for view in layer)


def undisguised(view: View, fold: bool = False) -> View | None:
    """Give the view in NFKC without the characters that have no shape; None where it is so."""
    if not is_disguised(view.text, fold):
        return None
    return _view(view, _disguises(view.text, _folded if fold else _normal))


def unescaped(view: View) -> View | None:
    """Give the view as a reader of JSON would see it; None where nothing is escaped."""
    return _edited(view, _ESCAPE, _meant) if "\\" in view.text else None


def unpercented(view: View) -> View | None:
    """Give the view with what was written in percent signs; None where there is none."""
    return _edited(view, _PERCENT, _decoded) if "%" in view.text else None


def decoded_runs(text: str) -> Iterator[tuple[int, int, list[bytes]]]:
    """Give each run that may be base64 or hex, and what it may be decoded to, in order.

    What stands before an encoded text may be glued to it, so each of the four places where
    base64 can begin is tried.
    """
    for match in _RUN.finditer(text):
        run = match[0]
        if _PLAIN_WORD.fullmatch(run) is None:
            yield match.start(), match.end(), [*_from_base64(run), *_from_hex(run)]


def open_ends(text: str) -> Iterator[int]:
    """Give where the last escape begins that the next characters may change, if there is one."""
    for expression in (_OPEN_ESCAPE, _OPEN_PERCENT):
        match = expression.search(text, max(len(text) - 64, 0))
        if match is not None and match[0]:
            yield match.start()


def _from_base64(run: str) -> Iterator[bytes]:
    letters = run.translate(_TO_BASE64)
    for skipped in range(4):
        length = len(letters) - skipped
        # One letter beyond a group of four says nothing of a byte.
        whole = letters[skipped : len(letters) - (length % 4 == 1)]
        yield binascii.a2b_base64(whole + "=" * (-len(whole) % 4))


def _from_hex(run: str) -> Iterator[bytes]:
    for match in _HEX.finditer(run):
        digits = match[1]
        for skipped in (0, 1):
            length = len(digits) - skipped
            yield bytes.fromhex(digits[skipped : skipped + length - length % 2])


def _meant(escape: re.Match[str]) -> str:
    written = escape[0]
    if written[1] == "u":
        units = bytes.fromhex(written.replace("\\u", ""))
        return units.decode("utf-16-be", "surrogatepass")
    if written[1] == "x":
        return chr(int(written[2:], 16))
    return _SIMPLE.get(written[1], written[1])


def _decoded(escape: re.Match[str]) -> str:
    return bytes.fromhex(escape[0].replace("%", "")).decode(errors="replace")


def _edited(
    view: View, expression: re.Pattern[str], meant: Callable[[re.Match[str]], str]
) -> View | None:
    changes = (
        (match.start(), match.end(), meant(match)) for match in expression.finditer(view.text)
    )
    return _view(view, changes)


def _disguises(text: str, normal: Callable[[str], str]) -> Iterator[tuple[int, int, str]]:
    for match in _BEYOND_ASCII.finditer(text):
        plain = normal(match[0])
        if plain == match[0]:
            continue
        clusters = [*_clusters(match[0], normal)]
        if "".join(written for _, _, written in clusters) != plain:
            clusters = [(0, len(match[0]), plain)]
        for start, end, written in clusters:
            if written != match[0][start:end]:
                yield match.start() + start, match.start() + end, written


def _clusters(text: str, normal: Callable[[str], str]) -> Iterator[tuple[int, int, str]]:
    """Give each character with the marks and the shapeless characters after it, and its NFKC."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _belongs_to_the_last(text[place]):
            yield start, place, normal(text[start:place])
            start = place


def _belongs_to_the_last(character: str) -> bool:
    return unicodedata.combining(character) != 0 or _HIDDEN.match(character) is not None


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", _HIDDEN.sub("", text))


def _folded(text: str) -> str:
    return _normal(_normal(text).casefold())


def _view(source: View, changes: Iterable[tuple[int, int, str]]) -> View | None:
    parts: list[str] = []
    edits: list[Edit] = []
    place = length = 0
    for start, end, written in changes:
        length += start - place
        edits.append(Edit(length, length + len(written), start, end))
        parts += (source.text[place:start], written)
        length += len(written)
        place = end
    if not edits:
        return None
    return View("".join((*parts, source.text[place:])), tuple(edits), source)
