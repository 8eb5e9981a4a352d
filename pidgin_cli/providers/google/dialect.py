"""Google's Gemini API: what is asked, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote

from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.alternation import Turn, alternation
from pidgin_cli.providers.asked import RefusedParameterError, check_parameters, given
from pidgin_cli.providers.base import ProviderError, RateLimited, Request
from pidgin_cli.providers.failures import failure_of
from pidgin_cli.providers.google.answers import GenerateDecoder, error_in, error_of
from pidgin_cli.providers.wire import Call

MOST_STOPS = 5
"""Stop sequences that a call may name."""
_SEEDS = range(-(2**31), 2**31)
_NAME = re.compile(r"gemini-(\d+)(?:\.(\d+))?(-pro)?")
_NAMES: Mapping[str, str] = {
    "temperature": "temperature",
    "top_p": "topP",
    "max_tokens": "maxOutputTokens",
    "seed": "seed",
}


class GoogleDialect:
    """How Gemini is asked and understood.

    What a model takes follows from the generation in its name: thinking from 2.5 on, which can be
    switched off in 2.5 but for Pro, and in none of those after it. Of a name without a generation
    nothing is known, and everything is asked of it. The service keeps prompts for the next call
    without being asked, and says nothing of its limits until one is reached.
    """

    framing: Literal["sse"] = "sse"
    headers: Mapping[str, str] = NOTHING

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            RefusedParameterError: this model takes one of them not at all.
            UsageError: one cannot; says which, and what to do.
        """
        where = f"google:{model}"
        check_parameters(where, parameters)
        asked = given(parameters)
        for name, reason in _refusals(model, asked):
            said = f"{where} does not take {name} {asked[name]!r}: {reason}"
            raise RefusedParameterError(name, said)
        for name, reason in _faults(asked):
            raise UsageError(f"{where} does not take {name} {asked[name]!r}: {reason}")

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""
        asked = given(request.parameters)
        sent = {here: asked[name] for name, here in _NAMES.items() if name in asked}
        if "stop" in asked:
            sent["stopSequences"] = list(asked["stop"])
        if asked.get("thinking"):
            sent["thinkingConfig"] = {"includeThoughts": True}
        elif "thinking" in asked and _thinks(request.model) != "never":
            sent["thinkingConfig"] = {"thinkingBudget": 0}
        return sent

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""
        conversation = alternation(request.messages)
        body: dict[str, Any] = {"contents": [_content(turn) for turn in conversation.turns]}
        if conversation.system:
            body["systemInstruction"] = {"parts": [{"text": each} for each in conversation.system]}
        if sent := self.sent(request):
            body["generationConfig"] = sent
        # A tuned model is named with its collection.
        named = request.model if "/" in request.model else f"models/{request.model}"
        return Call(f"/v1beta/{quote(named)}:streamGenerateContent?alt=sse", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the header that carries the key."""
        return {"x-goog-api-key": key}

    def decoder(self, request: Request) -> GenerateDecoder:
        """Give a new decoder for the answer."""
        return GenerateDecoder(request.characters)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer means."""
        if error := error_in(body):
            return error_of(error, status, headers)
        return failure_of(status, headers, None, body.decode("utf-8", "replace"))

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give nothing: the service has no such headers."""
        return None


def _content(turn: Turn) -> dict[str, Any]:
    role = "model" if turn.role == "assistant" else "user"
    return {"role": role, "parts": [{"text": turn.content}]}


def _refusals(model: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the parameters that have to be left out, with why."""
    if asked.get("thinking") and _thinks(model) == "never":
        yield "thinking", "this model cannot think; leave it out"
    if asked.get("thinking") is False and _thinks(model) == "always":
        yield "thinking", "this model always thinks; leave it out"


def _faults(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the parameters that need another value, with which."""
    if asked.get("seed", 0) not in _SEEDS:
        yield "seed", "must be an integer of 32 bits"
    if len(asked.get("stop", ())) > MOST_STOPS:
        yield "stop", f"at most {MOST_STOPS} can be named"


def _thinks(model: str) -> Literal["never", "as asked", "always"]:
    found = _NAME.search(model)
    if found is None:
        return "as asked"
    generation = int(found[1]), int(found[2] or 0)
    if generation < (2, 5):
        return "never"
    return "always" if generation > (2, 5) or found[3] else "as asked"
