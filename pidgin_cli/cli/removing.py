"""Joining `rm` and `prune`: which experiments go, whether a person agrees, and what that frees."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.listing import checked_states, size_words
from pidgin_cli.cli.options import CommonOptions
from pidgin_cli.cli.streams import STDERR, STDIN, Sink, is_terminal
from pidgin_cli.cli.table import row_lines
from pidgin_cli.errors import ExitStatus, LockedError, PidginError, UsageError
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import STATES, Overview, overview, overviews
from pidgin_cli.store.removal import bytes_of, remove, sweep
from pidgin_cli.store.sources import Source

MAY_RUN = frozenset({"running", "unknown"})
"""States of experiments that go only where they are named."""

COLUMNS = ("id", "state", "size", "age", "path")


class RemovalOptions(CommonOptions):
    """What the commands take that remove experiments."""

    force: Annotated[
        bool, typer.Option("--force", help="Do not ask; without a terminal, nothing goes unforced.")
    ] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What is to be left.

    Args:
        older_than: seconds since the last event, past which an experiment goes.
        keep_size: bytes that may stay; the oldest go until no more do.
        states: experiments in these may go; none for all that nobody can be running.
    """

    older_than: float | None
    keep_size: int | None
    states: Sequence[str]

    def past(self, folder: Folder, now: float) -> list[Overview]:
        """Give the experiments that are to go, oldest first.

        Raises:
            UsageError: a state is none.
        """
        states = checked_states(self.states, STATES) - (MAY_RUN if not self.states else {"running"})
        every = sorted(overviews(folder), key=lambda each: (each.updated, each.experiment_id))
        sizes = {each.experiment_id: bytes_of(folder, each.experiment_id) for each in every}
        left, going = sum(sizes.values()), []
        for each in every:
            old = self.older_than is not None and now - each.updated > self.older_than
            if each.state in states and (old or self._too_much(left)):
                left -= sizes[each.experiment_id]
                going.append(each)
        return going

    def _too_much(self, left: int) -> bool:
        return self.keep_size is not None and left > self.keep_size


def prune(
    folder: Folder, limits: Limits, options: RemovalOptions, clock: Callable[[], float] = time.time
) -> ExitStatus:
    """Remove what is past the limits.

    Raises:
        UsageError: no limit was given, or nobody can be asked.
    """
    if limits.older_than is None and limits.keep_size is None:
        raise UsageError("nothing says what is too much: give --older-than or --keep-size")
    going = limits.past(folder, clock())
    if going and _agreed(going, options, clock()):
        # One that is being written again, or that another process removed, is no longer meant.
        return _removed(going, options, but=(LockedError, UsageError))
    return ExitStatus.DONE if options.dry_run or not going else ExitStatus.FAILED


def remove_named(
    sources: Sequence[Source], options: RemovalOptions, clock: Callable[[], float] = time.time
) -> ExitStatus:
    """Remove the experiments that were named.

    Raises:
        UsageError: a source is no experiment, or nobody can be asked.
    """
    going = [_named(source) for source in sources]
    if not going:
        return ExitStatus.DONE
    if _agreed(going, options, clock()):
        return _removed(going, options)
    return ExitStatus.DONE if options.dry_run else ExitStatus.FAILED


def _named(source: Source) -> Overview:
    if source.path is None or source.experiment_id is None:
        raise UsageError(f"{source.name} is no experiment of a store, and is not removed")
    return overview(Folder(source.path.parent), source.experiment_id)


def _agreed(going: Sequence[Overview], options: RemovalOptions, now: float) -> bool:
    """Say whether to go on; shows what would go where that is all that is asked for.

    Raises:
        UsageError: there is nobody who could be asked.
    """
    if options.dry_run:
        rows = [_row(each, now) for each in going]
        Sink().write_each(row_lines(COLUMNS, rows, "auto"))
        return False
    if options.force:
        return True
    if not (is_terminal(STDIN) and is_terminal(STDERR)):
        raise UsageError(f"nobody can be asked whether {_words(going)} may go: add --force")
    complain(f"remove {_words(going)}? They cannot be had again. [y/N]")
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    complain("nothing was removed")
    return False


def _removed(
    going: Iterable[Overview],
    options: RemovalOptions,
    but: tuple[type[PidginError], ...] = (),
) -> ExitStatus:
    statuses, gone, freed = [], [], 0
    for each in going:
        try:
            freed += remove(Folder(each.path.parent), each.experiment_id)
            gone.append(each)
        except PidginError as error:
            if not isinstance(error, but):
                complain(str(error))
                statuses.append(error.exit_status)
    for folder in {Folder(each.path.parent) for each in gone}:
        sweep(folder)
        _take_out_of_the_index(folder)
    if gone and not options.quiet:
        complain(f"removed {_count(gone)}, {size_words(freed)}")
    return ExitStatus.worst(statuses)


def _take_out_of_the_index(folder: Folder) -> None:
    from pidgin_cli.cli.indexing import index_after_run, index_file

    if index_file(folder, None).path.exists():
        index_after_run(folder)


def _row(each: Overview, now: float) -> tuple[str | int | float, ...]:
    size = bytes_of(Folder(each.path.parent), each.experiment_id)
    age = round(max(0.0, now - each.updated), 3)
    return each.experiment_id, each.state, size, age, str(each.path)


def _words(going: Sequence[Overview]) -> str:
    size = sum(bytes_of(Folder(each.path.parent), each.experiment_id) for each in going)
    return f"{_count(going)} ({size_words(size)})"


def _count(experiments: Sequence[Overview]) -> str:
    if len(experiments) == 1:
        return f"experiment {experiments[0].experiment_id}"
    return f"{len(experiments)} experiments"
