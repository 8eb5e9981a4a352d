"""Leaks: whether anything of a secret is left in what came out, in any form that it may be read in.

Written without the code that it judges.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, unquote

WINDOW = 12
"""Characters of a secret that are more than chance when they are left."""

STEP = 3
"""Characters from one such piece that is looked for to the next."""


def leaked(text: str, secret: str) -> list[str]:
    """Give the pieces of a secret, or their encoded forms, that stand in a text."""
    seen = "\n\n".join(dict.fromkeys(_readings(text)))
    return [form for form in _forms(secret) if form in seen]


def leaked_events(lines: bytes, secret: str) -> list[str]:
    """Give what is left of a secret in a stream: in any line, any string, any joined deltas."""
    events = [json.loads(line, object_pairs_hook=list) for line in lines.splitlines()]
    texts = [lines.decode(errors="replace"), *_strings(events), *_joined_deltas(lines)]
    return leaked("\n".join(texts), secret)


@cache
def _forms(secret: str) -> tuple[str, ...]:
    length = min(WINDOW, len(secret))
    places = {*range(0, len(secret) - length + 1, STEP), len(secret) - length}
    pieces = [secret[place : place + length] for place in sorted(places)]
    return tuple(form for piece in pieces for form in _forms_of(piece))


def _forms_of(piece: str) -> Iterator[str]:
    yield piece
    yield _percent(piece)
    yield piece.encode().hex()
    yield from _cores(piece)


def _cores(piece: str) -> Iterator[str]:
    """Give the letters of base64 that the piece alone decides, for each place it may stand at."""
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + piece.encode()).decode().rstrip("=")
        core = letters[(0, 2, 3)[before] : len(letters) - ((before + len(piece.encode())) % 3 > 0)]
        yield core
        yield core.replace("+", "-").replace("/", "_")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _readings(text: str) -> Iterator[str]:
    for _ in range(3):
        yield text
        yield text.lower()
        plain = unicodedata.normalize(
            "NFKC", "".join(each for each in text if unicodedata.category(each) != "Cf")
        )
        yield plain
        yield unquote(plain)
        yield quote(text)
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda each: chr(int(each[1], 16)), text)
        text = re.sub(r'\\(["\\/])', r"\1", text).replace("\\n", "\n")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def _joined_deltas(lines: bytes) -> Iterator[str]:
    joined: dict[tuple[object, object], str] = {}
    for line in lines.splitlines():
        event = json.loads(line)
        data = event.get("data")
        if isinstance(data, dict) and isinstance(data.get("delta"), str):
            key = (event.get("experiment_id"), data.get("response"))
            joined[key] = joined.get(key, "") + data["delta"]
    yield from joined.values()
