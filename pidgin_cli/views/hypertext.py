"""Foreign text in HTML: escaped, made visible, with its blocks of code and its emphasis."""

from __future__ import annotations

import re
from html import escape

from pidgin_cli.views.visible import one_line, visible

_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})([^\n`]*)\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$\n?|\Z)", re.M | re.S
)
_MARKS = re.compile(r"`([^`\n]++)`|\*\*([^*\n]++)\*\*|(?<![\w*])\*([^*\s][^*\n]*+)\*(?![\w*])")


def escaped(text: str) -> str:
    """Give foreign text as one line for an element or an attribute in double quotes."""
    return escape(one_line(text))


def prose(text: str) -> str:
    """Give what somebody said as HTML that holds its words, `pre`, `code`, `b` and `i` alone."""
    text = visible(text).strip("\n")
    parts: list[str] = []
    end = 0
    for block in _FENCE.finditer(text) if "```" in text or "~~~" in text else ():
        parts.append(_emphasised(text[end : block.start()].strip("\n")))
        words = block[2].strip()
        parts.append(f'<div class="who">{escape(words)}</div>' if words else "")
        parts.append(f"<pre><code>{escape(block[3])}</code></pre>")
        end = block.end()
    parts.append(_emphasised(text[end:].strip("\n")))
    return "".join(parts)


def _emphasised(text: str) -> str:
    if not text:
        return ""
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
    return f"<p>{''.join(pieces)}</p>"
