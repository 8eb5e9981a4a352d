"""Names: of events, which count up for each writer, and of experiments, which become files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from pidgin_cli.errors import UsageError

TokenSource = Callable[[int], str]
"""Gives that many random bytes, as hex digits."""

EXPERIMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
RESERVED = frozenset({"latest", "all"})


def random_token(count: int) -> str:
    """Give that many random bytes, as hex digits, as `secrets` does, which loads far more."""
    return os.urandom(count).hex()


class EventIds:
    """Ids of one writer's events: 16 random hex digits, a hyphen and a counter without gaps."""

    __slots__ = ("_count", "_writer")

    def __init__(self, token: TokenSource = random_token) -> None:
        self._writer = token(8)
        self._count = 0

    def __next__(self) -> str:
        """Give the next id."""
        event_id = f"{self._writer}-{self._count:06d}"
        self._count += 1
        return event_id


def new_experiment_id(token: TokenSource = random_token) -> str:
    """Give an experiment id that nobody else has: `exp_` and ten random hex digits."""
    return f"exp_{token(5)}"


def is_experiment_id(name: str) -> bool:
    """Say whether a name can be that of an experiment, and so of a file."""
    return name not in RESERVED and EXPERIMENT_ID.fullmatch(name) is not None


def check_experiment_id(experiment_id: str) -> str:
    """Give the id back if it can be the name of a file.

    Raises:
        UsageError: it has other characters than letters, digits, `.`, `_` and `-`, begins with
            one of the last three, is longer than 128 characters, or is `latest` or `all`.
    """
    if experiment_id in RESERVED:
        raise UsageError(
            f"{experiment_id!r} cannot be an experiment id: it means something else as a source"
        )
    if EXPERIMENT_ID.fullmatch(experiment_id) is None:
        shown = experiment_id if len(experiment_id) <= 60 else f"{experiment_id[:60]}…"
        raise UsageError(
            f"{shown!r} cannot be an experiment id: use 1 to 128 letters, digits, '.', '_' "
            "and '-', beginning with a letter or a digit"
        )
    return experiment_id
