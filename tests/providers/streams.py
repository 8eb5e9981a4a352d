"""Streams of the services: kept ones, written after the shapes that the vendors document, and made.

kept("anthropic", "plain")          the bytes of recorded/anthropic/plain.sse
anthropic_stream("One, ", "two")    a whole stream that says these pieces
decoded(decoder, stream)            the chunks, and the error that ended them, or None
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import orjson

from pidgin_cli.providers.base import Chunk, ProviderError
from pidgin_cli.providers.sse import EventStreamDecoder
from pidgin_cli.providers.wire import Decoder, StreamMessage

FOLDER = Path(__file__).parent / "recorded"


def kept(service: str, name: str) -> bytes:
    return (FOLDER / service / f"{name}.sse").read_bytes()


def names_of(service: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / service).iterdir())


def decoded(
    decoder: Decoder, stream: bytes, step: int | None = None
) -> tuple[list[Chunk], ProviderError | None]:
    events, chunks = EventStreamDecoder(), list[Chunk]()
    step = step or max(len(stream), 1)
    try:
        for start in range(0, len(stream), step):
            for message in events.feed(stream[start : start + step]):
                chunks.extend(decoder.feed(message))
        for message in events.finish():
            chunks.extend(decoder.feed(message))
        chunks.extend(decoder.finish())
    except ProviderError as error:
        return chunks, error
    return chunks, None


def fed(decoder: Decoder, messages: Iterable[StreamMessage]) -> list[Chunk]:
    """Feed all messages, whatever becomes of each."""
    chunks: list[Chunk] = []
    for message in messages:
        try:
            chunks.extend(decoder.feed(message))
        except ProviderError:
            continue
    with suppress(ProviderError):
        chunks.extend(decoder.finish())
    return chunks


def anthropic_event(kind: str, **fields: Any) -> bytes:
    data = orjson.dumps({"type": kind, **fields})
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)


def anthropic_stream(*texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
    message = {"model": "some-model", "usage": {"input_tokens": 12, "output_tokens": 1}}
    pieces = (
        anthropic_event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
        for text in texts
    )
    stop_reason = {"stop": "end_turn", "length": "max_tokens"}[finish]
    ending = {"stop_reason": stop_reason, "stop_sequence": None}
    return b"".join(
        [
            anthropic_event("message_start", message=message),
            anthropic_event(
                "content_block_start", index=0, content_block={"type": "text", "text": ""}
            ),
            *pieces,
            anthropic_event("content_block_stop", index=0),
            anthropic_event("message_delta", delta=ending, usage={"output_tokens": 5}),
            anthropic_event("message_stop"),
        ]
    )


def google_message(**fields: Any) -> bytes:
    return b"data: %b\r\n\r\n" % orjson.dumps(fields)


def google_stream(*texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
    usage = {"promptTokenCount": 12, "candidatesTokenCount": 5}
    pieces = (
        google_message(candidates=[{"content": {"role": "model", "parts": [{"text": text}]}}])
        for text in texts
    )
    reason = {"stop": "STOP", "length": "MAX_TOKENS"}[finish]
    ending = google_message(candidates=[{"finishReason": reason}], usageMetadata=usage)
    return b"".join([*pieces, ending])
