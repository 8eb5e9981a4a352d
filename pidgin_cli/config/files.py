"""Where configuration files are looked for, and how their bytes are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.config.folders import expand_home, home_of
from pidgin_cli.config.wording import printable
from pidgin_cli.errors import ConfigError

SYSTEM_FILE = Path("/etc/pidgin/pidgin.yaml")
PROJECT_FILE = "pidgin.yaml"
LARGEST = 250_000
"""Bytes; a larger file is not meant as a configuration, and takes long to read."""


class ConfigFile(NamedTuple):
    """A file that may hold settings.

    Args:
        path: absolute.
        name: the file in messages.
        named_by: the flag or variable that named it; None where it is only looked for.
        trusted: whether it may set everything.
    """

    path: Path
    name: str
    named_by: str | None = None
    trusted: bool = True

    def read(self) -> bytes | None:
        """Give the file's bytes, None where it is only looked for and not there.

        Raises:
            ConfigError: it was named and is not there, is no file, too large or unreadable.
        """
        try:
            # A pipe that somebody named, as in `--config <(…)`, is fine; another may never speak.
            if not self.named_by and self.path.exists() and not self.path.is_file():
                raise ConfigError(f"{self.name}: is not a file: move it away")
            with self.path.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            if not self.named_by:
                return None
            raise self._unreadable(error) from None
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from None
        if len(data) > LARGEST:
            raise ConfigError(f"{self.name}: larger than {LARGEST} bytes: not a configuration")
        return data

    def _unreadable(self, error: OSError | ValueError) -> ConfigError:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        advice = (
            f"see what {self.named_by} names" if self.named_by else "make it readable or remove it"
        )
        return ConfigError(f"{self.name}: {reason}: {advice}")


def files_to_read(
    explicit: Path | None, environ: Mapping[str, str], folder: Path, system: Path
) -> list[ConfigFile]:
    """Give the places of configuration files, the weakest first.

    Args:
        explicit: named by --config; takes the place of the file in the folder.
        folder: where the process stands, absolute.
    """
    user = user_folder(environ)
    paths = [system, user / PROJECT_FILE] if user else [system]
    everywhere = [ConfigFile(path, _name(path)) for path in paths]
    named = _named_file(explicit, environ, folder)
    if named:
        return [*everywhere, named]
    project = folder / PROJECT_FILE
    # Standing in the folder of one of the files above makes that file no stranger.
    if any(os.path.realpath(file.path) == os.path.realpath(project) for file in everywhere):
        return everywhere
    return [*everywhere, ConfigFile(project, PROJECT_FILE, trusted=False)]


def user_folder(environ: Mapping[str, str]) -> Path | None:
    """Give the folder of the user's own files, None where there is no home."""
    folder = Path(environ.get("XDG_CONFIG_HOME", ""))
    # The XDG specification tells to pass over paths that are not absolute.
    if not folder.is_absolute():
        home = home_of(environ)
        if home is None:
            return None
        folder = Path(home, ".config")
    return folder / "pidgin"


def _named_file(
    explicit: Path | None, environ: Mapping[str, str], folder: Path
) -> ConfigFile | None:
    if explicit is not None:
        named_by, path = "--config", explicit
    elif environ.get("PIDGIN_CONFIG"):
        named_by, path = "PIDGIN_CONFIG", Path(environ["PIDGIN_CONFIG"])
    else:
        return None
    return ConfigFile(folder / expand_home(path, environ, named_by), _name(path), named_by)


def _name(path: Path) -> str:
    return printable(str(path))
