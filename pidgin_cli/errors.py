"""What can go wrong, and the exit status that each of these things has."""

from __future__ import annotations

import errno
from enum import IntEnum


class ExitStatus(IntEnum):
    """What a process tells its parent. Above 128 the process died of that signal."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    PAUSED = 4
    LOCKED = 75

    @staticmethod
    def worst(statuses: list[ExitStatus]) -> ExitStatus:
        """Give the one status that speaks for several experiments: failed, paused, bad input."""
        order = (
            ExitStatus.LOCKED,
            ExitStatus.USAGE,
            ExitStatus.FAILED,
            ExitStatus.PAUSED,
            ExitStatus.BAD_INPUT,
        )
        return next((status for status in order if status in statuses), ExitStatus.DONE)


class PidginError(Exception):
    """Anything that pidgin itself refuses or fails at; its text is one line for a person.

    The text says what was wrong, where, and what to do next.
    """

    exit_status = ExitStatus.FAILED


class UsageError(PidginError):
    """What was typed cannot be done as it stands."""

    exit_status = ExitStatus.USAGE


class ConfigError(PidginError):
    """A configuration file, an environment variable or a setting is wrong.

    Args:
        faults: all that is, each in one line that says where; the text is that of the first.
    """

    exit_status = ExitStatus.USAGE

    def __init__(self, *faults: str) -> None:
        first = faults[0]
        super().__init__(
            f"{first} (the first of {len(faults)} faults)" if len(faults) > 1 else first
        )
        self.faults = faults


class UnknownExperimentError(UsageError):
    """No experiment, or more than one, is meant by this name."""


class ExperimentExistsError(UsageError):
    """An experiment with this id is already in the store."""


class StoreError(PidginError):
    """The files of the store cannot be read or written."""


class LockedError(StoreError):
    """Somebody else writes this experiment."""

    exit_status = ExitStatus.LOCKED


class BadLineError(PidginError):
    """A line of a stream is not an event.

    Args:
        reason: what is wrong with it, without its place.
    """

    exit_status = ExitStatus.BAD_INPUT

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def shortage(error: Exception) -> PidginError | None:
    """Give what to say of an error that means that memory is short, None for any other."""
    # What the loader of libraries cannot map is an error of the import.
    unmapped = isinstance(error, ImportError) and "failed to map segment" in str(error)
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if not (unmapped or refused or isinstance(error, MemoryError)):
        return None
    words = error.strerror if isinstance(error, OSError) else str(error)
    told = f" ({words})" if words else ""
    return PidginError(
        f"memory is short{told}: raise the limit (ulimit -v), or let other programs end"
    )
