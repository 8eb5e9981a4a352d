"""Foreign text in HTML: escaped, made visible, with its blocks of code and its emphasis."""

from __future__ import annotations

import re

from pidgin_cli.views.quotation import parts
from pidgin_cli.views.visible import one_line, visible

_MARKS = re.compile(r"`([^`\n]++)`|\*\*([^*\n]++)\*\*|(?<![\w*])\*([^*\s][^*\n]*+)\*(?![\w*])")


_ACTING = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
"""What is put in place of signs that act; the one that all of these begin with is the first."""


def escape(text: str) -> str:
    """Give a text with its quotes, ampersands and angle brackets made harmless."""
    for sign, harmless in _ACTING.items():
        if sign in text:
            text = text.replace(sign, harmless)
    return text


def escaped(text: str) -> str:
    """Give foreign text as one line for an element or an attribute in double quotes."""
    return escape(one_line(text))


def prose(text: str) -> str:
    """Give what somebody said as HTML: paragraphs, blocks of code, code, `b` and `i` alone."""
    text = visible(text).strip("\n")
    if "```" not in text and "~~~" not in text:
        return _paragraph(text)
    shown: list[str] = []
    gathered: list[str] = []
    for part, line in parts(text.split("\n")):
        if part == "open":
            shown.append(_paragraph("\n".join(gathered).strip("\n")))
            shown.append(f'<div class="who">{escape(line)}</div>' if line else "")
        elif part == "close":
            shown.append(f"<pre><code>{escape(chr(10).join(gathered))}</code></pre>")
        else:
            gathered.append(line)
            continue
        gathered = []
    return "".join([*shown, _paragraph("\n".join(gathered).strip("\n"))])


def _paragraph(text: str) -> str:
    return f"<p>{_emphasised(text)}</p>" if text else ""


def _emphasised(text: str) -> str:
    if "*" not in text and "`" not in text:
        return escape(text)
    pieces: list[str] = []
    end = 0
    for mark in _MARKS.finditer(text):
        pieces.append(escape(text[end : mark.start()]))
        code, strong, slanted = mark.groups()
        if code is not None:
            pieces.append(f"<code>{escape(code)}</code>")
        elif strong is not None:
            pieces.append(f"<b>{escape(strong)}</b>")
        else:
            pieces.append(f"<i>{escape(slanted)}</i>")
        end = mark.end()
    pieces.append(escape(text[end:]))
    return "".join(pieces)
