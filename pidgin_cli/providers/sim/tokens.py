"""Text as the tokens in which a simulated agent speaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A word keeps the space and the quotation mark before it and the punctuation after it. Scripts
# without spaces, emoji and symbols come one character at a time, each with the marks that modify
# it. Every part is bounded, so that no text makes a token of more than some tens of characters.
_TOKEN = re.compile(
    r"""
    \s{0,8} [“"‘'«(\[]{0,2} [0-9A-Za-z\u00c0-\u024f\u0370-\u052f’'-]{1,20} [.,;:!?…”"»)\]]{0,3}
    | \s{0,8} \S (?: [\ufe0e\ufe0f\u0300-\u036f\U0001f3fb-\U0001f3ff] | \u200d \S ){0,8}
    | \s{1,8}
    """,
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[str]:
    """Give the text in tokens of one word or one character, in order; joined they are the text."""
    return (match.group() for match in _TOKEN.finditer(text))
