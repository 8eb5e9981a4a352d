"""How the events of a response of the Responses API are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.providers.base import Chunk, Finished, ProviderError, Reasoning, Text
from pidgin_cli.providers.counts import CharacterCount, Counted
from pidgin_cli.providers.fields import count, mapping, message_object, text
from pidgin_cli.providers.openai.errors import stream_failure
from pidgin_cli.providers.wire import StreamMessage

_FINISH_REASONS: Mapping[str, FinishReason] = {
    "completed": "stop",
    "max_output_tokens": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
}


class ResponsesDecoder:
    """Reads the events of one response.

    A refusal is what the model said: text, and the finish reason is content_filter.

    Args:
        characters: of all messages that were sent, for where the service does not count.
    """

    def __init__(self, characters: int) -> None:
        self._count = CharacterCount(characters)
        self._refused = False
        self._reasoning_part: tuple[object, ...] | None = None
        self._finished = False

    def feed(self, message: StreamMessage) -> Iterator[Chunk]:
        """Give the chunks of an event; unknown events give none.

        Raises:
            ProviderError: it is an error of the service, or cannot be read.
        """
        if self._finished or message.data == "[DONE]":
            return
        event = message_object(message.data)
        match text(event.get("type")) or message.event:
            case "response.output_text.delta":
                yield from self._text(event)
            case "response.refusal.delta":
                self._refused = True
                yield from self._text(event)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield from self._reasoning(event)
            case "response.completed" | "response.incomplete" as kind:
                self._finished = True
                yield self._end(kind, mapping(event.get("response")))
            case "response.failed":
                raise stream_failure(mapping(event.get("response")).get("error"))
            case "error":
                raise stream_failure(event.get("error") or event)
            case _ if event.get("error"):
                raise stream_failure(event["error"])

    def finish(self) -> Iterator[Chunk]:
        """Give nothing: all that there is came with the terminal event.

        Raises:
            ProviderError: `stream_broken`: that event has not come.
        """
        if not self._finished:
            raise ProviderError(
                "stream_broken", "the stream ended before the response did", retryable=True
            )
        yield from ()

    def _text(self, event: Mapping[str, Any]) -> Iterator[Text]:
        if delta := text(event.get("delta")):
            self._count.received += len(delta)
            yield Text(delta)

    def _reasoning(self, event: Mapping[str, Any]) -> Iterator[Reasoning]:
        if delta := text(event.get("delta")):
            places = ("output_index", "summary_index", "content_index")
            part = tuple(event.get(place) for place in places)
            begun = self._reasoning_part is not None and self._reasoning_part != part
            self._reasoning_part = part
            self._count.received += len(delta)
            yield Reasoning(f"\n\n{delta}" if begun else delta)

    def _end(self, kind: str, response: Mapping[str, Any]) -> Finished:
        native = "completed"
        if kind == "response.incomplete":
            native = text(mapping(response.get("incomplete_details")).get("reason")) or "incomplete"
        elif self._refused:
            native = "refusal"
        return self._count.finished(
            _FINISH_REASONS.get(native, "error"),
            _counted(mapping(response.get("usage"))),
            native=native,
            model=text(response.get("model")) or None,
        )


def _counted(usage: Mapping[str, Any]) -> Counted:
    cached = mapping(usage.get("input_tokens_details"))
    return Counted(
        count(usage.get("input_tokens")),
        count(usage.get("output_tokens")),
        count(cached.get("cached_tokens")),
        count(cached.get("cache_write_tokens")),
        count(mapping(usage.get("output_tokens_details")).get("reasoning_tokens")),
    )
