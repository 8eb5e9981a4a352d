"""How the chunks of a streamed chat completion are read, whichever server wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.providers.base import Chunk, Finished, ProviderError, Reasoning, Text
from pidgin_cli.providers.counts import CharacterCount, Counted
from pidgin_cli.providers.fields import count, mapping, message_object, sequence, text
from pidgin_cli.providers.openai.errors import stream_failure
from pidgin_cli.providers.wire import StreamMessage

_FINISH_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "stop_sequence": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
    "tool_calls": "tool_call",
    "function_call": "tool_call",
}
_BROKEN_OFF: Mapping[str, str] = {
    "error": "server_error",
    "abort": "server_error",
    "insufficient_system_resource": "overloaded",
}
"""Finish reasons of answers that are not whole: OpenRouter's, vLLM's, DeepSeek's."""


class ChatDecoder:
    """Reads the chunks of one completion; of several choices only the first.

    A refusal is what the model said: text, and the finish reason is content_filter. The end is
    known when the stream ends, because usage comes after the finish reason, or not at all; so it
    is where `[DONE]` is missing.

    Args:
        characters: of all messages that were sent, for where the server does not count.
    """

    def __init__(self, characters: int) -> None:
        self._count = CharacterCount(characters)
        self._counted = Counted()
        self._begun = False
        self._refused = False
        self._reason: str | None = None
        self._native: str | None = None
        self._model: str | None = None
        self._finished = False

    def feed(self, message: StreamMessage) -> Iterator[Chunk]:
        """Give the chunks of a message; what is unknown in it gives none.

        Raises:
            ProviderError: it is an error of the server, or cannot be read.
        """
        if self._finished:
            return
        if message.data.strip() == "[DONE]":
            if self._begun:
                yield self._end()
            return
        chunk = message_object(message.data)
        self._model = text(chunk.get("model")) or self._model
        self._counted = _counted(chunk) or self._counted
        choice = _first(chunk)
        if choice is not None:
            self._begun = True
            yield from self._said(mapping(choice.get("delta")))
        _raise_error(message, chunk, mapping(choice))
        self._reasons(mapping(choice))

    def finish(self) -> Iterator[Chunk]:
        """Give the end of an answer that had a finish reason, and no `[DONE]`.

        Raises:
            ProviderError: `stream_broken`: the answer had neither.
        """
        if self._finished:
            return
        if self._reason is None:
            raise ProviderError(
                "stream_broken", "the stream ended before the answer did", retryable=True
            )
        yield self._end()

    def _said(self, delta: Mapping[str, Any]) -> list[Text | Reasoning]:
        # Where a server sends its thinking under two names, both say the same.
        thought = text(delta.get("reasoning_content")) or text(delta.get("reasoning"))
        refusal = text(delta.get("refusal"))
        self._refused = self._refused or bool(refusal)
        pieces: list[Text | Reasoning] = [Reasoning(thought)] if thought else []
        pieces += _pieces(delta.get("content"))
        if refusal:
            pieces.append(Text(refusal))
        for piece in pieces:
            self._count.received += len(piece.text)
        return pieces

    def _reasons(self, choice: Mapping[str, Any]) -> None:
        reason = text(choice.get("finish_reason"))
        if reason in _BROKEN_OFF:
            raise ProviderError(
                _BROKEN_OFF[reason], f"the server broke off ({reason})", retryable=True
            )
        if reason:
            self._reason = reason
            self._native = text(choice.get("native_finish_reason")) or reason

    def _end(self) -> Finished:
        self._finished = True
        # A server that says `[DONE]` without a reason has said all that it wanted to.
        reason = _FINISH_REASONS.get(self._reason or "stop", "error")
        return self._count.finished(
            "content_filter" if self._refused else reason,
            self._counted,
            native=self._native,
            model=self._model,
        )


def _first(chunk: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give what the chunk holds of the first choice, None where it holds nothing of it."""
    for place, choice in enumerate(sequence(chunk.get("choices"))):
        if type(choice) is dict and (choice.get("index", place) or 0) == 0:
            return choice
    return None


def _pieces(content: object) -> list[Text | Reasoning]:
    """Give the parts of a content, which at Mistral may be a list with thinking in it."""
    if isinstance(content, str):
        return [Text(text(content))] if content else []
    pieces: list[Text | Reasoning] = []
    for part in map(mapping, sequence(content)):
        thoughts = map(mapping, sequence(part.get("thinking")))
        pieces.append(Text(text(part.get("text"))))
        pieces += [Reasoning(text(thought.get("text"))) for thought in thoughts]
    return [piece for piece in pieces if piece.text]


def _raise_error(
    message: StreamMessage, chunk: Mapping[str, Any], choice: Mapping[str, Any]
) -> None:
    error = chunk.get("error") or choice.get("error")
    if not error and (message.event == "error" or chunk.get("object") == "error"):
        error = chunk
    if error:
        raise stream_failure(error)


def _counted(chunk: Mapping[str, Any]) -> Counted | None:
    """Give the usage that stands in a chunk: the last one counts, where there are several."""
    usage = mapping(chunk.get("usage")) or mapping(mapping(chunk.get("x_groq")).get("usage"))
    if not usage:
        return None
    asked = mapping(usage.get("prompt_tokens_details"))
    said = mapping(usage.get("completion_tokens_details"))
    cached = count(asked.get("cached_tokens"))
    return Counted(
        count(usage.get("prompt_tokens")),
        _output_tokens(usage),
        count(usage.get("prompt_cache_hit_tokens")) if cached is None else cached,
        count(asked.get("cache_write_tokens")),
        count(said.get("reasoning_tokens")),
    )


def _output_tokens(usage: Mapping[str, Any]) -> int | None:
    """Give the tokens of output; some servers leave those of reasoning to the total alone."""
    spoken, total = count(usage.get("completion_tokens")), count(usage.get("total_tokens"))
    asked = count(usage.get("prompt_tokens"))
    if spoken is None or total is None or asked is None:
        return spoken
    return max(spoken, total - asked)
