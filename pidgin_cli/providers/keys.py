"""Where the key of a service is found, and what is said when it is not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pidgin_cli.config.secret import Secret
from pidgin_cli.config.wording import brief
from pidgin_cli.errors import ConfigError

LONGEST = 16_384
"""Bytes; a longer file holds no key."""

KeyState = Literal["set", "missing", "unusable", "not needed"]


@dataclass(frozen=True, slots=True)
class KeySource:
    """The variables and the file that may hold the key of one service; with none, it wants no key.

    Args:
        service: the service's name in the configuration.
        variables: of the environment, the first that is set counts; an empty one is not set.
        file: where none of them is set.
    """

    service: str
    variables: tuple[str, ...] = ()
    file: Path | None = None

    @property
    def wanted(self) -> bool:
        """Whether the service wants a key."""
        return bool(self.variables) or self.file is not None

    def find(self, environ: Mapping[str, str]) -> Secret | None:
        """Give the key, None where none is wanted.

        Raises:
            ConfigError: there is none, it cannot be read, or others can read it. The text says
                what to do, and nothing of the key.
        """
        for variable in self.variables:
            if environ.get(variable):
                return self._usable(environ[variable], f"the variable {variable}")
        if self.file is not None:
            return self._usable(self._content(self.file), f"the file of {self._setting}")
        if not self.wanted:
            return None
        variables = " or ".join(self.variables)
        raise ConfigError(f"no key for {self._name}: set {variables}, or {self._setting}")

    def state(self, environ: Mapping[str, str]) -> KeyState:
        """Say whether the key is there, without giving it away."""
        if not self.wanted:
            return "not needed"
        if self.file is None and not any(environ.get(variable) for variable in self.variables):
            return "missing"
        try:
            self.find(environ)
        except ConfigError:
            return "unusable"
        return "set"

    @property
    def _name(self) -> str:
        return brief(self.service)

    @property
    def _setting(self) -> str:
        return f"providers.{self._name}.api_key_file"

    def _usable(self, text: str, place: str) -> Secret:
        key = text.strip()
        # Whatever cannot stand in a header would come back in the message of an error.
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ConfigError(
                f"no key for {self._name}: {place} holds no key, or more than one line or word"
            )
        return Secret(key)

    def _content(self, file: Path) -> str:
        # The path is not shown: a key that was written there by mistake would be.
        try:
            with file.open("rb") as stream:
                self._check_owner(os.fstat(stream.fileno()))
                return stream.read(LONGEST).decode("ascii", "replace")
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise ConfigError(
            f"no key for {self._name}: cannot read the file of {self._setting}: {reason}"
        )

    def _check_owner(self, status: os.stat_result) -> None:
        # As ssh has it: a file of somebody else, such as a container's host, is theirs to mind.
        if status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) & 0o077:
            raise ConfigError(
                f"no key for {self._name}: others may read the file of {self._setting}: "
                "make it yours alone with chmod 600"
            )
