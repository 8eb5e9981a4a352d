"""Foreign text made safe for a terminal: what would act or hide is shown instead."""

from __future__ import annotations

import re

_SUSPECT = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but tab and newline
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # letters and hyphens without a shape
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # direction, width, lines
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and music controls
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef"  # tags, and variations of ideographs
    "\ud800-\udfff"  # lone surrogates
    "]"
)
CODE = re.compile(r"\\u\{[0-9a-f]{1,6}\}")
"""How a character is shown that would act or hide."""

_SHAPELESS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_SUPPLEMENTARY = b"\xf3\xa0"
"""How tags and variations of ideographs begin in UTF-8."""
_BREAKS = re.compile("[\t\n]")
_SPACE = re.compile("[ \t\n]{2,}|[\t\n]")
_JOINERS = "\u200c\u200d"
_VARIATIONS = "\U000e0100"


def visible(text: str, *, newlines: bool = True) -> str:
    r"""Give the text with every character that would act on a terminal, or hide, as `\u{1b}`.

    These are controls, escape, bidirectional and zero-width characters, line and paragraph
    separators, tags and lone surrogates. Joiners stay after a letter or an emoji beyond ASCII,
    where Persian, Indic scripts and families of emoji need them; a carriage return before a
    newline is dropped.

    Args:
        newlines: whether newlines and tabs stay as they are.
    """
    if not _is_plain(text):
        text = _SUSPECT.sub(_shown, text.replace("\r\n", "\n"))
    return text if newlines else _BREAKS.sub(_code, text)


def one_line(text: str) -> str:
    """Give the text as one line, made visible, with one space where there was any white space."""
    if "\n" in text or "\t" in text or "  " in text:
        text = _SPACE.sub(" ", text)
    return visible(text.strip(" "))


def _is_plain(text: str) -> bool:
    """Say whether nothing in a text is suspect; this is quick, for nearly all texts are."""
    if not text.replace("\n", " ").replace("\t", " ").isprintable():
        return False
    if text.isascii():
        return True
    return not any(map(text.__contains__, _SHAPELESS)) and _SUPPLEMENTARY not in text.encode()


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    if character in _JOINERS or character >= _VARIATIONS:
        before = match.string[match.start() - 1 : match.start()]
        if (not before or before > "\x7f") and _SUSPECT.match(before) is None:
            return character
    return _code(match)


def _code(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match[0]):x}}}"
