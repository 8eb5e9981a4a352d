"""A provider over HTTP: what all services have in common, whatever their dialect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pidgin_cli.config.settings import ProviderSettings
from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.event import nothing
from pidgin_cli.providers.base import Chunk, Finished, Opened, ProviderError, RateLimited, Request
from pidgin_cli.providers.confidence import Confidence
from pidgin_cli.providers.failures import request_id_of
from pidgin_cli.providers.http import READ_SECONDS, Answer, Http
from pidgin_cli.providers.limiter import Limiter
from pidgin_cli.providers.lines import LineDecoder
from pidgin_cli.providers.sse import EventStreamDecoder
from pidgin_cli.providers.wire import Decoder, Dialect

HOLD_SECONDS = 1.0
"""How long no call begins after a refusal for the rate, where the service names no time."""
LONGEST_HOLD = 60.0
"""Seconds that no call begins because the headers say that nothing is left. They tell when all of
a limit is there again, which can be tomorrow; a call is possible sooner, or refused with a time."""
DRAIN_SECONDS = 0.25
"""How long a connection may take to end an answer that is whole; then it is not used again."""
_FRAMINGS: Mapping[str, type[EventStreamDecoder | LineDecoder]] = {
    "sse": EventStreamDecoder,
    "lines": LineDecoder,
}
_ACCEPT = {"sse": "text/event-stream", "lines": "application/x-ndjson"}


def no_key() -> None:
    """Give no key."""


def unknown_limit(model: str) -> int | None:
    """Say that the size of a model's context is not known."""
    return None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is, and on what terms it is asked.

    Args:
        base_url: what a call's path is put behind.
        key: gives the key at each call, None for a service that wants none.
        headers: further ones for every call.
        silence: seconds after which an answer is given up.
        longest_wait: seconds that the service may ask to wait before a call is tried again.
    """

    base_url: str
    key: Callable[[], str | None] = no_key
    headers: Mapping[str, str] = field(default_factory=nothing)
    silence: float = READ_SECONDS
    longest_wait: float = ProviderSettings().longest_wait


class HttpProvider:
    """A model service over HTTP, understood by its dialect.

    Where the dialect's rate_limit names a time to wait, no call to the service begins before;
    where it names none, it only warns.

    Args:
        name: of the service, for events.
        http: shared by all services of a run.
        limiter: shared by all conversations with this service.
        context_limit: gives the size of a model's context in tokens, None where it is not known.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        name: str,
        dialect: Dialect,
        endpoint: Endpoint,
        *,
        http: Http,
        limiter: Limiter,
        context_limit: Callable[[str], int | None] = unknown_limit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.context_limit = context_limit
        self._dialect = dialect
        self._endpoint = endpoint
        self._http = http
        self._limiter = limiter
        self._clock = clock

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            UsageError: one cannot; says which.
        """
        self._dialect.check(model, parameters)

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""
        return self._dialect.sent(request)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Ask, and give the answer as it comes. Nothing is tried twice here.

        A refusal for the rate gives a RateLimited before it is raised.

        Raises:
            ProviderError: the call failed; what was given before it stays given.
        """
        key = self._endpoint.key()
        confidence = Confidence(key, (*self._endpoint.headers.values(), *self._http.proxy_secrets))
        asked = self._clock()
        try:
            with confidence.kept():
                async with (
                    self._limiter.place(),
                    aclosing(self._chunks(request, key, confidence)) as chunks,
                ):
                    waited = self._clock() - asked
                    async for chunk in chunks:
                        yield replace(chunk, waited=waited) if isinstance(chunk, Opened) else chunk
        except ProviderError as error:
            self._give_up_long_wait(error)
            error.args = (error.message,)
            raise

    async def close(self) -> None:
        """Let go of the run's connections."""
        await self._http.close()

    async def _chunks(
        self, request: Request, key: str | None, confidence: Confidence
    ) -> AsyncGenerator[Chunk, None]:
        call = self._dialect.call(request)
        headers = {
            "content-type": "application/json",
            "accept": _ACCEPT[self._dialect.framing],
            **_lower(self._endpoint.headers),
            **_lower(self._dialect.headers),
            **_lower(self._dialect.key_headers(key) if key else {}),
        }
        url = self._endpoint.base_url.rstrip("/") + call.path
        body = encode_object(dict(call.body))
        async with self._http.post(url, headers, body, self._endpoint.silence) as answer:
            heads = confidence.headers(answer.headers)
            limited = self._dialect.rate_limit(heads)
            if not 200 <= answer.status < 300:
                body = confidence.body(await answer.beginning())
                refusal = self._dialect.failure(answer.status, heads, body)
                if refusal.kind == "rate_limit":
                    yield self._held(refusal, limited)
                raise refusal
            yield Opened(answer.status, request_id_of(heads))
            if limited is not None:
                if limited.retry_in is not None:
                    self._limiter.hold(min(limited.retry_in, LONGEST_HOLD))
                yield limited
            try:
                async with aclosing(self._said(answer, request, confidence)) as said:
                    async for chunk in said:
                        yield chunk
            except ProviderError as error:
                if error.kind == "rate_limit":
                    yield self._held(error, limited)
                raise

    def _held(self, refusal: ProviderError, limited: RateLimited | None) -> RateLimited:
        wait = refusal.retry_in
        # Where the service asks for too long, no call waits: each fails, and says why.
        is_too_long = wait is None or wait > self._endpoint.longest_wait
        self._limiter.hold(HOLD_SECONDS if wait is None or is_too_long else wait)
        return RateLimited(refusal.message, wait, limited.limits if limited else nothing())

    def _give_up_long_wait(self, error: ProviderError) -> None:
        """Let a call that would be tried again in days fail for good."""
        wait, most = error.retry_in, self._endpoint.longest_wait
        if wait is not None and wait > most:
            error.retryable = False
            error.message += (
                f" (it asks to wait {wait:.0f} seconds, and "
                f"providers.{self.name}.longest_wait allows {most:g})"
            )

    async def _said(
        self, answer: Answer, request: Request, confidence: Confidence
    ) -> AsyncGenerator[Chunk, None]:
        messages = _FRAMINGS[self._dialect.framing]()
        decoder = self._dialect.decoder(request)
        async with aclosing(answer.blocks()) as blocks:
            async for block in blocks:
                for message in messages.feed(block):
                    for chunk in decoder.feed(confidence.message(message)):
                        if isinstance(chunk, Finished):
                            await _drain(blocks)
                            yield chunk
                            return
                        yield chunk
        for chunk in self._end(answer, messages, decoder, confidence):
            yield chunk

    def _end(
        self,
        answer: Answer,
        messages: EventStreamDecoder | LineDecoder,
        decoder: Decoder,
        confidence: Confidence,
    ) -> Iterator[Chunk]:
        for message in messages.finish():
            for chunk in decoder.feed(confidence.message(message)):
                yield chunk
                if isinstance(chunk, Finished):
                    return
        try:
            yield from decoder.finish()
        except ProviderError:
            if not messages.stray.lstrip().startswith(("{", "[", "<")):
                raise
            # It was no event stream, or did not stay one, whatever status and content type say.
            stray = confidence.body(messages.stray.encode())
            raise self._dialect.failure(
                answer.status, confidence.headers(answer.headers), stray
            ) from None


async def _drain(blocks: AsyncGenerator[bytes, None]) -> None:
    """Read what is behind a whole answer, so that its connection can be used again."""
    with suppress(ProviderError, TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in blocks:
                pass


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
