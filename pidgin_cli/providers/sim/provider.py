"""The simulated agents: a provider that needs no key and no network, and says so by its name."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pidgin_cli.config.catalogue import Model, Prices
from pidgin_cli.events.usage import estimated_tokens
from pidgin_cli.providers.base import Chunk, ProviderError, Request
from pidgin_cli.providers.sim.choice import Choice, dice
from pidgin_cli.providers.sim.model import (
    SimModel,
    SimParameters,
    check_parameters,
    parameters_of,
    parse_model,
)
from pidgin_cli.providers.sim.reply import Delivery, Failure, Reply, chunks
from pidgin_cli.providers.sim.scene import Scene
from pidgin_cli.providers.sim.script import Script, read_script
from pidgin_cli.providers.sim.voices import VOICES, Speech, reasoning

FREE = Model(date="", source="", prices=Prices(0.0, 0.0, 0.0, 0.0))
OVERLOADED = Failure("overloaded", "the simulated service is overloaded", status=529)


class SimProvider:
    """Simulated agents, `sim:STYLE[,option=value]…`.

    What one says follows from the seed, the turn, the agent and the newest messages, whenever and
    on whatever Python it is asked.

    Args:
        sleep: waits for some seconds; 0 lets others run.
    """

    name = "sim"

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._scripts: dict[str, Script] = {}

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the style, its options, its script and the parameters can be used.

        Raises:
            UsageError: one of them cannot; says what there is.
        """
        parsed = parse_model(model)
        check_parameters(parsed, parameters)
        if parsed.file is not None:
            self._script(parsed.file)

    def context_limit(self, model: str) -> int | None:
        """Give the size of the context in tokens: 128,000, or the option `context`."""
        return parse_model(model).context

    def known(self, model: str) -> Model | None:
        """Give that the model costs nothing."""
        return FREE

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters in force, those that were not asked included."""
        return parameters_of(parse_model(request.model), request.parameters, request.seed)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Ask, and give the answer token by token.

        Raises:
            ProviderError: the attempt fails or the stream breaks, as was asked for, or the
                messages are larger than the context.
            UsageError: the model was never checked and cannot be used.
        """
        model = parse_model(request.model)
        parameters = SimParameters.of(request.parameters, request.seed)
        delivery = Delivery(
            f"sim-{request.turn_number}-{request.agent_id}-{request.attempt}",
            model.served,
            estimated_tokens(request.characters),
            model.pace,
            parameters.max_tokens,
        )
        reply = self._reply(request, model, parameters)
        await self._sleep(0)
        _refuse(request, model, reply, delivery)
        for wait, chunk in chunks(reply, delivery):
            if wait is not None:
                await self._sleep(wait)
            yield chunk

    async def close(self) -> None:
        """Forget the scripts that were read; there are no connections."""
        self._scripts.clear()

    def _reply(self, request: Request, model: SimModel, parameters: SimParameters) -> Reply:
        if model.file is not None:
            reply = self._script(model.file).reply(request.turn_number)
        else:
            reply = _spoken(request, model, parameters)
        reply = replace(reply, text=_up_to(reply.text, parameters.stop))
        attempt = dice(request, parameters.seed, f"attempt {request.attempt}")
        fails, breaks, place = attempt.random(), attempt.random(), attempt.random()
        if fails < model.failures:
            # Whatever attempt this is, it is the one that fails.
            reply = replace(reply, failures=(OVERLOADED,) * request.attempt)
        if breaks < model.breaks:
            reply = replace(reply, break_after=math.ceil(len(reply.text) * (0.1 + 0.8 * place)))
        return reply

    def _script(self, file: str) -> Script:
        if file not in self._scripts:
            self._scripts[file] = read_script(file)
        return self._scripts[file]


def _spoken(request: Request, model: SimModel, parameters: SimParameters) -> Reply:
    scene = Scene.of(request.messages)

    def speech(purpose: str) -> Speech:
        choice = Choice.of(request, parameters, purpose)
        return Speech(scene, choice, request.turn_number, model.length)

    thought = reasoning(speech("reasoning")) if parameters.thinking else ""
    return Reply(VOICES[model.style](speech("text")), thought)


def _up_to(text: str, stops: Sequence[str]) -> str:
    """Give the text before the first of the stops that comes in it."""
    return text[: min((found for stop in stops if (found := text.find(stop)) >= 0), default=None)]


def _refuse(request: Request, model: SimModel, reply: Reply, delivery: Delivery) -> None:
    if request.attempt <= len(reply.failures):
        raise reply.failures[request.attempt - 1].error(delivery.request_id)
    if delivery.input_tokens > model.context:
        raise ProviderError(
            "context_length_exceeded",
            f"{delivery.input_tokens} tokens of input do not fit into a context of {model.context}",
            status=400,
            request_id=delivery.request_id,
        )
