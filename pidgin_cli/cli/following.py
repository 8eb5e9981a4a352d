"""Joining `tail`: which logs are followed, and what becomes of their events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.reading import Reports
from pidgin_cli.cli.rendering import RenderingOptions
from pidgin_cli.cli.streams import Sink, stdin_blocks
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.follow import Following, follow_experiment, follow_store
from pidgin_cli.store.overview import overview
from pidgin_cli.store.reader import file_blocks, read_events
from pidgin_cli.store.sources import Source, resolve


@dataclass(frozen=True, slots=True)
class Followed:
    """What is to be followed.

    Args:
        source: None for the whole store.
        lines: how many events from before, or `all`.
        follow: whether to wait for more.
    """

    source: str | None
    lines: str
    follow: bool


def followed_events(followed: Followed, options: RenderingOptions) -> ExitStatus:
    """Bring the events that are asked for to stdout, each as soon as it is there.

    Raises:
        UsageError: the source means nothing, or N is no number.
    """
    folder = folder_of(options.settings())
    reports, sink = Reports(), Sink()
    following = Following(_count(followed.lines), sink.flush, reports)
    source = None if followed.source in (None, "all") else _source(folder, followed.source)
    rendering = options.rendering(single=source is not None)
    for event in _events(folder, source, following, followed.follow):
        sink.write(rendering.feed(event))
    sink.write(rendering.finish())
    sink.flush()
    if source is not None and followed.follow and not options.quiet:
        _say_how_it_ended(source)
    return ExitStatus.BAD_INPUT if reports.count else ExitStatus.DONE


def _source(folder: Folder, word: str) -> Source:
    sources = resolve(folder, [word])
    if len(sources) != 1:
        raise UsageError(
            f"{word!r} means {len(sources)} experiments; tail follows one, or all of them"
        )
    return sources[0]


def _events(
    folder: Folder, source: Source | None, following: Following, follow: bool
) -> Iterator[Event]:
    if source is None:
        return follow_store(folder, following, forever=follow)
    if source.path is None:
        events = read_events(stdin_blocks(following.idle), source.name, following.report)
        return events if follow else _last(events, following.last)
    if follow and source.experiment_id is not None and source.path.suffix != ".gz":
        return follow_experiment(source.path, following)
    blocks = file_blocks(source.path)
    return _last(read_events(blocks, source.name, following.report, growing=True), following.last)


def _last(events: Iterator[Event], count: int | None) -> Iterator[Event]:
    return events if count is None else iter(deque(events, maxlen=count))


def _say_how_it_ended(source: Source) -> None:
    if source.path is None or source.experiment_id is None:
        return
    match overview(Folder(source.path.parent), source.experiment_id).state:
        case "crashed":
            complain(f"{source.experiment_id} crashed: its log ends without a last word")
        case "unknown":
            complain(
                f"{source.experiment_id} has no last word; another machine or boot wrote it, "
                "so that it may still be running there"
            )


def _count(lines: str) -> int | None:
    if lines == "all":
        return None
    if not lines.isascii() or not lines.isdigit():
        raise UsageError(f"-n {lines!r} is neither a number of events nor all")
    return int(lines)
