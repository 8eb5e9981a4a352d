"""Reading past the pieces of responses that the log goes on to give whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.deltas import Runs
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.store.reader import BadLine, Report

DELTA = "response.streaming"
_GIVES_WHOLE = frozenset({"response.completed", "response.interrupted"})
_GOES_ON = frozenset({DELTA, "response.started", "stream.chunk.received"})
"""Kinds behind which pieces of text stand."""
_CUTS = frozenset(
    {"experiment.resumed", "experiment.completed", "experiment.failed", "response.started", DELTA}
)
"""Kinds before which pieces that were kept must come."""
_MATTERS = _GIVES_WHOLE | _GOES_ON | _CUTS | {"experiment.started"}


def skim_events(
    blocks: Iterable[bytes], source: str, report: Report, *, growing: bool = False
) -> Iterator[Event]:
    """Give the events of a stream as `read_events` does, but for pieces that nobody needs.

    Pieces of text are left out where their response ends with its whole text, which is nearly
    always. Those of a response that was cut without a word are given before the event that shows
    it, or at the end. For who reads messages alone, all of it means the same.
    """
    skim = _Skim()
    number = offset = 0
    for whole in _whole_lines(blocks):
        position = 0
        while position < len(whole):
            run = skim.run(whole, position) if skim.expects else 0
            if run:
                number += whole.count(b"\n", position, run)
                position = run
                continue
            end = whole.find(b"\n", position) + 1 or len(whole)
            line = whole[position:end]
            number += 1
            try:
                if not line.isspace():
                    event = decode(line)
                    if event.type in _MATTERS:
                        yield from skim.before(event)
                    yield event
            except BadLineError as error:
                torn = not line.endswith(b"\n")
                if not (torn and growing):
                    reason = "the last line is torn" if torn else error.reason
                    report(BadLine(source, number, offset + position, reason))
            position = end
        offset += len(whole)
    yield from skim.rest()


class _Skim:
    """The pieces of each experiment that were not read yet, as bytes.

    `expects` is the experiment of which more of them may come now.
    """

    def __init__(self) -> None:
        self.expects: str | None = None
        self._kept: dict[str, list[bytes]] = {}
        self._runs: dict[str, Runs] = {}

    def run(self, block: bytes, position: int) -> int:
        """Keep the pieces that begin there, and give where they end; 0 if there are none.

        Lines that are not just as this program writes them are none.
        """
        experiment_id = self.expects
        run = None if experiment_id is None else self._runs[experiment_id].at(block, position)
        if experiment_id is None or run is None:
            self.expects = None
            return 0
        self._kept[experiment_id].append(block[position : run.end])
        return run.end

    def before(self, event: Event) -> Iterable[Event]:
        """Give what turns out to be needed now that this event, which matters, has come."""
        kind, experiment_id = event.type, event.experiment_id
        self.expects = None
        if event.v != SCHEMA_VERSION:
            return ()
        if kind == "experiment.started":
            # Only of an experiment that begins here is it known what came before.
            self._kept.setdefault(experiment_id, [])
            self._runs.setdefault(experiment_id, Runs(experiment_id))
            return ()
        runs = self._kept.get(experiment_id)
        if runs is None:
            return ()
        if kind in _GOES_ON:
            self.expects = experiment_id
        if kind == "stream.chunk.received" or not runs:
            return ()
        self._kept[experiment_id] = []
        return () if kind in _GIVES_WHOLE else _read(runs)

    def rest(self) -> Iterator[Event]:
        """Give what is needed because nothing comes any more."""
        for runs in self._kept.values():
            yield from _read(runs)


def _read(runs: Iterable[bytes]) -> Iterator[Event]:
    return map(decode, b"".join(runs).splitlines(keepends=True))


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the bytes cut behind newlines, and at last what stands behind the last one."""
    pieces: list[bytes] = []
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((*pieces, block[:end]))
            pieces = [block[end:]] if end < len(block) else []
        else:
            pieces.append(block)
    if pieces:
        yield b"".join(pieces)
