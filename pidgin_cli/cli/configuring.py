"""Joining `config`: what is set and by whom, which files are looked for, and one to begin with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.options import CommonOptions, flag_of, typed_of
from pidgin_cli.cli.output import OutputOptions, file_named
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import RowFormat, row_lines
from pidgin_cli.config.files import PROJECT_FILE, SYSTEM_FILE, files_to_read, user_folder
from pidgin_cli.config.folders import NO_HOME, working_folder
from pidgin_cli.config.load import Loaded
from pidgin_cli.config.recorded import Changes
from pidgin_cli.config.schema import keys_of_values
from pidgin_cli.config.settings import Settings, as_plain
from pidgin_cli.errors import ConfigError, ExitStatus, UsageError
from pidgin_cli.events.event import NOTHING
from pidgin_cli.filters.privacy import sound_patterns

Action = Literal["show", "path", "check", "init"]
STARTER = "starter.yaml"
_TAKEN_BY: Mapping[str, Sequence[Action]] = {
    "config": ("show", "path", "check"),
    "data_dir": ("show", "check"),
    "format": ("show", "path"),
    "output": ("init",),
    "force": ("init",),
}
"""Which options mean something to which of the actions."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the configuration: where it is looked for, and whether it was found."""

    file: str
    state: str


def refuse_unfit(options: CommonOptions, action: Action) -> None:
    """See that nothing was typed that would have no effect.

    Raises:
        UsageError: it was.
    """
    for name, actions in _TAKEN_BY.items():
        if action not in actions and typed_of(options, [name]):
            raise UsageError(
                f"{flag_of(name)} is for config {', '.join(actions)}, and not for {action}"
            )


def sound_settings(options: CommonOptions, changes: Changes = NOTHING) -> Settings:
    """Give the configuration, where it is sound as a whole.

    Args:
        changes: what further options set.

    Raises:
        ConfigError: a file, variable or flag is wrong; has all faults that were found.
    """
    loaded = options.loaded(changes)
    sound_patterns(loaded.settings.events.privacy, loaded.given)
    return loaded.settings


def check_settings(options: CommonOptions, say: Callable[[str], None]) -> ExitStatus:
    """Tell all that is wrong with the configuration, each fault in a line; or that nothing is.

    Args:
        say: tells that nothing is.
    """
    try:
        sound_settings(options)
    except ConfigError as error:
        for fault in error.faults:
            complain(fault)
        return error.exit_status
    say("the configuration is sound")
    return ExitStatus.DONE


def write_settings(loaded: Loaded, form: RowFormat) -> None:
    """Write every key with its value, and where the value came from."""
    origins = loaded.origins
    rows = (
        (str(key), as_plain(value), origins[str(key)])
        for key, value in keys_of_values(loaded.settings)
    )
    Sink().write_each(row_lines(("key", "value", "origin"), rows, form))


def write_places(
    named: Path | None, form: RowFormat, environ: Mapping[str, str] = os.environ
) -> None:
    """Write which files are looked for, the weakest first, and which of them are there."""
    rows = ((place.file, place.state) for place in _places(named, environ))
    Sink().write_each(row_lines(("file", "state"), rows, form))


def write_starter(
    path: Path | None,
    say: Callable[[str], None],
    *,
    force: bool,
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Write a configuration in which every key stands, commented out, with its default.

    Args:
        path: the user's own where it is None; - for stdout.
        say: tells which file was made.

    Raises:
        ConfigError: there is no home.
        UsageError: there is such a file, and nobody forces it; or nothing is to be forced.
    """
    target = path or _own_file(environ)
    if path is None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    output = OutputOptions(output=file_named(target), force=force)
    output.write([files("pidgin_cli.config").joinpath(STARTER).read_bytes()])
    if output.output is not None:
        say(f"wrote {target}")


def _own_file(environ: Mapping[str, str]) -> Path:
    folder = user_folder(environ)
    if folder is None:
        raise ConfigError(f"{NO_HOME}: set HOME, or name a file with --output")
    return folder / PROJECT_FILE


def _places(named: Path | None, environ: Mapping[str, str]) -> Iterator[Place]:
    for file in files_to_read(named, environ, working_folder(), SYSTEM_FILE):
        state = "read" if file.path.is_file() else "not there"
        if file.named_by and file.path.exists():
            state = f"read, named by {file.named_by}"
        yield Place(str(file.path), state)
