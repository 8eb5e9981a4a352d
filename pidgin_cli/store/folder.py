"""The folder of the store: which files belong to an experiment, and who may read them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.errors import StoreError
from pidgin_cli.events.ids import check_experiment_id, is_experiment_id

LOG_SUFFIX = ".events.jsonl"
ARCHIVE_SUFFIX = ".events.jsonl.gz"
TORN_SUFFIX = ".torn"
CONTROL_SUFFIX = ".control"


def is_archive(path: Path) -> bool:
    """Say whether a file is named like an archive, of ours or of others."""
    return path.suffix == ".gz"


def archive_of(log: Path) -> Path:
    """Give the path of the archive that takes a log's place."""
    return log.parent / f"{log.name}.gz"


def log_of(path: Path) -> Path:
    """Give the path of the log, of which this may be the archive."""
    return path.with_suffix("") if is_archive(path) else path


def standing(path: Path) -> Path:
    """Give the path of a log or archive, or of what stands there since it was packed or unpacked.

    Both stand side by side for a moment then, so that one of them is met, whatever happens.
    """
    if path.name.endswith(LOG_SUFFIX):
        twin = archive_of(path)
    elif path.name.endswith(ARCHIVE_SUFFIX):
        twin = log_of(path)
    else:
        return path
    return twin if not path.exists() and twin.exists() else path


class Folder(NamedTuple):
    """The files of a store.

    Args:
        root: where they lie. It is made, for its owner alone, when the first file is.
        group_readable: whether the owner's group may read what is made.
    """

    root: Path
    group_readable: bool = False

    @property
    def file_mode(self) -> int:
        """Permission bits of a file."""
        return 0o640 if self.group_readable else 0o600

    def log(self, experiment_id: str) -> Path:
        """Give the path of an experiment's log.

        Raises:
            UsageError: the id cannot be the name of a file.
        """
        return self.root / f"{check_experiment_id(experiment_id)}{LOG_SUFFIX}"

    def archive(self, experiment_id: str) -> Path:
        """Give the path of an experiment's compressed log."""
        return self.root / f"{check_experiment_id(experiment_id)}{ARCHIVE_SUFFIX}"

    def torn(self, experiment_id: str) -> Path:
        """Give the path of what a crash left of an unfinished line."""
        return self.root / f"{check_experiment_id(experiment_id)}{TORN_SUFFIX}"

    def control(self, experiment_id: str) -> Path:
        """Give the path of the inbox that an experiment has while it runs."""
        return self.root / f"{check_experiment_id(experiment_id)}{CONTROL_SUFFIX}"

    def find(self, experiment_id: str) -> Path | None:
        """Give the log, or the archive where there is no log, or None."""
        log, archive = self.log(experiment_id), self.archive(experiment_id)
        return log if log.is_file() else archive if archive.is_file() else None

    def experiment_ids(self) -> list[str]:
        """Give the ids of all experiments, sorted; none where the folder is not there.

        A folder, a pipe or a link to nothing that is named like a log is none.

        Raises:
            StoreError: the folder cannot be read.
        """
        return sorted({experiment_id for experiment_id, _ in self._named()})

    def files(self) -> dict[str, Path]:
        """Give the log, or the archive where there is no log, of every experiment, by its id.

        Only the folder is read, and no file is opened.

        Raises:
            StoreError: the folder cannot be read.
        """
        found = dict(sorted(self._named(), key=lambda each: each[1] == LOG_SUFFIX))
        return {name: self.root / f"{name}{suffix}" for name, suffix in sorted(found.items())}

    def _named(self) -> Iterator[tuple[str, str]]:
        try:
            with os.scandir(self.root) as entries:
                names = [entry.name for entry in entries if entry.is_file()]
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"cannot list {self.root}: {error.strerror}") from None
        for name in names:
            for suffix in (LOG_SUFFIX, ARCHIVE_SUFFIX):
                experiment_id = name.removesuffix(suffix)
                if experiment_id != name and is_experiment_id(experiment_id):
                    yield experiment_id, suffix

    def make(self) -> None:
        """Make the folder, and those above it that are missing, whatever the umask.

        Raises:
            StoreError: it cannot be made.
        """
        mode = 0o750 if self.group_readable else 0o700
        missing = []
        path = self.root
        try:
            while not path.exists():
                missing.append(path)
                path = path.parent
            for folder in reversed(missing):
                folder.mkdir(mode, exist_ok=True)
                folder.chmod(mode)
        except OSError as error:
            raise StoreError(
                f"cannot make the folder of events {self.root}: {error.strerror}; choose "
                "another with --data-dir, PIDGIN_DATA_DIR or events.storage.data_dir"
            ) from None

    def free_bytes(self) -> int:
        """Give the bytes that are free on the disk of the folder, or of where it would be made."""
        path = self.root
        while not path.exists():
            path = path.parent
        disk = os.statvfs(path)
        return disk.f_bavail * disk.f_frsize
