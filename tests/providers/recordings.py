"""Streams as services send them, and what is read out of them.

The streams stand in recorded/SERVICE/NAME.sse or .ndjson, after the documented shapes; what
they mean stands beside each, in NAME.expected.json, one chunk a line. `--update` rewrites those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from pidgin_cli.providers.base import Chunk, Finished, ProviderError, Reasoning, Request, Text
from pidgin_cli.providers.lines import LineDecoder
from pidgin_cli.providers.sse import EventStreamDecoder
from pidgin_cli.providers.wire import Decoder, Dialect, StreamMessage

RECORDED = Path(__file__).parent / "recorded"


def recording(service: str, name: str) -> bytes:
    """Give the bytes of a stream."""
    return (RECORDED / service / name).read_bytes()


def names(service: str) -> list[str]:
    """Give the names of all streams of a service."""
    return sorted(p.name for p in (RECORDED / service).iterdir() if p.suffix != ".json")


def messages(dialect: Dialect, stream: bytes) -> list[StreamMessage]:
    framing = LineDecoder() if dialect.framing == "lines" else EventStreamDecoder()
    return [*framing.feed(stream), *framing.finish()]


def chunks(decoder: Decoder, given: list[StreamMessage]) -> Iterator[Chunk]:
    for message in given:
        yield from decoder.feed(message)
    yield from decoder.finish()


def decoded(dialect: Dialect, stream: bytes, request: Request) -> list[Any]:
    """Give what is read out of a stream, as JSON: each chunk, and the error that it ends with."""
    found: list[Any] = []
    try:
        for chunk in chunks(dialect.decoder(request), messages(dialect, stream)):
            found.append(_shown(chunk))
    except ProviderError as error:
        told = {name: value for name, value in vars(error).items() if value is not None}
        found.append({"error": told})
    return found


def expected(service: str, name: str, found: list[Any], update: bool) -> list[Any]:
    """Give what should be read out of a stream; with update, what was found is that from now on."""
    path = (RECORDED / service / name).with_suffix(".expected.json")
    if update:
        lines = b",\n ".join(orjson.dumps(chunk) for chunk in found)
        path.write_bytes(b"[" + lines + b"]\n")
    return orjson.loads(path.read_bytes())


def odd_messages(fields: Sequence[str], words: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Give any JSON at all, with many objects that have a service's own fields and words."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.sampled_from([*words, *fields])
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(fields) | st.text(max_size=4), inner, max_size=6)
        ),
        max_leaves=20,
    )


def never_raises_anything_else(dialect: Dialect, request: Request, given: Sequence[Any]) -> None:
    """See that a decoder takes these values as messages, or raises a ProviderError.

    What it gives is text that can be encoded, never empty; and nothing comes after Finished.
    """
    written = [value if isinstance(value, str) else json.dumps(value) for value in given]
    found: list[Chunk] = []
    with suppress(ProviderError):
        for chunk in chunks(dialect.decoder(request), [StreamMessage(text) for text in written]):
            found.append(chunk)
    for chunk in found:
        if isinstance(chunk, Text | Reasoning):
            assert chunk.text.encode()
    ends = [place for place, chunk in enumerate(found) if isinstance(chunk, Finished)]
    assert ends in ([], [len(found) - 1])


def _shown(chunk: Chunk) -> Any:
    match chunk:
        case Text(text):
            return {"text": text}
        case Reasoning(text):
            return {"reasoning": text}
        case Finished():
            given = asdict(chunk)
            return {"finished": {name: value for name, value in given.items() if value is not None}}
        case _:
            raise AssertionError(chunk)
