"""How servers that speak like OpenAI's chat completions are asked: there are many, none alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from pidgin_cli.events.event import NOTHING
from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.alternation import alternation
from pidgin_cli.providers.asked import check_parameters, given
from pidgin_cli.providers.base import ProviderError, RateLimited, Request
from pidgin_cli.providers.openai.chat_stream import ChatDecoder
from pidgin_cli.providers.openai.errors import answer_failure
from pidgin_cli.providers.openai.limits import rate_limit
from pidgin_cli.providers.wire import Call

_NO_THINKING: Mapping[str, str] = {
    "thinking": "chat completions have no common way to ask for it; leave it out, or say in the "
    "configuration what this server is to be sent for it"
}


@dataclass(frozen=True, slots=True)
class ChatVariant:
    """Where one server's chat completions differ from another's.

    Args:
        service: its name, for messages.
        usage: whether it is asked to count tokens, by stream_options.
        output_limit: what it calls the most tokens that an answer may have.
        order: `as said` sends each message for itself; `joined` puts an empty line between
            neighbours of one role, and sends them as one; `in turns` gathers what the system says
            before everything else, too, for models whose templates take nothing but user and
            assistant by turns.
        thinking: what the body holds where thinking is asked for; None where it cannot be.
        no_thinking: what it holds where thinking is to be left out.
    """

    service: str = "this server"
    usage: bool = True
    output_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    order: Literal["as said", "joined", "in turns"] = "joined"
    thinking: Mapping[str, Any] | None = None
    no_thinking: Mapping[str, Any] | None = None


COMPATIBLE = ChatVariant()


class ChatDialect:
    """Any OpenAI-compatible server.

    System messages stay where they were said, unless the variant says otherwise. Names of speakers
    are not sent: where there are more than two, they stand in the text.
    """

    framing: Literal["sse"] = "sse"
    headers: Mapping[str, str] = NOTHING

    def __init__(self, variant: ChatVariant = COMPATIBLE) -> None:
        self._variant = variant

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            RefusedParameterError: one has no place there, or this model refuses it.
            UsageError: one cannot; says which, and what to do.
        """
        thinking = parameters.get("thinking")
        refused = thinking is not None and self._thinking(thinking) is None
        where = f"{self._variant.service} {model}"
        check_parameters(where, parameters, _NO_THINKING if refused else {})

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""
        asked = given(request.parameters)
        same = ("temperature", "top_p", "seed", "stop")
        parameters: dict[str, Any] = {name: asked[name] for name in same if name in asked}
        if "max_tokens" in asked:
            parameters[self._variant.output_limit] = asked["max_tokens"]
        if "thinking" in asked:
            parameters.update(self._thinking(asked["thinking"]) or {})
        return parameters

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""
        messages = _ORDERS[self._variant.order](request.messages)
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": role, "content": content} for role, content in messages],
            "stream": True,
            **self.sent(request),
        }
        if self._variant.usage:
            body["stream_options"] = {"include_usage": True}
        return Call("/chat/completions", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the headers that carry the key."""
        return {"authorization": f"Bearer {key}"}

    def decoder(self, request: Request) -> ChatDecoder:
        """Give a new decoder for the answer."""
        return ChatDecoder(request.characters)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer of another status than 2xx means."""
        return answer_failure(status, headers, body)

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give a warning where the headers of an answer say that a limit is near."""
        return rate_limit(headers)

    def _thinking(self, thinking: bool) -> Mapping[str, Any] | None:
        return self._variant.thinking if thinking else self._variant.no_thinking


def _as_said(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in messages]


def _joined(messages: Sequence[Message]) -> list[tuple[str, str]]:
    by_role = groupby(messages, key=lambda message: message.role)
    return [(role, "\n\n".join(message.content for message in group)) for role, group in by_role]


def _in_turns(messages: Sequence[Message]) -> list[tuple[str, str]]:
    conversation = alternation(messages)
    turns = [(turn.role, turn.content) for turn in conversation.turns]
    system = "\n\n".join(conversation.system)
    return [("system", system), *turns] if system else [*turns]


_ORDERS = {"as said": _as_said, "joined": _joined, "in turns": _in_turns}
