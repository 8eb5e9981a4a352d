"""Joining `compress`: which logs are packed, on all cores, and what is said of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pidgin_cli.cli.boundary import cleaned_up, complain, silence
from pidgin_cli.cli.progress import Progress
from pidgin_cli.cli.streams import STDERR, STDOUT, Sink, is_terminal, stdin_log
from pidgin_cli.cli.table import row_lines
from pidgin_cli.config.settings import CompressionSettings
from pidgin_cli.errors import (
    ExitStatus,
    LockedError,
    PidginError,
    UnknownExperimentError,
    UsageError,
)
from pidgin_cli.processes.cores import cores, on_threads
from pidgin_cli.processes.crew import on_processes
from pidgin_cli.processes.workers import Say
from pidgin_cli.store.archive import Contents, contents, packed, prove
from pidgin_cli.store.folder import Folder, archive_of, is_archive, standing
from pidgin_cli.store.overview import overview
from pidgin_cli.store.packing import Packing, one_at_a_time, pack
from pidgin_cli.store.reader import file_blocks
from pidgin_cli.store.sources import Source

if TYPE_CHECKING:
    from concurrent.futures import Executor

ENDED = frozenset({"completed", "failed"})
"""States of experiments that are packed without being named."""

Seen = TypeVar("Seen")

COLUMNS = ("archive", "packed", "size", "ratio")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which logs are packed.

    Args:
        sources: those that were named; None for all of the folder that ended.
        completed: only completed ones.
        older_than: seconds since the last change.
        force: whether those may be packed that perhaps are running elsewhere.
    """

    sources: Sequence[Source] | None
    completed: bool
    older_than: float
    force: bool

    def logs(self, folder: Folder, clock: Callable[[], float] = time.time) -> list[Path]:
        """Give the logs, those left out that are archives already.

        Raises:
            UsageError: one that was named may be running elsewhere.
        """
        sources = _with_logs(folder) if self.sources is None else self.sources
        now = clock()
        return [
            source.path
            for source in sources
            if source.path is not None
            and not is_archive(source.path)
            and self._is_old_enough(source.path, now)
            and self._admits(source, source.path)
        ]

    def _is_old_enough(self, path: Path, now: float) -> bool:
        try:
            return now - path.stat().st_mtime >= self.older_than
        except FileNotFoundError:
            if standing(path) == path:
                raise
            # Another process has packed it since.
            return False

    def _admits(self, source: Source, path: Path) -> bool:
        if source.experiment_id is None:
            return not self.completed
        state = overview(Folder(path.parent), source.experiment_id).state
        if self.completed or self.sources is None:
            return state == "completed" or (state in ENDED and not self.completed)
        if state == "unknown" and not self.force:
            raise UsageError(
                f"{source.name} was written on another machine or boot and has no last word: it "
                "may be running there; --force packs it"
            )
        return True


