"""How Ollama is spoken to: its own chat, for its compatible one cuts histories without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.asked import check_parameters, given
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    ProviderError,
    RateLimited,
    Reasoning,
    Request,
    Text,
)
from pidgin_cli.providers.counts import CharacterCount, Counted
from pidgin_cli.providers.fields import count, mapping, message_object, text
from pidgin_cli.providers.openai.errors import answer_failure, stream_failure
from pidgin_cli.providers.wire import Call, StreamMessage

SMALLEST_DEFAULT = 4096
"""Tokens of context that a model has where nobody asks for more, on the least of machines."""
CONTEXTS = (16_384, 65_536, 262_144)
"""Tokens that are asked for when a conversation needs them. There are few steps, because the
server loads the model anew for each; what is more than the model's own it cuts back to that."""
CHARACTERS_A_TOKEN = 2
"""On the safe side: English has four, Chinese hardly more than one."""
ROOM = 2048
"""Tokens for an answer whose length nobody limits."""

_OPTIONS: Mapping[str, str] = {
    "max_tokens": "num_predict",
    "seed": "seed",
    "temperature": "temperature",
    "top_p": "top_p",
    "stop": "stop",
}
_FINISH_REASONS: Mapping[str, FinishReason] = {"": "stop", "stop": "stop", "length": "length"}
_NOTHING_SAID = frozenset({"load", "unload"})


class OllamaDialect:
    """Ollama over /api/chat.

    System messages stay where they were said; Ollama's templates join neighbours of one role by
    themselves. How long a model stays loaded is left to the server.

    Args:
        context: tokens of context that each call asks for, or what gives them by model; None
            where they are not known: the server then uses its own, which is chosen after its
            memory, until a conversation needs more.
    """

    framing: Literal["lines"] = "lines"
    headers: Mapping[str, str] = NOTHING

    def __init__(self, context: int | Callable[[str], int | None] | None = None) -> None:
        self._context = context

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            UsageError: one cannot; says which, and what to do.
        """
        check_parameters(f"Ollama {model}", parameters)

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""
        asked = given(request.parameters)
        options = {here: asked[name] for name, here in _OPTIONS.items() if name in asked}
        context = self._context(request.model) if callable(self._context) else self._context
        context = _needed(request) if context is None else context
        if context is not None:
            options["num_ctx"] = context
        # Without these two, what does not fit into the context is left out without a word.
        parameters: dict[str, Any] = {"truncate": False, "shift": False}
        if options:
            parameters["options"] = options
        if "thinking" in asked:
            parameters["think"] = asked["thinking"]
        return parameters

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""
        messages = [
            {"role": message.role, "content": message.content} for message in request.messages
        ]
        body = {"model": request.model, "messages": messages, "stream": True, **self.sent(request)}
        return Call("/api/chat", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the headers that carry the key, which only a proxy or a remote Ollama wants."""
        return {"authorization": f"Bearer {key}"}

    def decoder(self, request: Request) -> OllamaDecoder:
        """Give a new decoder for the answer."""
        return OllamaDecoder(request.characters)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer of another status than 2xx means."""
        return answer_failure(status, headers, body)

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give nothing: Ollama writes no limits into its headers."""
        return None


def _needed(request: Request) -> int | None:
    """Give the tokens of context to ask for, None where any server has enough of itself."""
    room = given(request.parameters).get("max_tokens", ROOM)
    needed = request.characters // CHARACTERS_A_TOKEN + room
    if needed <= SMALLEST_DEFAULT:
        return None
    return next((context for context in CONTEXTS if context >= needed), CONTEXTS[-1])


class OllamaDecoder:
    """Reads the lines of one answer.

    Args:
        characters: of all messages that were sent, for where the server does not count: it does
            not count a prompt that it had in its cache.
    """

    def __init__(self, characters: int) -> None:
        self._count = CharacterCount(characters)
        self._called_tool = False
        self._loaded = False
        self._finished = False

    def feed(self, message: StreamMessage) -> Iterator[Chunk]:
        """Give the chunks of a line; what is unknown in it gives none.

        Raises:
            ProviderError: it is an error of the server, or cannot be read.
        """
        if self._finished:
            return
        line = message_object(message.data)
        if line.get("error"):
            raise stream_failure(line["error"])
        yield from self._said(mapping(line.get("message")))
        if line.get("done") is True:
            self._loaded = text(line.get("done_reason")) in _NOTHING_SAID
            if not self._loaded:
                yield self._end(line)

    def finish(self) -> Iterator[Chunk]:
        """Give nothing: all that there is came with the last line.

        Raises:
            ProviderError: `stream_broken`: that line has not come.
        """
        if self._loaded and not self._finished:
            said = "Ollama loaded the model, or let go of it, and gave no answer"
            raise ProviderError("bad_response", said, retryable=True)
        if not self._finished:
            raise ProviderError(
                "stream_broken", "the stream ended before the answer did", retryable=True
            )
        yield from ()

    def _said(self, said: Mapping[str, Any]) -> Iterator[Text | Reasoning]:
        self._called_tool = self._called_tool or bool(said.get("tool_calls"))
        for piece in (Reasoning(text(said.get("thinking"))), Text(text(said.get("content")))):
            if piece.text:
                self._count.received += len(piece.text)
                yield piece

    def _end(self, line: Mapping[str, Any]) -> Finished:
        self._finished = True
        native = text(line.get("done_reason"))
        reason = _FINISH_REASONS.get(native, "error")
        counted = Counted(count(line.get("prompt_eval_count")), count(line.get("eval_count")))
        return self._count.finished(
            "tool_call" if self._called_tool else reason,
            counted,
            native=native or None,
            model=text(line.get("model")) or None,
        )
