"""A program in a process group of its own: what it is told and says, and that nothing stays."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from pidgin_cli.config.wording import brief
from pidgin_cli.providers.base import ProviderError

LONGEST_STDERR = 4_096
"""Bytes of the end of stderr that are kept."""
REST_SECONDS = 0.25
"""How long what a program has written is still read for after it has ended."""
GRACE_SECONDS = 1.0
"""How long the end of a program is waited for that was killed."""
MOST_BLOCKS = 16
"""Blocks that may wait before the program has to."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Args:
        status: negative for a signal.
        stderr: its end.
    """

    status: int
    stderr: bytes


class _Pipes(asyncio.SubprocessProtocol):
    """Gathers what a program writes, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.blocks: deque[bytes] = deque()
        self.stderr = bytearray()
        self.is_open = True
        self.stderr_ended = asyncio.Event()
        self.gone = asyncio.Event()
        self.exited = asyncio.Event()
        self.changed = asyncio.Event()
        self._stdout: asyncio.ReadTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        stdout = transport.get_pipe_transport(1)
        assert isinstance(stdout, asyncio.ReadTransport)
        self._stdout = stdout

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.stderr = (self.stderr + data)[-LONGEST_STDERR:]
            return
        self.blocks.append(data)
        self.changed.set()
        if len(self.blocks) >= MOST_BLOCKS and self._stdout is not None:
            self._stdout.pause_reading()

    def take(self) -> bytes:
        """Give the oldest block, and let the program go on."""
        block = self.blocks.popleft()
        if not self.blocks and self.is_open and self._stdout is not None:
            self._stdout.resume_reading()
        return block

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self.is_open = False
            self.changed.set()
        if fd == 2:
            self.stderr_ended.set()

    def process_exited(self) -> None:
        self.exited.set()
        self.changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()


class Process:
    """One run of a program.

    Args:
        words: the program and its arguments.
        environ: all of its environment.
        timeout: seconds of silence after which it is given up.
    """

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], timeout: float) -> None:
        self._words = words
        self._environ = environ
        self._timeout = timeout

    @asynccontextmanager
    async def running(self, told: bytes) -> AsyncGenerator[None, None]:
        """Start it and tell it that; at the end it and the children in its group are killed.

        Raises:
            ProviderError: it cannot be started.
        """
        self._transport, self._pipes = await self._started()
        try:
            stdin = self._transport.get_pipe_transport(0)
            assert isinstance(stdin, asyncio.WriteTransport)
            stdin.write(told)
            stdin.write_eof()
            yield
        finally:
            await self._end()

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """Give what it writes on stdout as it comes.

        What its children would say after it has ended is not waited for.

        Raises:
            ProviderError: it is silent for too long.
        """
        pipes = self._pipes
        while True:
            over = pipes.exited.is_set()
            if over:
                self._kill()
            while pipes.blocks:
                yield pipes.take()
            if not pipes.is_open:
                return
            pipes.changed.clear()
            if over:
                # A child that has left the group may hold the pipe for as long as it likes.
                try:
                    async with asyncio.timeout(REST_SECONDS):
                        await pipes.changed.wait()
                except TimeoutError:
                    return
            else:
                await self._within(pipes.changed)

    async def ended(self) -> Ended:
        """Wait for its end, and give it.

        Raises:
            ProviderError: it goes on for too long without a word.
        """
        await self._within(self._pipes.exited)
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                # Its last words may still be on their way when its end is known.
                await self._pipes.stderr_ended.wait()
        status = self._transport.get_returncode()
        return Ended(-1 if status is None else status, bytes(self._pipes.stderr))

    async def _started(self) -> tuple[asyncio.SubprocessTransport, _Pipes]:
        program = brief(os.path.basename(self._words[0]))
        try:
            return await asyncio.get_running_loop().subprocess_exec(
                _Pipes, *self._words, env=dict(self._environ), start_new_session=True
            )
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "not a command"
            raise ProviderError("not_found", f"cannot start {program}: {reason}") from None

    async def _within(self, event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await event.wait()
        except TimeoutError:
            program = brief(os.path.basename(self._words[0]))
            raise ProviderError(
                "timeout", f"{program} was silent for {self._timeout:g} seconds", retryable=True
            ) from None

    async def _end(self) -> None:
        self._kill()
        # Whatever cannot be killed, such as a program of another user, is left behind.
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                # Closing looks after the child, too, and would take its status from the loop.
                await self._pipes.exited.wait()
        self._transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._pipes.gone.wait()

    def _kill(self) -> None:
        # Gone already, or, where a zombie still leads the group, nothing left to be killed.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)
