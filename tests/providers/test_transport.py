from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, Literal

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    ProviderError,
    RateLimited,
    Text,
)
from pidgin_cli.providers.http import Http
from pidgin_cli.providers.limiter import Limiter
from pidgin_cli.providers.transport import HOLD_SECONDS, LONGEST_HOLD, Endpoint, HttpProvider
from tests.contracts.http_provider_contract import HttpProviderContract, without_wait
from tests.contracts.provider_contract import answer, request_for, spoken
from tests.providers.plain import OVERLOADED, USAGE, PlainDialect, plain_message, plain_stream
from tests.providers.server import JSON, Server, pieces, refused, serving, stalled, streamed

WHOLE = plain_stream("sse", "Hello ", "you")


class TestEventStreams(HttpProviderContract):
    framing: Literal["sse", "lines"] = "sse"
    answer_text = "Hello there, you two!"
    recorded = plain_stream("sse", "Hello ", "there, ", "you two!")
    usage = USAGE
    error_stream = plain_message("sse", b'{"text": "Hel"}') + plain_message("sse", OVERLOADED)
    error_object = OVERLOADED

    def dialect(self) -> PlainDialect:
        return PlainDialect(self.framing)

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        return plain_stream(self.framing, *texts, finish=finish)


class TestLines(TestEventStreams):
    framing = "lines"
    recorded = plain_stream("lines", "Hello ", "there, ", "you two!")
    error_stream = plain_message("lines", b'{"text": "Hel"}') + plain_message("lines", OVERLOADED)


