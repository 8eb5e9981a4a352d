"""What every service over HTTP must hold, against a real server on a socket.

A subclass gives the dialect and what its service would say; everything else is here:

    class TestContract(HttpProviderContract):
        model = "some-model"
        recorded = RECORDED            # bytes of a whole stream of the service, as recorded
        answer_text = "Hello there!"   # what that stream says, in more than two pieces
        usage = Usage(12, 5)           # what it says was used
        error_bodies = {401: b'{"error":…}', …}        # of the service, per status
        error_kinds = {400: "context_length_exceeded"}  # where they differ from STATUS_KINDS
        error_stream, error_stream_kind = b"…", "overloaded"   # text, then an error, under HTTP 200
        error_object, error_object_kind = b'{"error":…}', "…"  # JSON instead of a stream, under 200

        def dialect(self): return SomeDialect()
        def stream_of(self, *texts, finish="stop"): ...  # bytes of a stream that says these pieces
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, ClassVar, Literal

import pytest

from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    ProviderError,
    RateLimited,
    Request,
    Text,
)
from pidgin_cli.providers.http import Http
from pidgin_cli.providers.limiter import Limiter
from pidgin_cli.providers.transport import Endpoint, HttpProvider
from pidgin_cli.providers.wire import Dialect
from tests.contracts.provider_contract import (
    ProviderContract,
    answer,
    finished,
    request_for,
    spoken,
)
from tests.providers.server import (
    EVENT_STREAM,
    JSON,
    NDJSON,
    Answer,
    Received,
    Reply,
    Server,
    bytewise,
    cut,
    pieces,
    refused,
    serving,
    stalled,
    streamed,
)

CANARY = "canary-5b1f0c9e-key-that-nobody-may-see"
STATUS_KINDS: Mapping[int, str] = {
    400: "bad_request",
    401: "authentication",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    429: "rate_limit",
    500: "server_error",
    503: "overloaded",
    529: "overloaded",
}
RETRIED = frozenset({408, 429, 500, 503, 529})
FEW_CUTS = 60
"""Places where a stream is cut by default; with --full it is cut at every byte."""
ODD_PIECES = ("a\u2028b", "\u0085", "\u2029 \x0b\x0c\x1c", "🐦‍⬛ 日本", "é\u0301", "\r\n\n", " end")


class HttpProviderContract(ProviderContract):
    """See the module."""

    model: str = "some-model"
    base_path: str = ""
    recorded: bytes
    usage: Usage
    error_bodies: Mapping[int, bytes] = {}
    error_kinds: Mapping[int, str] = {}
    error_stream: bytes
    error_stream_kind: str = "overloaded"
    error_object: bytes
    error_object_kind: str = "overloaded"
    known_models: ClassVar[tuple[str, ...]] = ()
    server: Server

    def dialect(self) -> Dialect:
        """Give the dialect."""
        raise NotImplementedError

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        """Give the bytes of a whole stream that says these pieces of text, each in a message."""
        raise NotImplementedError

    # --- what the tests share

    @pytest.fixture(autouse=True)
    def _a_server(self) -> Iterator[None]:
        with serving(self._ordinary) as self.server:
            yield

    @property
    def content_type(self) -> str:
        return NDJSON if self.dialect().framing == "lines" else EVENT_STREAM

    def _ordinary(self, received: Received) -> Reply:
        if b"Refuse this" in received.body:
            return self.refusal(400)
        if b"Say something else" in received.body:
            return self.reply(streamed, self.stream_of("Something ", "else", "."))
        return self.reply(streamed, self.recorded)

    def reply(self, making: Callable[..., Reply], *given: Any, **options: Any) -> Reply:
        return making(*given, **{"content_type": self.content_type, **options})

    def refusal(self, status: int, headers: Mapping[str, str] | None = None) -> Reply:
        return refused(status, self.error_bodies.get(status, b""), headers)

    def provider(self) -> HttpProvider:
        return HttpProvider(
            "service",
            self.dialect(),
            Endpoint(self.server.url + self.base_path, key=lambda: CANARY, silence=30.0),
            http=Http(),
            limiter=Limiter(concurrency=2),
        )

    def request(self) -> Request:
        return request_for(self.model)

    def other_request(self) -> Request:
        return request_for(self.model, [Message("user", "Say something else")])

    def failing_request(self) -> Request:
        return request_for(self.model, [Message("user", "Refuse this")])

    def ask(self, request: Request) -> list[Chunk]:
        return [without_wait(chunk) for chunk in super().ask(request)]

    def asked_of(self, *answers: Answer) -> list[Chunk]:
        self.server.script(*answers)
        return self.ask(self.request())

    def failure_of(self, *answers: Answer) -> tuple[list[Chunk], ProviderError]:
        self.server.script(*answers)
        given: list[Chunk] = []

        async def read() -> None:
            provider = self.provider()
            try:
                async for chunk in provider.stream(self.request()):
                    given.append(chunk)
            finally:
                await provider.close()

        with pytest.raises(ProviderError) as caught:
            asyncio.run(read())
        assert CANARY not in "".join(traceback.format_exception(caught.value))
        assert CANARY not in repr(vars(caught.value))
        return given, caught.value

    # --- what the contract of all providers says otherwise

    def test_a_model_that_it_has_not_is_refused_with_what_there_is(self) -> None:
        _, error = self.failure_of(self.refusal(404))
        assert ("not_found", False) == (error.kind, error.retryable)

    def test_output_is_cut_at_the_limit_and_says_so(self) -> None:
        limited = replace(self.request(), parameters={"max_tokens": 31})
        self.server.script(self.reply(streamed, self.stream_of("To be cut", finish="length")))
        assert "length" == finished(self.ask(limited)).finish_reason
        assert 31 in _leaves(self.server.received[-1].json)

    # --- whole answers, however they arrive

    def test_usage_is_what_the_service_said(self) -> None:
        assert self.usage == finished(self.ask(self.request())).usage

    def test_the_key_goes_to_the_service_in_a_header_and_nowhere_else(self) -> None:
        self.ask(self.request())
        received = self.server.received[0]
        assert CANARY not in received.path
        assert CANARY.encode() not in received.body

    def test_the_words_of_the_conversation_arrive(self) -> None:
        said = [Message("system", "Speak Latin"), Message("user", "Salve \u2028 🐦‍⬛ \ud800!")]
        self.server.script(self._ordinary)
        request = request_for(self.model, said)
        self.ask(request)
        strings = [leaf for leaf in _leaves(self.server.received[0].json) if type(leaf) is str]
        assert "Speak Latin" in strings
        assert "Salve \u2028 🐦‍⬛ \ufffd!" in strings

    def test_an_answer_that_arrives_slowly_is_the_same(self) -> None:
        half = len(self.recorded) // 2
        slow = pieces(
            self.recorded[:half], 0.05, self.recorded[half:], 0.05, content_type=self.content_type
        )
        assert self.ask(self.request()) == self.asked_of(slow)

    def test_an_answer_that_arrives_byte_by_byte_is_the_same(self) -> None:
        bytes_apart = self.reply(bytewise, self.recorded)
        assert self.ask(self.request()) == self.asked_of(bytes_apart)

    @pytest.mark.parametrize("framing", ["length", "until close"])
    def test_an_answer_is_the_same_however_http_frames_it(self, framing: str) -> None:
        framed = self.reply(streamed, self.recorded, framing=framing)
        assert self.ask(self.request()) == self.asked_of(framed)

    @pytest.mark.parametrize("how", [streamed, bytewise])
    def test_odd_characters_arrive_as_they_were_said(self, how: Callable[..., Reply]) -> None:
        chunks = self.asked_of(self.reply(how, self.stream_of(*ODD_PIECES)))
        assert "".join(ODD_PIECES) == spoken(chunks)

    def test_a_huge_chunk_arrives_whole(self) -> None:
        huge = "0123456789abcdef" * 2**16
        chunks = self.asked_of(self.reply(streamed, self.stream_of("Look: ", huge, " there")))
        assert "Look: " + huge + " there" == spoken(chunks)

    def test_what_the_service_calls_the_call_is_kept(self) -> None:
        headers = {"request-id": "req_7", "x-request-id": "req_7"}
        chunks = self.asked_of(self.reply(streamed, self.recorded, headers=headers))
        opened = chunks[0]
        assert isinstance(opened, Opened)
        assert (200, "req_7") == (opened.status, opened.request_id)

    def test_a_connection_is_used_again(self) -> None:
        async def ask_twice() -> None:
            provider = self.provider()
            await answer(provider, self.request())
            await answer(provider, self.request())
            await provider.close()

        asyncio.run(ask_twice())
        assert 1 == self.server.connections

    # --- answers that fail

    @pytest.mark.parametrize("status", STATUS_KINDS)
    def test_a_refusal_is_an_error_of_its_kind(self, status: int) -> None:
        given, error = self.failure_of(self.refusal(status, {"request-id": "req_9"}))
        kind = self.error_kinds.get(status, STATUS_KINDS[status])
        expected = (kind, status, status in RETRIED, None)
        assert expected == (error.kind, error.status, error.retryable, error.retry_in)
        # A warning of the rate is all that may come before.
        assert ([RateLimited] if kind == "rate_limit" else []) == [type(each) for each in given]
        assert error.message
        assert "\n" not in error.message

    @pytest.mark.parametrize("status", sorted(RETRIED))
    def test_a_refusal_says_how_long_to_wait(self, status: int) -> None:
        _, error = self.failure_of(self.refusal(status, {"retry-after": "7"}))
        assert (True, 7.0) == (error.retryable, error.retry_in)

    @pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"\xff\xfe{", b"[]", b"0"])
    def test_a_refusal_in_no_words_of_the_service_is_judged_by_its_status(
        self, body: bytes
    ) -> None:
        # Behind a refusal for the rate, calls are held.
        statuses = sorted(STATUS_KINDS, key=lambda status: status == 429)
        self.server.script(*(refused(status, body) for status in statuses))
        outcomes = asyncio.run(self._outcomes(len(statuses)))
        assert [(STATUS_KINDS[status], status in RETRIED) for status in statuses] == outcomes

    async def _outcomes(self, calls: int) -> list[tuple[str, bool]]:
        provider, outcomes = self.provider(), []
        for _ in range(calls):
            with pytest.raises(ProviderError) as caught:
                await answer(provider, self.request())
            outcomes.append((caught.value.kind, caught.value.retryable))
        await provider.close()
        return outcomes

    def test_a_key_that_the_service_repeats_is_not_repeated_further(self) -> None:
        self.failure_of(refused(401, b'{"error":{"message":"bad key %b"}}' % CANARY.encode()))

    def test_an_error_in_mid_stream_is_an_error_of_its_kind(self) -> None:
        given, error = self.failure_of(self.reply(streamed, self.error_stream))
        assert self.error_stream_kind == error.kind
        assert not any(isinstance(chunk, Finished) for chunk in given)

    def test_an_error_in_place_of_a_stream_is_an_error_of_its_kind(self) -> None:
        for content_type in (JSON, self.content_type):
            body = streamed(self.error_object, content_type=content_type)
            given, error = self.failure_of(body)
            assert self.error_object_kind == error.kind
            assert "" == spoken(given)

    @pytest.mark.parametrize("content_type", ["text/html", EVENT_STREAM, NDJSON, JSON])
    @pytest.mark.parametrize(
        "body", [b"<html>\n<p>Sign in</p>\n</html>\n", b"\x00\xff\xfe\r\n\r\n\x80", b"{}", b"[1]\n"]
    )
    def test_garbage_is_an_error_and_no_text(self, body: bytes, content_type: str) -> None:
        given, error = self.failure_of(streamed(body, content_type=content_type))
        assert error.kind in {"bad_response", "stream_broken"}
        assert "" == spoken(given)

    def test_an_empty_answer_is_a_broken_stream(self) -> None:
        given, error = self.failure_of(self.reply(streamed, b""))
        expected = ([Opened], "stream_broken", True)
        assert expected == ([type(chunk) for chunk in given], error.kind, error.retryable)

    def test_a_stream_that_is_cut_anywhere_is_broken_and_what_came_stays(self, full: bool) -> None:
        step = 1 if full else max(1, len(self.recorded) // FEW_CUTS)
        outcomes = asyncio.run(self._cut_at(range(0, len(self.recorded), step)))
        broken = [after for after, _, kind in outcomes if kind == "stream_broken"]
        whole = [after for after, _, kind in outcomes if kind == "whole"]
        assert sorted(broken + whole) == [after for after, _, _ in outcomes]
        # Only behind the service's own end may a stream be whole.
        assert max(broken) < min(whole, default=len(self.recorded))
        assert all(self.answer_text.startswith(text) for _, text, _ in outcomes)
        assert all(self.answer_text == text for _, text, kind in outcomes if kind == "whole")

    async def _cut_at(self, places: range) -> list[tuple[int, str, str]]:
        provider, outcomes = self.provider(), []
        for number, after in enumerate(places):
            how = "reset" if number % 2 else "close"
            self.server.script(self.reply(cut, self.recorded, after, how=how))
            given, kind = await _read(provider, self.request())
            outcomes.append((after, spoken(given), kind))
        await provider.close()
        return outcomes

    def test_a_stream_without_its_own_end_is_broken(self) -> None:
        half = self.stream_of("one ", "two ", "three")
        half = half[: half.index(b"three") - 1]
        _, error = self.failure_of(self.reply(streamed, half, framing="until close"))
        assert ("stream_broken", True) == (error.kind, error.retryable)

    # --- letting go

    def test_a_stream_that_is_closed_early_frees_its_connection(self) -> None:
        stream = self.stream_of("one ", "two ", "three")
        begun = stream[: stream.index(b"three") - 1]
        self.server.script(self.reply(stalled, begun), self._ordinary)

        async def close_early() -> tuple[bool, str]:
            provider = self.provider()
            async with aclosing(provider.stream(self.request())) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, Text):
                        break
            gone = await asyncio.to_thread(self.server.wait_for_clients_gone)
            again = spoken(await answer(provider, self.request()))
            await provider.close()
            return gone, again

        assert (True, self.answer_text) == asyncio.run(close_early())

    def test_streams_that_are_cancelled_give_their_places_back(self) -> None:
        self.server.script(*[self.reply(stalled, b"")] * 6, self._ordinary)

        async def cancel_and_ask() -> str:
            provider = self.provider()
            tasks = [asyncio.create_task(answer(provider, self.request())) for _ in range(6)]
            await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.server.script(self._ordinary)
            text = spoken(await answer(provider, self.request()))
            await provider.close()
            return text

        assert self.answer_text == asyncio.run(cancel_and_ask())

    def test_no_object_shows_the_key(self) -> None:
        provider = self.provider()
        assert CANARY not in repr(provider) + repr(vars(provider))


def without_wait(chunk: Chunk) -> Chunk:
    """Give the chunk without the one thing in it that is never twice the same."""
    return replace(chunk, waited=0.0) if isinstance(chunk, Opened) else chunk


async def _read(provider: HttpProvider, request: Request) -> tuple[list[Chunk], str]:
    given: list[Chunk] = []
    try:
        async for chunk in provider.stream(request):
            given.append(chunk)
    except ProviderError as error:
        return given, error.kind
    return given, "whole"


def _leaves(value: Any) -> list[Any]:
    match value:
        case dict():
            return [leaf for item in value.values() for leaf in _leaves(item)]
        case list():
            return [leaf for item in value for leaf in _leaves(item)]
        case _:
            return [value]
