"""From a path as it was written to one that means the same from everywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pidgin_cli.config.wording import printable
from pidgin_cli.errors import ConfigError

NO_HOME = "HOME is not set, and the account has no home"


def working_folder() -> Path:
    """Give the folder that the process stands in.

    Raises:
        ConfigError: it was removed.
    """
    try:
        return Path.cwd()
    except OSError:
        raise ConfigError("the current folder is gone: change into one that exists") from None


def from_folder(path: Path, folder: Path) -> Path:
    """Give the path as seen from the folder; one that begins with `~` is left for later."""
    return path if _begins_at_home(path) else folder / path


def expand_home(path: Path, environ: Mapping[str, str], named_by: str) -> Path:
    """Give the path with `~` or `~user` at its beginning replaced.

    Args:
        named_by: the key, variable or flag by which another path can be named.

    Raises:
        ConfigError: there is no home, or there is no such user.
    """
    if not _begins_at_home(path):
        return path
    first, *others = path.parts
    if first == "~":
        home = home_of(environ)
        if home is None:
            raise ConfigError(f"{printable(str(path))}: {NO_HOME}: set HOME or {named_by}")
    else:
        home = os.path.expanduser(first)
        if home == first:
            user = printable(first[1:])
            raise ConfigError(f"{printable(str(path))}: no user {user}: set {named_by} to a path")
    return Path(home, *others)


def home_of(environ: Mapping[str, str]) -> str | None:
    """Give the user's home: HOME, or else what the account has, as shells do; None for none.

    Services and cron may set no HOME.
    """
    return environ.get("HOME") or _home_of_account()


def _home_of_account() -> str | None:
    import pwd

    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return None
    return home if os.path.isabs(home) else None


def _begins_at_home(path: Path) -> bool:
    return str(path).startswith("~")