class Watched(Limiter):
    """A limiter that waits for nothing, and tells what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: list[float] = []
        self.inside = 0

    def hold(self, seconds: float) -> None:
        self.holds.append(seconds)

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None, None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(streamed(WHOLE)) as server:
        yield server


def provider_at(server: Server, limiter: Limiter | None = None, **options: Any) -> HttpProvider:
    terms = {name: options.pop(name) for name in ("key", "headers") if name in options}
    endpoint = Endpoint(server.url, **{"key": lambda: "the key", "silence": 10.0, **terms})
    given = {"http": Http(), "limiter": limiter or Watched(), **options}
    return HttpProvider("plain", PlainDialect(), endpoint, **given)


def ask(provider: HttpProvider) -> tuple[list[Chunk], ProviderError | None]:
    async def asked() -> tuple[list[Chunk], ProviderError | None]:
        chunks: list[Chunk] = []
        try:
            async for chunk in provider.stream(request_for("m")):
                chunks.append(without_wait(chunk))
        except ProviderError as error:
            return chunks, error
        finally:
            await provider.close()
        return chunks, None

    return asyncio.run(asked())


def test_an_answer_is_opened_said_and_finished(server: Server) -> None:
    server.script(streamed(WHOLE, status=201, headers={"X-Request-Id": "r1"}))
    expected = [Opened(201, "r1"), Text("Hello "), Text("you"), Finished("stop", USAGE)]
    assert (expected, None) == ask(provider_at(server))


def test_headers_come_from_the_configuration_the_dialect_and_the_key(server: Server) -> None:
    ask(provider_at(server, headers={"X-Own": "1", "x-dialect": "2", "X-KEY": "3"}))
    headers = server.received[0].headers
    names = ("x-own", "x-dialect", "x-key", "content-type", "accept")
    expected = ["1", "plain", "the key", JSON, "text/event-stream"]
    assert expected == [headers[name] for name in names]


def test_a_service_without_a_key_is_sent_none(server: Server) -> None:
    ask(provider_at(server, key=lambda: None))
    assert "x-key" not in server.received[0].headers


def test_the_key_is_asked_for_at_each_call(server: Server) -> None:
    keys = iter(["one", "two"])
    provider = provider_at(server, key=lambda: next(keys))
    ask(provider)
    ask(provider)
    assert ["one", "two"] == [received.headers["x-key"] for received in server.received]


def test_the_path_is_put_behind_the_base_url(server: Server) -> None:
    provider = HttpProvider(
        "plain",
        PlainDialect(),
        Endpoint(server.url + "/v1/"),
        http=Http(),
        limiter=Limiter(),
    )
    ask(provider)
    assert "/v1/say" == server.received[0].path


@pytest.mark.parametrize(
    ("headers", "wait", "held"),
    [
        ({"retry-after": "9"}, 9.0, 9.0),
        ({"retry-after": "600"}, 600.0, 600.0),
        ({"retry-after": "601"}, 601.0, HOLD_SECONDS),
        ({}, None, HOLD_SECONDS),
    ],
)
def test_a_refusal_for_the_rate_warns_and_holds_all_calls(
    server: Server, headers: Mapping[str, str], wait: float | None, held: float
) -> None:
    limiter = Watched()
    server.script(refused(429, b"too many", {**headers, "x-remaining": "0"}))
    chunks, error = ask(provider_at(server, limiter))
    assert [RateLimited("too many", wait, {"remaining": 0})] == chunks
    assert error is not None
    assert ("rate_limit", wait, [held], 0) == (
        error.kind,
        error.retry_in,
        limiter.holds,
        limiter.inside,
    )


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_to_wait_for_too_long_is_not_waited_for(
    server: Server, status: int
) -> None:
    server.script(refused(status, b"come back", {"retry-after": "259200"}))
    _, error = ask(provider_at(server))
    assert error is not None
    assert (
        False,
        "come back (it asks to wait 259200 seconds, and providers.plain.longest_wait allows 600)",
    ) == (error.retryable, str(error))


def test_the_time_in_the_queue_is_told_by_the_clock(server: Server) -> None:
    async def waited() -> float:
        provider = provider_at(server, clock=iter([100.0, 107.5]).__next__)
        opened = (await answer(provider, request_for("m")))[0]
        await provider.close()
        assert isinstance(opened, Opened)
        return opened.waited

    assert 7.5 == asyncio.run(waited())


def test_a_hard_quota_holds_nobody(server: Server) -> None:
    limiter = Watched()
    server.script(refused(429, b'{"error": "quota"}', {"retry-after": "9"}))
    chunks, error = ask(provider_at(server, limiter))
    assert error is not None
    assert ([], "quota", []) == (chunks, error.kind, limiter.holds)


def test_headers_that_say_nothing_is_left_warn_and_hold_all_calls(server: Server) -> None:
    limiter = Watched()
    server.script(streamed(WHOLE, headers={"x-remaining": "0"}))
    chunks, _ = ask(provider_at(server, limiter))
    assert [Opened, RateLimited, Text, Text, Finished] == [type(chunk) for chunk in chunks]
    assert [7.0] == limiter.holds


def test_nobody_is_held_until_tomorrow_by_a_hint(server: Server) -> None:
    class Tomorrow(PlainDialect):
        def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
            return RateLimited("nothing is left", 86_400.0)

    limiter = Watched()
    provider = HttpProvider("plain", Tomorrow(), Endpoint(server.url), http=Http(), limiter=limiter)
    ask(provider)
    assert [LONGEST_HOLD] == limiter.holds


def test_what_comes_behind_the_end_is_not_read_into_the_answer(server: Server) -> None:
    server.script(streamed(WHOLE + plain_message("sse", b'{"text": "more"}')))
    chunks, error = ask(provider_at(server))
    assert ("Hello you", Finished("stop", USAGE), None) == (spoken(chunks), chunks[-1], error)


def test_a_connection_that_is_not_ended_does_not_keep_the_answer_back(server: Server) -> None:
    server.script(stalled(WHOLE))
    chunks, error = ask(provider_at(server))
    assert (Finished("stop", USAGE), None) == (chunks[-1], error)
    assert server.wait_for_clients_gone()


def test_a_connection_that_breaks_behind_the_end_breaks_nothing(server: Server) -> None:
    server.script(pieces(WHOLE, end="reset"))
    chunks, error = ask(provider_at(server))
    assert (Finished("stop", USAGE), None) == (chunks[-1], error)


@pytest.mark.parametrize(
    "page", [OVERLOADED, b'{\n  "error":\n  "overloaded"\n}\n', b"\n\n" + OVERLOADED + b"\r\n"]
)
def test_an_object_in_mid_stream_is_the_error_that_it_says(server: Server, page: bytes) -> None:
    server.script(streamed(plain_message("sse", b'{"text": "Hel"}') + page))
    chunks, error = ask(provider_at(server))
    assert error is not None
    assert ("Hel", "overloaded", True) == (spoken(chunks), error.kind, error.retryable)


def test_lines_that_are_no_fields_do_not_spoil_an_answer_that_is_whole(server: Server) -> None:
    server.script(streamed(b'{"note": 1}\n' + WHOLE))
    assert "Hello you" == spoken(ask(provider_at(server))[0])


def test_a_page_in_place_of_a_stream_is_a_bad_response(server: Server) -> None:
    server.script(streamed(b"<html>Please sign in</html>", content_type="text/html"))
    _, error = ask(provider_at(server))
    assert error is not None
    assert ("bad_response", 200) == (error.kind, error.status)


def test_the_place_in_the_limiter_is_given_back_by_a_stream_that_is_closed(server: Server) -> None:
    async def inside_and_after() -> list[int]:
        limiter = Watched()
        provider = provider_at(server, limiter)
        async with aclosing(provider.stream(request_for("m"))) as stream:
            await anext(stream)
            inside = [limiter.inside]
        await provider.close()
        return [*inside, limiter.inside]

    assert [1, 0] == asyncio.run(inside_and_after())


def test_no_more_calls_than_the_limit_are_under_way() -> None:
    under_way, most = 0, 0

    class Counted(PlainDialect):
        def call(self, request: Any) -> Any:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            return super().call(request)

        def decoder(self, request: Any) -> Any:
            nonlocal under_way
            under_way -= 1
            return super().decoder(request)

    async def ask_many(server: Server) -> list[str]:
        provider = HttpProvider(
            "plain",
            Counted(),
            Endpoint(server.url),
            http=Http(),
            limiter=Limiter(3),
        )
        answers = await asyncio.gather(*(answer(provider, request_for("m")) for _ in range(20)))
        await provider.close()
        return [spoken(chunks) for chunks in answers]

    with serving(streamed(WHOLE)) as server:
        assert ["Hello you"] * 20 == asyncio.run(ask_many(server))
    assert 3 == most


def test_a_reader_that_goes_away_while_it_waits_for_a_place_frees_it(server: Server) -> None:
    server.script(stalled(b""), streamed(WHOLE))

    async def give_up_and_ask() -> str:
        provider = provider_at(server, Limiter(1))
        first = asyncio.create_task(answer(provider, request_for("m")))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(answer(provider, request_for("m")))
        third = asyncio.create_task(answer(provider, request_for("m")))
        await asyncio.sleep(0.05)
        second.cancel()
        first.cancel()
        text = spoken(await third)
        await provider.close()
        return text

    assert "Hello you" == asyncio.run(give_up_and_ask())


def test_what_a_model_holds_is_what_the_catalogue_says(server: Server) -> None:
    limits = {"m": 4096}
    provider = provider_at(server, context_limit=limits.get)
    assert [4096, None] == [provider.context_limit(model) for model in ("m", "n")]
    assert provider_at(server).context_limit("m") is None


def test_the_dialect_checks_what_is_asked(server: Server) -> None:
    with pytest.raises(UsageError, match="no parameter colour"):
        provider_at(server).check("m", {"colour": 1})