def pack_logs(folder: Folder, choice: Choice, packing: Packing, *, quiet: bool) -> ExitStatus:
    """Pack the logs that are chosen, several at a time, and say what that made of them.

    Raises:
        LockedError: all were asked for, and somebody packs them already.
    """
    with cleaned_up(), ExitStack() as stack:
        if choice.sources is None and folder.root.is_dir():
            stack.enter_context(one_at_a_time(folder.root))
        logs = choice.logs(folder)
        size = sum(standing(log).stat().st_size for log in logs)
        progress = Progress(size, shown=is_terminal(STDERR) and not quiet)
        stack.callback(progress.clear)
        say = silence if quiet else complain
        statuses, total = [], []
        # Where there are few logs, members of each are packed at the same time.
        work = partial(_packed, packing, cores() // max(len(logs), 1))
        for log, done in stack.enter_context(closing(on_processes(work, logs, progress))):
            progress.clear()
            if isinstance(done, PidginError):
                # One of all that has begun to be written again is no longer asked for.
                left = choice.sources is None and isinstance(done, LockedError)
                if not left and standing(log) == log:
                    complain(str(done))
                    statuses.append(done.exit_status)
                continue
            total.append(done)
            say(f"{log.name}: {_figures(done)}")
    if len(total) > 1:
        say(f"{len(total)} logs: {_figures(_sum(total))}")
    return ExitStatus.worst(statuses)


def _packed(
    packing: Packing, threads: int, log: Path, say: Say
) -> Iterator[tuple[Path, Contents | PidginError]]:
    try:
        with _members(threads) as executor:
            yield log, pack(log, replace(packing, executor=executor, progress=say))
    except PidginError as error:
        yield log, error


@contextmanager
def _members(threads: int) -> Iterator[Executor | None]:
    """Give what packs so many members at a time, None where that is one."""
    if threads < 2:
        yield None
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as executor:
        yield executor


def pack_completed(
    folder: Folder,
    experiment_ids: Iterable[str],
    settings: CompressionSettings,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> ExitStatus:
    """Pack the logs of those that completed, as the configuration has it, when they are old enough.

    One that is written again by then stays; another process may have packed or removed one.
    """
    if not (settings.enabled and settings.compress_on_completion):
        return ExitStatus.DONE
    logs = _completed(folder, experiment_ids)
    if logs:
        newest = max(map(_written, logs))
        sleep(max(0.0, newest + settings.delay - clock()))
    statuses = []
    packing = on_threads(lambda log: pack(log, Packing(settings.level)), logs)
    with cleaned_up(), closing(packing):
        for log, done in packing:
            left = isinstance(done, LockedError) or not log.exists()
            if isinstance(done, PidginError) and not left:
                complain(str(done))
                statuses.append(done.exit_status)
    return ExitStatus.worst(statuses)


def _written(log: Path) -> float:
    try:
        return log.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _completed(folder: Folder, experiment_ids: Iterable[str]) -> list[Path]:
    logs = [(each, folder.log(each)) for each in experiment_ids]
    return [
        log for each, log in logs if log.exists() and overview(folder, each).state == "completed"
    ]


def show_logs(folder: Folder, choice: Choice) -> ExitStatus:
    """Write the paths of the logs that would be packed to stdout."""
    Sink().write_each(os.fsencode(log) + b"\n" for log in choice.logs(folder))
    return ExitStatus.DONE


def pack_to_stdout(sources: Sequence[Source], level: int, *, force: bool) -> ExitStatus:
    """Write an archive of each log to stdout, one after another; the logs stay.

    Raises:
        UsageError: stdout is a terminal.
        StoreError: a log cannot be read.
    """
    if is_terminal(STDOUT) and not force:
        raise UsageError("an archive is nothing for a terminal: redirect stdout, or --force")
    sink = Sink()
    with _members(cores()) as executor:
        for source in sources:
            blocks = stdin_log() if source.path is None else file_blocks(source.path)
            sink.write_each(packed(blocks, level, executor))
    return ExitStatus.DONE


def list_archives(folder: Folder, sources: Sequence[Source] | None) -> ExitStatus:
    """Write what the archives hold to stdout, as rows."""
    found, status = _of_archives(folder, sources, contents)
    rows = [(str(archive), it.packed, it.size, round(it.ratio, 3)) for archive, it in found]
    Sink().write_each(row_lines(COLUMNS, rows, "auto"))
    return status


def prove_archives(folder: Folder, sources: Sequence[Source] | None) -> ExitStatus:
    """Unpack the archives to nowhere, and say which are damaged."""
    return _of_archives(folder, sources, prove)[1]


def _of_archives(
    folder: Folder, sources: Sequence[Source] | None, look: Callable[[Path], Seen]
) -> tuple[list[tuple[Path, Seen]], ExitStatus]:
    """Give what is to be seen of each archive; say of which nothing is, and how that went."""
    archives, complaints = _archives(folder, sources)
    found = []
    for archive, seen in on_threads(look, archives):
        if isinstance(seen, PidginError):
            complaints.append(seen)
        else:
            found.append((archive, seen))
    for error in complaints:
        complain(str(error))
    return found, ExitStatus.worst([error.exit_status for error in complaints])


def _with_logs(folder: Folder) -> Iterator[Source]:
    for experiment_id in folder.experiment_ids():
        log = folder.log(experiment_id)
        if log.exists():
            yield Source(experiment_id, log, experiment_id)


def _archives(
    folder: Folder, sources: Sequence[Source] | None
) -> tuple[list[Path], list[PidginError]]:
    """Give the archives that are asked for, and an error for each that is not there."""
    if sources is None:
        paths = [folder.archive(experiment_id) for experiment_id in folder.experiment_ids()]
        return [path for path in paths if path.exists()], []
    archives, missing = [], list[PidginError]()
    for source in sources:
        archive = _archive(source)
        if archive.exists():
            archives.append(archive)
        else:
            missing.append(UnknownExperimentError(f"no archive of {source.name}: {archive}"))
    return archives, missing


def _archive(source: Source) -> Path:
    if source.path is None:
        raise UsageError("stdin cannot be listed or tested: name archives, or use gzip -t")
    return source.path if is_archive(source.path) else archive_of(source.path)


def _figures(done: Contents) -> str:
    return f"{done.size:,} to {done.packed:,} bytes, {done.ratio:.1f} to 1"


def _sum(each: Iterable[Contents]) -> Contents:
    every = list(each)
    return Contents(sum(one.packed for one in every), sum(one.size for one in every))
