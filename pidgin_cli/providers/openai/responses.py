"""How the Responses API is spoken to: OpenAI's own, and xAI's, which differs in a few places."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.asked import check_parameters, given
from pidgin_cli.providers.base import ProviderError, RateLimited, Request
from pidgin_cli.providers.openai.errors import answer_failure
from pidgin_cli.providers.openai.limits import rate_limit
from pidgin_cli.providers.openai.models import OPENAI, XAI, ModelRule, refusals, rule_of
from pidgin_cli.providers.openai.responses_stream import ResponsesDecoder
from pidgin_cli.providers.wire import Call

_NO_PLACE = (
    "the Responses API has no place for it; leave it out, or name the service in the configuration "
    "as an OpenAI-compatible server: those are asked by chat completions, which take it"
)
_REFUSED: Mapping[str, str] = {"seed": _NO_PLACE, "stop": _NO_PLACE}


@dataclass(frozen=True, slots=True)
class ResponsesVariant:
    """Where one service's Responses API differs from another's.

    Args:
        service: its name, for messages.
        rules: what is known of its models.
        effort: how hard a model is to think when it is asked to.
        system_prompt: where the system prompt goes: into `instructions`, or before all other items.
        later_role: the role of what a system says in the midst of a conversation.
    """

    service: str
    rules: tuple[ModelRule, ...]
    effort: str
    system_prompt: Literal["instructions", "input"]
    later_role: Literal["developer", "system"]


OPENAI_RESPONSES = ResponsesVariant("OpenAI", OPENAI, "medium", "instructions", "developer")
# Grok takes system messages anywhere; not every version of its API took `instructions`.
XAI_RESPONSES = ResponsesVariant("xAI", XAI, "high", "input", "system")


class ResponsesDialect:
    """OpenAI and xAI over their Responses API; nothing is stored there.

    What the system says at the head of a conversation is the system prompt. What it says later
    stays where it was said, so that the beginning of the history, which is cached, never changes.
    Names of speakers are not sent: where there are more than two, they stand in the text.
    """

    framing: Literal["sse"] = "sse"
    headers: Mapping[str, str] = NOTHING

    def __init__(self, variant: ResponsesVariant = OPENAI_RESPONSES) -> None:
        self._variant = variant

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            RefusedParameterError: one has no place there, or this model refuses it.
            UsageError: one cannot; says which, and what to do.
        """
        refused = refusals(rule_of(self._variant.rules, model), parameters)
        check_parameters(f"{self._variant.service} {model}", parameters, {**_REFUSED, **refused})

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""
        asked = given(request.parameters)
        parameters: dict[str, Any] = {"store": False, "prompt_cache_key": _cache_key(request)}
        for name, here in (
            ("temperature", "temperature"),
            ("top_p", "top_p"),
            ("max_tokens", "max_output_tokens"),
        ):
            if name in asked:
                parameters[here] = asked[name]
        if "thinking" in asked:
            reasoning = self._reasoning(request.model, asked["thinking"])
            if reasoning:
                parameters["reasoning"] = reasoning
        return parameters

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""
        head = 0
        if self._variant.system_prompt == "instructions":
            while head < len(request.messages) and request.messages[head].role == "system":
                head += 1
        roles = {"system": self._variant.later_role}
        body: dict[str, Any] = {
            "model": request.model,
            "input": [
                {"role": roles.get(message.role, message.role), "content": message.content}
                for message in request.messages[head:]
            ],
            "stream": True,
            **self.sent(request),
        }
        if head:
            body["instructions"] = "\n\n".join(m.content for m in request.messages[:head])
        return Call("/responses", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the headers that carry the key."""
        return {"authorization": f"Bearer {key}"}

    def decoder(self, request: Request) -> ResponsesDecoder:
        """Give a new decoder for the answer."""
        return ResponsesDecoder(request.characters)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer of another status than 2xx means."""
        return answer_failure(status, headers, body)

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give a warning where the headers of an answer say that a limit is near."""
        return rate_limit(headers)

    def _reasoning(self, model: str, thinking: bool) -> dict[str, str]:
        rule = rule_of(self._variant.rules, model)
        if not thinking:
            # A model that never thinks would refuse to be told not to.
            return {} if rule.thinks == "never" else {"effort": "none"}
        effort = {"effort": self._variant.effort} if rule.effort else {}
        return {**effort, "summary": "auto"}


def _cache_key(request: Request) -> str:
    """Give one name for all calls of an agent in a conversation, which tells nothing of either."""
    named = f"{request.experiment_id}\n{request.agent_id}"
    return f"pidgin-{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
