"""What every provider must hold; a provider's test class inherits it and says how to ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import orjson
import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    Provider,
    ProviderError,
    Reasoning,
    Request,
    Text,
)


def request_for(
    model: str, messages: Sequence[Message] = (Message("user", "Discuss emergence"),), **fields: Any
) -> Request:
    given = {
        "parameters": {},
        "experiment_id": "exp_1",
        "agent_id": "agent_a",
        "turn_number": 0,
        "seed": 7,
        **fields,
    }
    characters = sum(len(message.content) for message in messages)
    return Request(model, list(messages), characters, **given)


async def answer(provider: Provider, request: Request) -> list[Chunk]:
    return [chunk async for chunk in provider.stream(request)]


def spoken(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Text))


def thought(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Reasoning))


def finished(chunks: Sequence[Chunk]) -> Finished:
    last = chunks[-1]
    assert isinstance(last, Finished)
    return last


class ProviderContract:
    """Inherited by the tests of each provider, which fill in what stands here."""

    unknown_model: str
    known_models: Sequence[str]

    def provider(self) -> Provider:
        """Give a new provider; called inside the running loop."""
        raise NotImplementedError

    def request(self) -> Request:
        """Give a request whose answer is `answer_text`, in more than two pieces."""
        raise NotImplementedError

    answer_text: str

    def other_request(self) -> Request:
        """Give a request that is answered with something else."""
        raise NotImplementedError

    def failing_request(self) -> Request:
        """Give a request that the service refuses."""
        raise NotImplementedError

    def ask(self, request: Request) -> list[Chunk]:
        async def asked() -> list[Chunk]:
            provider = self.provider()
            try:
                return await answer(provider, request)
            finally:
                await provider.close()

        return asyncio.run(asked())

    def test_it_is_a_provider_with_a_name(self) -> None:
        provider = self.provider()
        assert isinstance(provider, Provider)
        assert provider.name

    def test_the_answer_opens_once_and_first(self) -> None:
        places = [i for i, chunk in enumerate(self.ask(self.request())) if type(chunk) is Opened]
        assert places == [0]

    def test_the_answer_finishes_once_and_last(self) -> None:
        chunks = self.ask(self.request())
        places = [i for i, chunk in enumerate(chunks) if type(chunk) is Finished]
        assert places == [len(chunks) - 1]

    def test_the_pieces_joined_are_the_answer(self) -> None:
        assert spoken(self.ask(self.request())) == self.answer_text

    def test_no_piece_is_empty(self) -> None:
        chunks = self.ask(self.request())
        assert all(chunk.text for chunk in chunks if isinstance(chunk, Text | Reasoning))

    def test_the_answer_comes_in_pieces(self) -> None:
        assert sum(isinstance(chunk, Text) for chunk in self.ask(self.request())) > 2

    def test_usage_is_counted(self) -> None:
        usage = finished(self.ask(self.request())).usage
        assert min(usage.input_tokens, usage.output_tokens) > 0
        assert usage.reasoning_tokens <= usage.output_tokens

    def test_a_stream_can_be_closed_early(self) -> None:
        async def close_early() -> list[asyncio.Task[Any]]:
            provider = self.provider()
            stream = provider.stream(self.request())
            async for chunk in stream:
                if isinstance(chunk, Text):
                    break
            await stream.aclose()
            await provider.close()
            return others()

        assert asyncio.run(close_early()) == []

    def test_a_task_that_reads_a_stream_can_be_cancelled(self) -> None:
        async def cancel() -> list[asyncio.Task[Any]]:
            provider = self.provider()
            began = asyncio.Event()

            async def read() -> None:
                async with aclosing(provider.stream(self.request())) as stream:
                    async for chunk in stream:
                        if isinstance(chunk, Text):
                            began.set()
                            await asyncio.sleep(3600)

            task = asyncio.create_task(read())
            await began.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await provider.close()
            return others()

        assert asyncio.run(cancel()) == []

    def test_the_provider_can_be_asked_again_after_a_stream_was_closed(self) -> None:
        async def ask_again() -> str:
            provider = self.provider()
            stream = provider.stream(self.request())
            await anext(stream)
            await stream.aclose()
            chunks = await answer(provider, self.request())
            await provider.close()
            return spoken(chunks)

        assert asyncio.run(ask_again()) == self.answer_text

    def test_two_streams_at_once_do_not_mix(self) -> None:
        async def ask_both() -> list[str]:
            provider = self.provider()
            requests = (self.request(), self.other_request())
            answers = await asyncio.gather(*(answer(provider, each) for each in requests))
            await provider.close()
            return [spoken(chunks) for chunks in answers]

        one, other = asyncio.run(ask_both())
        assert one == self.answer_text
        assert other == spoken(self.ask(self.other_request()))
        assert one != other

    def test_a_model_that_it_has_passes_the_check(self) -> None:
        request = self.request()
        self.provider().check(request.model, request.parameters)

    def test_a_model_that_it_has_not_is_refused_with_what_there_is(self) -> None:
        with pytest.raises(UsageError) as caught:
            self.provider().check(self.unknown_model, {})
        assert [name for name in self.known_models if name not in str(caught.value)] == []

    def test_a_parameter_that_it_does_not_know_is_refused_by_name(self) -> None:
        with pytest.raises(UsageError, match="temprature"):
            self.provider().check(self.request().model, {"temprature": 0.5})

    def test_parameters_that_are_not_set_pass_the_check(self) -> None:
        names = ("temperature", "top_p", "max_tokens", "seed", "thinking")
        self.provider().check(self.request().model, dict.fromkeys(names))

    def test_what_is_sent_can_be_written_as_json(self) -> None:
        sent = dict(self.provider().sent(self.request()))
        assert orjson.loads(orjson.dumps(sent)) == sent

    def test_a_limit_of_the_context_is_positive_where_there_is_one(self) -> None:
        limit = self.provider().context_limit(self.request().model)
        assert limit is None or limit > 0

    def test_a_refusal_is_an_error_of_a_kind_and_no_text(self) -> None:
        with pytest.raises(ProviderError) as caught:
            self.ask(self.failing_request())
        assert caught.value.kind
        assert "\n" not in str(caught.value)

    def test_output_is_cut_at_the_limit_and_says_so(self) -> None:
        request = self.request()
        cut = replace(request, parameters={**request.parameters, "max_tokens": 2})
        chunks = self.ask(cut)
        assert finished(chunks).finish_reason == "length"
        assert self.answer_text.startswith(spoken(chunks))


def others() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
