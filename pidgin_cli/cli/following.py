"""Joining `tail`: which logs are followed, and what becomes of their events."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.cli.alerting import Alerting
from pidgin_cli.cli.boundary import DiedOfSignal, complain
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.reading import Reports
from pidgin_cli.cli.rendering import RenderingOptions
from pidgin_cli.cli.streams import Sink, stdin_log
from pidgin_cli.errors import ExitStatus, UnknownExperimentError, UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.events.ids import is_experiment_id
from pidgin_cli.filters.select import Selection, select
from pidgin_cli.store.cursor import Cursor
from pidgin_cli.store.folder import Folder, is_archive, log_of
from pidgin_cli.store.follow import Following, follow_experiment, follow_file, follow_store
from pidgin_cli.store.overview import overview
from pidgin_cli.store.reader import file_blocks, read_events
from pidgin_cli.store.sources import Source, resolve

ENDINGS = {
    "completed": ExitStatus.DONE,
    "paused": ExitStatus.PAUSED,
    "failed": ExitStatus.FAILED,
    "crashed": ExitStatus.FAILED,
    "unknown": ExitStatus.FAILED,
}
"""How a process ends that ends as the experiment did which it followed."""
USUAL = "10"
"""Events from before that are shown where nobody says how many, as tail(1) shows lines."""

_LONGEST_COUNT = 18
"""Digits of the largest number of events that is counted; no log has more of them."""


class Followed(NamedTuple):
    """What is to be followed.

    Args:
        source: None for the whole store.
        lines: how many events from before, or `all`; None for as many as is usual.
        follow: whether to wait for more.
        wait: whether to wait for an experiment that is not there yet.
        selection: which events are shown and counted.
        cursor_file: where is remembered how far was read.
        ends_alike: whether to end with the status of the experiment.
        alerts, command: for which of the shown events which command is run.
    """

    source: str | None
    lines: str | None
    follow: bool
    wait: bool
    selection: Selection
    cursor_file: Path | None
    ends_alike: bool
    alerts: Sequence[str]
    command: str | None


class Departure:
    """Lets a signal end a following only where what was shown and what was remembered agree."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._may_leave = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What nohup or a shell script has told it to ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    @property
    def is_asked_for(self) -> bool:
        """Whether a signal waits to end the process."""
        return self._number is not None

    def allow(self) -> None:
        """Let a signal end the process from now on, or one that has come."""
        self._may_leave = True
        if self._number is not None:
            raise DiedOfSignal(self._number)

    def put_off(self) -> None:
        """Let signals wait from now on."""
        self._may_leave = False

    def _on_signal(self, number: int, frame: object) -> None:
        self._number = number
        if self._may_leave:
            raise DiedOfSignal(number)


class Showing:
    """Brings events to stdout, and remembers how far it has come."""

    def __init__(self, followed: Followed, options: RenderingOptions, single: bool) -> None:
        self._sink = Sink()
        self._rendering = options.rendering(single=single)
        self._alerting = Alerting(followed.alerts, followed.command)
        self.cursor = None if followed.cursor_file is None else Cursor(followed.cursor_file)
        self._departure = None if self.cursor is None else Departure()

    def show(self, events: Iterable[Event]) -> None:
        """Show all of them, each as soon as it is there."""
        for event in events:
            if self._departure is not None:
                self._departure.put_off()
            self._sink.write(self._rendering.feed(event))
            self._alerting.feed(event)
            if self._departure is not None and self._departure.is_asked_for:
                self.settle()
        self._sink.write(self._rendering.finish())
        self.settle()
        self._alerting.finish()

    def close(self) -> None:
        """Let another process have the cursor."""
        if self.cursor is not None:
            self.cursor.close()

    def settle(self) -> None:
        """Let stdout have all that was shown, and remember it."""
        self._sink.flush()
        if self.cursor is not None and self._departure is not None:
            self.cursor.save()
            self._departure.allow()


