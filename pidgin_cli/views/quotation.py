"""Foreign text in Markdown: it keeps its emphasis, lists and code, and can forge nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Literal

from pidgin_cli.possessive import compiled
from pidgin_cli.views.visible import one_line, visible

Part = Literal["prose", "open", "code", "close"]

_FENCE = re.compile(r" {0,3}(?:(`{3,}+)([^`]*+)|(~{3,}+)(.*))$")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{1,30}")
_DRAWN = frozenset({"math", "mermaid", "geojson", "topojson", "stl"})
"""Languages that GitHub does not show as code but draws, with links that work."""
_CODE = re.compile(r"(?<!`)(`++)([^`|]++)\1(?!`)")
_MARKUP = re.compile(r"\\(?![A-Za-z0-9 ])|[`\[$]|<(?!\s)|&(?=[A-Za-z#])")
_SIGNS = "\\`[$<&"
"""With what any markup begins."""
_INLINE = re.compile(r"[\\`*\[\]<>&|~$#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_WORDS = compiled(r"[A-Za-z0-9.,:;()=/%·-]++(?: [A-Za-z0-9.,:;()=/%·-]++)*+")
"""Words in which nothing is markup, as most of what stands in a line is."""
_MARKERS = compiled(r"(?:[ \t]*+(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*+[ \t]*+")
_RULE = frozenset("-=_*+ \t")


def quoted(text: str) -> str:
    """Give foreign text as a blockquote that ends with a newline.

    Headings, rules, quotations, HTML, links, images, footnotes and formulas come out as the
    characters they were written with. Blocks of code are fenced anew, with a fence that the text
    does not hold; one that was left open is closed.
    """
    lines = _blocks(visible(text).strip("\n").split("\n"))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return "".join(f"> {line}\n" if line else ">\n" for line in lines)


def inline(text: str) -> str:
    """Give foreign text as one line within a paragraph or a table, showing just its characters."""
    if _WORDS.fullmatch(text):
        return text
    return _INLINE.sub(r"\\\g<0>", one_line(text))


def _blocks(lines: list[str]) -> list[str]:
    if not any(map(_FENCE.match, lines)):
        return _verse(lines)
    read = list(parts(lines))
    # Words after an opening fence can become a line of the block, so they count as well.
    inside = max((_first_run(line) for part, line in read if part != "prose"), default=0)
    fence = "`" * max(3, inside + 1)
    shown: list[str] = []
    for part, group in groupby(read, itemgetter(0)):
        block = [line for _, line in group]
        if part == "open":
            # After an empty line a fence is one, whatever stands before it.
            shown += ["", *_opening(block[0], fence)] if shown else _opening(block[0], fence)
        elif part == "close":
            shown += [fence, ""]
        else:
            shown += block if part == "code" else _verse(block)
    return shown


def _verse(lines: list[str]) -> list[str]:
    """Give lines of prose, which stay lines."""
    shown: list[str] = []
    for each in lines:
        line = each.rstrip()
        if line and shown and shown[-1]:
            # Two spaces make a line break, without which GitHub joins the lines of a verse.
            shown[-1] += "  "
        shown.append(_prose(line))
    return shown


def parts(lines: list[str]) -> Iterator[tuple[Part, str]]:
    """Give what every line is, and what of it counts; a fence that is left open is closed."""
    opened = ""
    for line in lines:
        if opened and _closes(line, opened):
            opened = ""
            yield "close", ""
        elif opened:
            yield "code", line
        elif found := _FENCE.match(line):
            opened = found[1] or found[3]
            yield "open", (found[2] or found[4] or "").strip()
        else:
            yield "prose", line
    if opened:
        yield "close", ""


def _opening(info: str, fence: str) -> list[str]:
    """Give the first line of a block of code; words that name no language become its second."""
    if not info or (_LANGUAGE.fullmatch(info) is not None and info.lower() not in _DRAWN):
        return [fence + info]
    return [fence, info]


def _prose(line: str) -> str:
    body = line.lstrip()
    if body and _RULE.issuperset(body):
        return f"{line[: len(line) - len(body)]}\\{body}"
    found = _MARKERS.match(line)
    start = found.end() if found is not None else 0
    rest = line[start:]
    if rest and (rest[0] in "#>" or rest.startswith("~~~") or _RULE.issuperset(rest)):
        return f"{line[:start]}\\{_markup(rest)}"
    return line[:start] + _markup(rest)


def _markup(line: str) -> str:
    """Give a line whose only markup is emphasis and code."""
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(line) if "`" in line else ():
        pieces += [_escaped(line[end : code.start()]), code[0]]
        end = code.end()
    pieces.append(_escaped(line[end:]))
    return "".join(pieces)


def _escaped(text: str) -> str:
    if not any(map(text.__contains__, _SIGNS)):
        return text
    return _MARKUP.sub(r"\\\g<0>", text)


def _closes(line: str, opened: str) -> bool:
    stripped = line.strip(" \t")
    indented = len(line) - len(line.lstrip(" ")) > 3
    return len(stripped) >= len(opened) and set(stripped) == {opened[0]} and not indented


def _first_run(line: str) -> int:
    body = line.lstrip()
    return len(body) - len(body.lstrip("`"))
