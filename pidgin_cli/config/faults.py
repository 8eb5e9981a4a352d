"""Gathering what is wrong, so that all of it can be told at once, as a compiler does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pidgin_cli.errors import ConfigError


class Faults:
    """What was found wrong so far, in the order in which it was found."""

    def __init__(self) -> None:
        self._told: list[str] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Take in what is wrong in a block, and let the next one be looked at all the same."""
        try:
            yield
        except ConfigError as error:
            self._told += error.faults

    def refuse(self) -> None:
        """See that nothing was wrong.

        Raises:
            ConfigError: something was; it has all of it.
        """
        if self._told:
            raise ConfigError(*self._told)
