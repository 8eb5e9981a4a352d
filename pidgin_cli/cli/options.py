"""Options: those of every command, and how a group of options becomes a command."""

from __future__ import annotations

import copy
import inspect
import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import typer

from pidgin_cli.cli.option_group import OptionGroup, names_in
from pidgin_cli.config.load import Loaded, load_settings
from pidgin_cli.config.recorded import Changes
from pidgin_cli.config.settings import Settings
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.event import NOTHING
from pidgin_cli.store.folder import Folder


class PlainOptions(OptionGroup):
    """What a command takes that reads no configuration."""


class CommonOptions(PlainOptions):
    """What every other command takes."""

    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Read the configuration from this file."),
    ] = None
    data_dir: Annotated[
        str | None,
        typer.Option("--data-dir", metavar="FOLDER", help="Keep and find events in this folder."),
    ] = None
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")
    ] = False

    def settings(self, changes: Changes = NOTHING) -> Settings:
        """Give the configuration with these options over it.

        Args:
            changes: what further options set.

        Raises:
            ConfigError: a file, variable or flag is wrong.
        """
        return self.loaded(changes).settings

    def loaded(self, changes: Changes = NOTHING) -> Loaded:
        """Give the configuration as `settings` does, and where each value came from.

        Raises:
            ConfigError: a file, variable or flag is wrong.
        """
        overrides = dict(changes)
        if self.data_dir == "":
            raise UsageError("--data-dir is empty: is a variable not set?")
        if self.data_dir is not None:
            overrides["events.storage.data_dir"] = (self.data_dir, "--data-dir")
        return load_settings(explicit=self.config, overrides=overrides)


def folder_of(settings: Settings) -> Folder:
    """Give the folder of the store."""
    storage = settings.events.storage
    return Folder(storage.data_dir, storage.group_readable)


Options = TypeVar("Options", bound=PlainOptions)


def command(
    options: type[Options], function: Callable[[Options], ExitStatus | None]
) -> typer.Typer:
    """Make a command whose options are the fields of a class, and whose help is a function's words.

    A field is annotated with typer.Option or typer.Argument; the function is given them all as
    one value.
    """

    def typed(**values: Any) -> ExitStatus | None:
        for name, value in values.items():
            _check_text(hints[name], name, value)
            _check_number(name, value)
        return function(options(**values))

    hints = get_type_hints(options, include_extras=True)
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=getattr(options, name, inspect.Parameter.empty),
            annotation=_with_metavar(hints[name]),
        )
        for name in names_in(options)
    ]
    typed.__doc__ = function.__doc__
    typed.__annotations__ = hints
    vars(typed)["__signature__"] = inspect.Signature(parameters)
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command()(typed)
    return app


def _check_text(hint: Any, name: str, value: object) -> None:
    """See that what was typed is UTF-8, or other words would be recorded than were typed."""
    for text in value if isinstance(value, list | tuple) else [value]:
        if isinstance(text, str) and not _is_utf8(text):
            typed = flag_of(name) if _is_option(hint) else "an argument"
            raise UsageError(f"{typed} is not UTF-8: {os.fsencode(text)!r}")


def _check_number(name: str, value: object) -> None:
    """See that what was typed is a number that can be reckoned with."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{flag_of(name)} {value} is not a finite number")


def _is_option(hint: Any) -> bool:
    (info,) = hint.__metadata__
    return isinstance(info, typer.models.OptionInfo)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_metavar(hint: Any) -> Any:
    """Give the annotation with a word for the option's value, where it has none."""
    (info,) = hint.__metadata__
    kinds = get_args(hint.__origin__) or (hint.__origin__,)
    for kind, word in ((str, "TEXT"), (int, "N"), (float, "NUMBER")):
        if kind in kinds and info.metavar is None:
            info = copy.copy(info)
            info.metavar = word
            return Annotated[hint.__origin__, info]
    return hint


def refuse_together(flags: Mapping[str, bool]) -> None:
    """See that no more was typed than one of some flags, each of which makes the others useless.

    Raises:
        UsageError: it was.
    """
    typed = [flag for flag, given in flags.items() if given]
    if len(typed) > 1:
        raise UsageError(f"{' and '.join(typed)} do not go together: choose one")


def typed_of(options: OptionGroup, names: Iterable[str]) -> list[str]:
    """Give the flags of those of these fields that have another value than their default."""
    defaults = type(options)
    return [flag_of(name) for name in names if getattr(options, name) != getattr(defaults, name)]


def flag_of(name: str) -> str:
    """Give the option that a field is typed as."""
    return f"--{name.strip('_').replace('_', '-')}"
