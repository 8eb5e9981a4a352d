"""Anthropic's Messages API: what is asked, and what its headers and refusals mean."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pidgin_cli.errors import UsageError
from pidgin_cli.providers.alternation import Alternation, alternation
from pidgin_cli.providers.anthropic.answers import MessagesDecoder, error_of
from pidgin_cli.providers.anthropic.limits import near_limits
from pidgin_cli.providers.asked import RefusedParameterError, check_parameters, given
from pidgin_cli.providers.base import ProviderError, RateLimited, Request
from pidgin_cli.providers.failures import failure_of
from pidgin_cli.providers.fields import body_object, mapping, text
from pidgin_cli.providers.wire import Call

DEFAULT_VERSION = "2023-06-01"
"""Of the API; later ones take no temperature and no top_p."""
DEFAULT_MAX_TOKENS = 16_384
"""The service wants a limit in every call, and thinking counts; all models it serves take this."""
LEAST_BUDGET = 1_024
"""Tokens of thinking, the fewest that the service takes; max_tokens must be greater."""

_CACHED: Mapping[str, str] = {"type": "ephemeral"}
_NO_PLACE = {"seed": "this service has none; leave it out"}
_NAME = re.compile(r"claude-(?:([a-z]+)-?)?(?:(\d{1,2})(?:[-.](\d{1,2}))?(?!\d))?")


class AnthropicDialect:
    """How Claude is asked and understood.

    What a model takes follows from the generation in its name: thinking from 3.7 on; adaptive
    thinking from 4.6 on and with a budget before; no temperature and no top_p from 4.7 on. Fable,
    Mythos, and Opus from 5.5 on always think. Of a name without a generation nothing is known: all
    is asked of it, and thinking in the newer way.

    Args:
        version: of the API, a date; the one that is known here unless said.
        caching: whether the service is asked to keep the prompt for the next call.
        now: Unix seconds.
    """

    framing: Literal["sse"] = "sse"

    def __init__(
        self,
        version: str | None = None,
        caching: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._version = version or DEFAULT_VERSION
        self.headers: Mapping[str, str] = {"anthropic-version": self._version}
        self._caching = caching
        self._now = now

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            RefusedParameterError: this model or this version takes one of them not at all.
            UsageError: one cannot; says which, and what to do.
        """
        where = f"anthropic:{model}"
        check_parameters(where, parameters, _NO_PLACE)
        asked = given(parameters)
        for name, reason in self._refusals(model, asked):
            said = f"{where} does not take {name} {asked[name]!r}: {reason}"
            raise RefusedParameterError(name, said)
        for name, reason in _faults(model, asked):
            raise UsageError(f"{where} does not take {name} {asked[name]!r}: {reason}")

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters of the body, the version of the API, and how caching is asked for."""
        sent = {**_options(request), **self.headers}
        return {**sent, "cache_control": dict(_CACHED)} if self._caching else sent

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""
        conversation = alternation(request.messages)
        body = {"model": request.model, "stream": True, **_options(request)}
        if conversation.system:
            body["system"] = self._system(conversation)
        body["messages"] = self._messages(conversation)
        return Call("/v1/messages", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the header that carries the key."""
        return {"x-api-key": key}

    def decoder(self, request: Request) -> MessagesDecoder:
        """Give a new decoder for the answer."""
        return MessagesDecoder(request.characters)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer means."""
        answer = body_object(body)
        if error := mapping(answer.get("error")):
            return error_of(error, status, headers, text(answer.get("request_id")) or None)
        return failure_of(status, headers, None, body.decode("utf-8", "replace"))

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give a warning where less than 5 % of a limit is left."""
        return near_limits(headers, self._now)

    def _refusals(self, model: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Give the parameters that have to be left out, with why."""
        thinking = asked.get("thinking")
        if thinking and _before(model, (3, 7)):
            yield "thinking", "this model cannot think; leave it out"
        if thinking is False and _always_thinks(model):
            yield "thinking", "this model always thinks; leave it out"
        for name in ("temperature", "top_p"):
            if name in asked and self._version > DEFAULT_VERSION:
                yield name, f"version {self._version} of the API has none; leave it out"
            if asked.get(name, 1) != 1 and _since(model, (4, 7)):
                yield name, "this model takes no other than 1; leave it out"
        if thinking and asked.get("temperature", 1) != 1:
            yield "temperature", "thinking goes with 1 alone; leave one of them out"
        if thinking and asked.get("top_p", 1) < 0.95:
            yield "top_p", "thinking goes with 0.95 to 1; leave one of them out"
        if {"temperature", "top_p"} <= asked.keys() and _since(model, (4, 1)):
            yield "top_p", "this model takes no temperature beside it; leave one of them out"

    def _system(self, conversation: Alternation) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = [
            {"type": "text", "text": content} for content in conversation.system
        ]
        if self._caching:
            blocks[-1]["cache_control"] = dict(_CACHED)
        return blocks

    def _messages(self, conversation: Alternation) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = [
            {"role": turn.role, "content": turn.content} for turn in conversation.turns
        ]
        if self._caching:
            last = {"type": "text", "text": messages[-1]["content"], "cache_control": dict(_CACHED)}
            messages[-1]["content"] = [last]
        return messages


def _faults(model: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the parameters that need another value, with which."""
    most = asked.get("max_tokens", DEFAULT_MAX_TOKENS)
    if asked.get("temperature", 0) > 1:
        yield "temperature", "must be a number from 0 to 1"
    if asked.get("thinking") and _budgeted(model) and most <= LEAST_BUDGET:
        yield "max_tokens", f"thinking needs more than {LEAST_BUDGET}"
    if any(not stop.strip() for stop in asked.get("stop", ())):
        yield "stop", "each needs a character that can be seen"


def _options(request: Request) -> dict[str, Any]:
    """Give the parameters as the body carries them."""
    asked = given(request.parameters)
    options: dict[str, Any] = {"max_tokens": asked.get("max_tokens", DEFAULT_MAX_TOKENS)}
    for name in ("temperature", "top_p"):
        if name in asked:
            options[name] = asked[name]
    if asked.get("stop"):
        options["stop_sequences"] = list(asked["stop"])
    if "thinking" in asked:
        options["thinking"] = _thinking(request.model, asked["thinking"], options["max_tokens"])
    return options


def _thinking(model: str, wanted: bool, max_tokens: int) -> dict[str, Any]:
    """Give how thinking is asked for; of a budget's kind, half of all tokens are for it."""
    if not wanted:
        return {"type": "disabled"}
    if _budgeted(model):
        budget = max(LEAST_BUDGET, max_tokens // 2)
        return {"type": "enabled", "budget_tokens": budget, "display": "summarized"}
    return {"type": "adaptive", "display": "summarized"}


def _budgeted(model: str) -> bool:
    return _before(model, (4, 6))


def _always_thinks(model: str) -> bool:
    found = _NAME.search(model)
    family = found[1] if found else None
    return family in {"fable", "mythos"} or (family == "opus" and _since(model, (5, 5)))


def _since(model: str, generation: tuple[int, int]) -> bool:
    """Say whether the model is known to be of that generation or a later one."""
    own = _generation(model)
    return own is not None and own >= generation


def _before(model: str, generation: tuple[int, int]) -> bool:
    """Say whether the model is known to be of an earlier generation."""
    own = _generation(model)
    return own is not None and own < generation


def _generation(model: str) -> tuple[int, int] | None:
    """Give the generation in the model's name: (4, 5) of claude-opus-4-5-20251101."""
    found = _NAME.search(model)
    if found is None or found[2] is None:
        return None
    return int(found[2]), int(found[3] or 0)
