"""One agent's attempt to speak: the calls it takes, and the text as it comes."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from pidgin_cli.config.settings import StreamSettings
from pidgin_cli.engine.arrivals import Arrivals, Cut, Tick
from pidgin_cli.engine.attempts import Attempt
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.deltas import ChunkSample, DeltaJoiner
from pidgin_cli.events.calls import StreamChunkReceived, stream_chunk_received
from pidgin_cli.events.detections import RateLimitWarning, rate_limit_warning
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.turns import (
    InterruptionReason,
    ResponseStarted,
    ResponseStreaming,
    response_started,
    response_streaming,
)
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    Provider,
    ProviderError,
    RateLimited,
    Reasoning,
    Request,
    Text,
)

FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
"""Seconds before the first retry, and before a late one, where the service names none."""


def nobody(experiment_id: str, agent_id: str, response: int, text: str) -> None:
    """Watch nothing."""


@dataclass(frozen=True, slots=True)
class Calling:
    """How calls are made.

    Args:
        retries: further attempts after one that failed before any text came.
        monotonic: seconds of a clock that never goes back.
        jitter: gives 0–1; waits are shortened by up to a quarter, so that clients spread.
        watch: is shown experiment, agent, response and text, before the text is recorded.
    """

    retries: int = 4
    monotonic: Callable[[], float] = time.perf_counter
    jitter: Callable[[], float] = random.random
    watch: Callable[[str, str, int, str], None] = nobody


class Response:
    """One response, from the first call to its end.

    Afterwards `error` is what made it fail, or None; a cut is no failure. `counted` is how many
    tokens of input the service counted, or None where it did not.

    Args:
        number: counter of responses within the experiment.
        model: of the agent, as the experiment names it.
    """

    def __init__(
        self,
        number: int,
        model: str,
        request: Request,
        provider: Provider,
        *,
        control: Control,
        stream: StreamSettings,
        calling: Calling,
    ) -> None:
        self.error: ProviderError | None = None
        self.counted: int | None = None
        self._number = number
        self._model = model
        self._request = request
        self._provider = provider
        self._control = control
        self._stream = stream
        self._calling = calling
        self._joiner = DeltaJoiner(stream.join_ms / 1000)
        self._sample = ChunkSample(stream.chunks)
        self._deltas_recorded = 0
        self._started = False
        self._began = 0.0
        self._by_our_clock = True
        self._arrivals: Arrivals | None = None
        self._cut: InterruptionReason | None = None

    async def drafts(self, messages_sha256: str) -> AsyncGenerator[Draft, None]:
        """Give what happens, in order, as it happens."""
        async with aclosing(self._drafts(messages_sha256)) as drafts:
            async for draft in drafts:
                yield Draft(
                    draft.type, draft.data, self._request.turn_number, self._request.agent_id
                )

    async def _drafts(self, messages_sha256: str) -> AsyncGenerator[Draft, None]:
        number = 0
        with self._control.cutting(self._on_cut):
            while not self._control.ending:
                number += 1
                request = replace(self._request, attempt=number)
                attempt = Attempt(self._number, self._model, request, self._provider)
                self._began = self._calling.monotonic()
                yield attempt.call_started(messages_sha256)
                async with aclosing(self._streamed(attempt)) as drafts:
                    async for draft in drafts:
                        yield draft
                attempt.duration = self._elapsed()
                wait = self._wait(attempt)
                for draft in self._outcome(attempt, wait):
                    yield draft
                if wait is None:
                    self.error = attempt.error
                    return
                await self._pass(wait)
                if self._cut is not None:
                    attempt.cut = self._cut
                    for draft in self._cut_short(attempt):
                        yield draft
                    return

    def _on_cut(self, reason: InterruptionReason) -> None:
        self._cut = reason
        if self._arrivals is not None:
            self._arrivals.cut(reason)

    async def _streamed(self, attempt: Attempt) -> AsyncGenerator[Draft, None]:
        """Give the drafts of a call's stream; what has come is in the attempt afterwards."""
        async with Arrivals(self._provider.stream(attempt.request)) as arrivals:
            self._arrivals = arrivals
            if self._cut is not None:
                arrivals.cut(self._cut)
            while not attempt.over:
                await arrivals.come()
                for arrival in self._taken(arrivals, attempt):
                    for draft in self._arrived(arrival, attempt):
                        yield draft
                if self._joiner.waiting and self._by_our_clock:
                    arrivals.tick_in(self._stream.join_ms / 1000)
        self._arrivals = None
        for draft in self._deltas([self._joiner.flush()]) + self._chunks(self._sample.last()):
            yield draft

    def _taken(self, arrivals: Arrivals, attempt: Attempt) -> Iterator[Chunk | Cut | Tick]:
        """Give what has come, up to the end of the call."""
        try:
            for arrival in arrivals.taken():
                yield arrival
                if attempt.over:
                    return
        except ProviderError as error:
            attempt.error = error

    def _arrived(self, arrival: Chunk | Cut | Tick, attempt: Attempt) -> list[Draft]:
        """Take an arrival into the attempt, and give what is to be recorded of it."""
        match arrival:
            case Text() if arrival.text:
                return self._text(arrival, attempt)
            case Reasoning():
                attempt.reasoning.append(arrival.text)
                return self._response_started() + self._chunk(len(arrival.text), attempt)
            case Opened():
                attempt.opened = arrival
                # A queue of our own is no latency of the model.
                self._began += arrival.waited
                return self._response_started()
            case Finished():
                attempt.finished = arrival
                return self._response_started()
            case RateLimited():
                return [self._rate_limited(arrival)]
            case Cut():
                attempt.cut = arrival.reason
            case Tick():
                return self._deltas([self._joiner.flush()])
        return []

    def _text(self, chunk: Text, attempt: Attempt) -> list[Draft]:
        drafts = self._response_started() + self._chunk(len(chunk.text), attempt)
        attempt.pieces.append(chunk.text)
        request = attempt.request
        self._calling.watch(request.experiment_id, request.agent_id, self._number, chunk.text)
        self._by_our_clock = chunk.at is None
        at = self._calling.monotonic() if chunk.at is None else chunk.at
        return drafts + self._deltas(self._joiner.feed(chunk.text, at))

    def _response_started(self) -> list[Draft]:
        if self._started:
            return []
        self._started = True
        return [response_started(ResponseStarted(response=self._number, model=self._model))]

    def _chunk(self, characters: int, attempt: Attempt) -> list[Draft]:
        elapsed = self._elapsed()
        if attempt.first_chunk is None:
            attempt.first_chunk = elapsed
        return self._chunks(self._sample.feed(characters, elapsed))

    def _chunks(self, chunk: tuple[int, int, float] | None) -> list[Draft]:
        if chunk is None:
            return []
        index, characters, elapsed = chunk
        data = StreamChunkReceived(
            response=self._number, index=index, chars=characters, elapsed=elapsed
        )
        return [stream_chunk_received(data)]

    def _deltas(self, deltas: list[str]) -> list[Draft]:
        if not deltas or not self._stream.deltas:
            return []
        drafts = []
        for delta in filter(None, deltas):
            index = self._deltas_recorded
            data = ResponseStreaming(response=self._number, index=index, delta=delta)
            drafts.append(response_streaming(data))
            self._deltas_recorded += 1
        return drafts

    def _rate_limited(self, chunk: RateLimited) -> Draft:
        return rate_limit_warning(
            RateLimitWarning(
                provider=self._provider.name,
                message=chunk.message,
                retry_in=chunk.retry_in,
                limits=chunk.limits,
            )
        )

    def _outcome(self, attempt: Attempt, wait: float | None) -> list[Draft]:
        if attempt.finished is not None:
            if not attempt.finished.usage_estimated:
                self.counted = attempt.finished.usage.input_tokens
            return [attempt.call_completed(attempt.finished), attempt.completed(attempt.finished)]
        failed = attempt.call_failed(wait)
        if wait is not None:
            return [failed]
        drafts = self._cut_short(attempt)
        return [*drafts[:-1], failed, *drafts[-1:]]

    def _cut_short(self, attempt: Attempt) -> list[Draft]:
        """Give the end of a response that was cut before its next attempt."""
        # Somebody who cuts a response before it began has taken the agent's turn all the same.
        drafts = self._response_started() if attempt.cut == "user" else []
        return [*drafts, attempt.interrupted()] if self._started else drafts

    def _wait(self, attempt: Attempt) -> float | None:
        """Give the seconds until the next attempt, None where there is to be none.

        Text that has come is in the log: a retry would say something twice.
        """
        error = attempt.error
        if error is None or not error.retryable or not attempt.untouched:
            return None
        if attempt.request.attempt > self._calling.retries or self._control.ending:
            return None
        if error.retry_in is not None:
            return error.retry_in
        wait = min(FIRST_WAIT * 2.0 ** (attempt.request.attempt - 1), LONGEST_WAIT)
        return round(wait * (1 - self._calling.jitter() / 4), 3)

    async def _pass(self, seconds: float) -> None:
        """Wait for the next attempt, unless somebody cuts the response."""
        until = self._calling.monotonic() + seconds
        while (left := until - self._calling.monotonic()) > 0 and self._cut is None:
            await self._control.changed(left)

    def _elapsed(self) -> float:
        return round(self._calling.monotonic() - self._began, 6)
