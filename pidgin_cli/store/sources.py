"""What a person means by a SOURCE: a path, an id or the beginning of one, latest, all, a group."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.errors import UnknownExperimentError, UsageError
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, LOG_SUFFIX, Folder
from pidgin_cli.store.overview import Overview, overviews

_SHOWN_CANDIDATES = 5


class Source(NamedTuple):
    """A log to be read: an experiment of the store, or a file somewhere, or stdin (no path)."""

    name: str
    path: Path | None
    experiment_id: str | None = None

    def stored_in(self, folder: Folder) -> str | None:
        """Give the id of the experiment of that store which it is, however its path was typed."""
        if self.path is None or self.experiment_id is None:
            return None
        inside = os.path.realpath(self.path.parent) == os.path.realpath(folder.root)
        return self.experiment_id if inside else None


STDIN = Source("stdin", None)


def resolve(folder: Folder, words: Iterable[str]) -> list[Source]:
    """Give the logs that the words mean, in their order, each once.

    Raises:
        UnknownExperimentError: a word means nothing, or could mean several experiments.
    """
    sources: dict[str | None, Source] = {}
    for word in words:
        for source in _meant(folder, word):
            where = None if source.path is None else os.path.realpath(source.path)
            sources.setdefault(where, source)
    return list(sources.values())


def resolve_one(folder: Folder, word: str) -> Source:
    """Give the one log that a word means, which is a file.

    Raises:
        UnknownExperimentError: the word means nothing, or could mean several experiments.
        UsageError: it means several logs, or stdin.
    """
    sources = resolve(folder, [word])
    if STDIN in sources:
        raise UsageError(f"{word!r} means stdin; name one experiment or file")
    if len(sources) != 1:
        raise UsageError(f"{word!r} means {len(sources)} logs; name one experiment or file")
    return sources[0]


def _meant(folder: Folder, word: str) -> list[Source]:
    if word == "":
        raise UnknownExperimentError("a source without any letters: is a variable not set?")
    if word == "-":
        return [STDIN]
    if "/" in word or word.endswith((".jsonl", ".gz")):
        return [_file(Path(word))]
    if word == "all":
        return [Source(name, path, name) for name, path in folder.files().items()]
    if word == "latest":
        return [_latest(folder)]
    if word.startswith("group:"):
        return _group(folder, word.removeprefix("group:"))
    return [_experiment(folder, _by_prefix(folder, word, folder.experiment_ids()))]


def _file(path: Path) -> Source:
    if not path.exists():
        raise UnknownExperimentError(f"no such file: {path}")
    name = path.name
    for suffix in (LOG_SUFFIX, ARCHIVE_SUFFIX):
        if name.endswith(suffix):
            return Source(str(path), path, name.removesuffix(suffix))
    return Source(str(path), path)


def _experiment(folder: Folder, experiment_id: str) -> Source:
    path = folder.find(experiment_id)
    if path is None:
        raise UnknownExperimentError(f"no experiment {experiment_id} in {folder.root}")
    return Source(experiment_id, path, experiment_id)


def _latest(folder: Folder) -> Source:
    every = [*overviews(folder)]
    if not every:
        raise no_experiments(folder)
    return _seen(max(every, key=lambda each: (each.started, each.experiment_id)))


def _group(folder: Folder, group: str) -> list[Source]:
    members = [_seen(each) for each in overviews(folder) if each.group == group]
    if not members:
        raise UnknownExperimentError(f"no experiment of group {group!r} in {folder.root}")
    return members


def _seen(each: Overview) -> Source:
    return Source(each.experiment_id, each.path, each.experiment_id)


def _by_prefix(folder: Folder, word: str, experiment_ids: list[str]) -> str:
    if word in experiment_ids:
        return word
    candidates = [each for each in experiment_ids if each.startswith(word)]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        if not experiment_ids:
            raise no_experiments(folder)
        raise UnknownExperimentError(
            f"no experiment {word!r} in {folder.root}; 'pidgin list' shows what is there"
        )
    shown = ", ".join(candidates[:_SHOWN_CANDIDATES])
    more = len(candidates) - _SHOWN_CANDIDATES
    rest = f" and {more} more" if more > 0 else ""
    raise UnknownExperimentError(f"{word!r} could mean {shown}{rest}")


def no_experiments(folder: Folder) -> UnknownExperimentError:
    """Give what is to be said of a folder that holds none."""
    return UnknownExperimentError(
        f"no experiments in {folder.root}; 'pidgin run' makes one, --data-dir looks elsewhere"
    )