def followed_events(followed: Followed, options: RenderingOptions) -> ExitStatus:
    """Bring the events that are asked for to stdout, each as soon as it is there.

    Raises:
        UsageError: the source means nothing, or an option does not go with another.
    """
    folder = folder_of(options.settings())
    source = None if followed.source in (None, "all") else _source(folder, followed)
    _check(followed, source)
    reports = Reports()
    showing = Showing(followed, options, source is not None)
    following = Following(
        _count(followed.lines or USUAL),
        showing.settle,
        reports,
        followed.selection.admits,
        showing.cursor,
    )
    with closing(showing), closing(_events(folder, source, following, followed)) as events:
        showing.show(events)
    ending = ExitStatus.DONE
    if source is not None and source.experiment_id is not None and followed.follow:
        ending = _ending(source, quiet=options.quiet)
    bad = ExitStatus.BAD_INPUT if reports.count else ExitStatus.DONE
    return ExitStatus.worst([ending, bad]) if followed.ends_alike else bad


def _source(folder: Folder, followed: Followed) -> Source:
    word = followed.source or ""
    try:
        sources = resolve(folder, [word])
    except UnknownExperimentError:
        if not (followed.wait and is_experiment_id(word)):
            raise
        folder.make()
        return Source(word, folder.log(word), word)
    if len(sources) != 1:
        raise UsageError(
            f"{word!r} means {len(sources)} experiments; tail follows one, or all of them"
        )
    return sources[0]


def _check(followed: Followed, source: Source | None) -> None:
    """See that the options go together.

    Raises:
        UsageError: they do not.
    """
    if followed.cursor_file is not None and source is not None and source.path is None:
        raise UsageError("--cursor-file remembers a place in a log, and stdin has none")
    one = source is not None and source.experiment_id is not None
    if followed.ends_alike and not (one and followed.follow):
        raise UsageError("--exit-status needs one experiment to follow")
    if followed.wait and not (one and followed.follow):
        raise UsageError("--wait needs the id of one experiment to follow")


def _events(
    folder: Folder, source: Source | None, following: Following, followed: Followed
) -> Generator[Event]:
    if source is None:
        yield from follow_store(folder, following, forever=followed.follow)
    elif source.path is None:
        events = read_events(stdin_log(following.idle), source.name, following.report)
        whole = followed.lines is None and followed.follow
        yield from _last(events, None if whole else following.last, followed)
    elif source.experiment_id is None and followed.follow:
        yield from follow_file(source.path, following)
    elif is_archive(source.path) and following.cursor is None:
        events = read_events(file_blocks(source.path), source.name, following.report)
        yield from _last(events, following.last, followed)
    else:
        log = log_of(source.path)
        yield from follow_experiment(log, following, wait=followed.wait, forever=followed.follow)


def _last(events: Iterator[Event], count: int | None, followed: Followed) -> Iterator[Event]:
    wanted = select(events, followed.selection)
    return wanted if count is None else iter(deque(wanted, maxlen=count))


def _ending(source: Source, *, quiet: bool) -> ExitStatus:
    """Give how the experiment ended, and say it where nothing in its log does."""
    if source.path is None or source.experiment_id is None:
        return ExitStatus.DONE
    state = overview(Folder(source.path.parent), source.experiment_id).state
    if state == "crashed" and not quiet:
        complain(f"{source.experiment_id} crashed: its log ends without a last word")
    if state == "unknown" and not quiet:
        complain(
            f"{source.experiment_id} has no last word; another machine or boot wrote it, "
            "so that it may still be running there"
        )
    return ENDINGS.get(state, ExitStatus.DONE)


def _count(lines: str) -> int | None:
    if lines == "all":
        return None
    if not lines.isascii() or not lines.isdigit():
        raise UsageError(f"-n {lines!r} is neither a number of events nor all")
    return None if len(lines) > _LONGEST_COUNT else int(lines)
