"""Reading many new logs at once: other processes make the rows, and this one writes them."""

from __future__ import annotations

import fcntl
import marshal
import os
import selectors
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from pidgin_cli.errors import StoreError
from pidgin_cli.index.intake import Intake, Source, whole_lines
from pidgin_cli.index.logs import LogFile, Unpack, all_blocks
from pidgin_cli.index.writing import no_rows

MOST_WORKERS = 8
_PIPE = 1 << 20
"""Bytes of rows that wait to be written, for each worker."""

Send = Callable[[tuple[Any, ...]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A log that is new, and the source that it becomes."""

    source: Source
    file: LogFile


class SentRows:
    """Rows that are sent to the process that writes them."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.waiting: dict[str, list[tuple[Any, ...]]] = no_rows()

    def begin(self) -> None:
        """Leave transactions to the process that writes."""

    def write(self) -> None:
        """Send what has gathered."""
        self._send(("rows", self.waiting))
        for rows in self.waiting.values():
            rows.clear()

    def commit(self) -> None:
        """Send what has gathered."""
        self.write()

    def saved(self, source: int, experiment_id: str | None) -> None:
        """Know of no state: the log is new, and all of its experiments are at hand."""


def made_by_a_crew(tasks: Sequence[Task], unpack: Unpack, cores: int) -> Iterator[tuple[Any, ...]]:
    """Give what several processes make of the tasks, as it comes.

    Those of one task are in order: `rows` and the rows by their tables, `failure` and a message,
    and at the end `told`, the name of the source, its bad lines, and events of other versions.
    What is held is what the pipes hold.

    Raises:
        StoreError: a process came to an end before its work did.
    """
    number = min(cores, MOST_WORKERS, len(tasks))
    workers = [_start(tasks[first::number], unpack) for first in range(number)]
    with selectors.DefaultSelector() as selector:
        for pid, stream in workers:
            selector.register(stream, selectors.EVENT_READ, pid)
        try:
            while selector.get_map():
                for key, _ in selector.select():
                    head = _exactly(key.fileobj, 8)
                    if head:
                        size = int.from_bytes(head, "little")
                        yield marshal.loads(_exactly(key.fileobj, size))
                        continue
                    selector.unregister(key.fileobj)
                    _close(key.fileobj)
                    if os.waitpid(key.data, 0)[1] != 0:
                        raise StoreError("a process that read logs came to an end too early")
        finally:
            for key in list(selector.get_map().values()):
                _end(key.data, key.fileobj)


def _start(tasks: Sequence[Task], unpack: Unpack) -> tuple[int, IO[bytes]]:
    readable, writable = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # More than the system allows to everybody is not worth failing for.
        with suppress(OSError):
            fcntl.fcntl(writable, fcntl.F_SETPIPE_SZ, _PIPE)
    pid = os.fork()
    if pid == 0:
        _work_and_exit(tasks, unpack, writable)
    os.close(writable)
    # Unbuffered, so that what is there is known to the selector.
    return pid, open(readable, "rb", buffering=0)


def _work_and_exit(tasks: Sequence[Task], unpack: Unpack, writable: int) -> None:
    """Do the work in a process of its own; the files of the other one are none of its business."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.closerange(3, writable)
        os.closerange(writable + 1, writable + 1024)
        with open(writable, "wb", buffering=_PIPE) as pipe:

            def send(message: tuple[Any, ...]) -> None:
                data = marshal.dumps(message)
                pipe.write(len(data).to_bytes(8, "little") + data)

            for task in tasks:
                _read(task, unpack, send)
        status = 0
    finally:
        os._exit(status)


def _read(task: Task, unpack: Unpack, send: Send) -> None:
    intake = Intake(SentRows(send), task.source, most_at_hand=sys.maxsize)
    try:
        for block in whole_lines(all_blocks(task.file, unpack)):
            intake.take(block)
    except StoreError as error:
        send(("failure", str(error)))
    intake.commit()
    send(("told", task.source.name, intake.bad_lines, intake.other_versions))


def _exactly(stream: Any, size: int) -> bytes:
    """Give that many bytes, or those that come before the end."""
    data = stream.read(size)
    if len(data) in (0, size):
        return bytes(data)
    pieces, length = [data], len(data)
    while length < size and (data := stream.read(size - length)):
        pieces.append(data)
        length += len(data)
    return b"".join(pieces)


def _close(stream: Any) -> None:
    stream.close()


def _end(pid: int, stream: Any) -> None:
    stream.close()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
