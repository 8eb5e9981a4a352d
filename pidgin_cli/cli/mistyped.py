"""What was typed and cannot be read, told so that the next try succeeds."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import typer.main
from typer._click.exceptions import ClickException, NoSuchOption

from pidgin_cli.cli.app import COMMANDS, app

_PROGRAM = "pidgin"
_NAMES = frozenset(row.name for row in COMMANDS)
_KINDS: Mapping[str, str] = {
    "int range": "a whole number",
    "int": "a whole number",
    "float range": "a number",
    "float": "a number",
}
"""What a value has to be, by the names that typer has for it."""


def told(error: ClickException, arguments: Sequence[str]) -> str:
    """Give in one line what is wrong with the arguments, and what to do."""
    place = next((at for at, word in enumerate(arguments) if word in _NAMES), None)
    context = getattr(error, "ctx", None)
    if context is not None:
        path = context.command_path
    else:
        path = _PROGRAM if place is None else f"{_PROGRAM} {arguments[place]}"
    if isinstance(error, NoSuchOption) and path == _PROGRAM and place is not None:
        return _misplaced(error.option_name, arguments, place)
    message = error.format_message().rstrip(".")
    for kind, words in _KINDS.items():
        message = message.replace(f"is not a valid {kind}", f"is not {words}")
    return f"{message}; try '{path} --help'"


def _misplaced(option: str, arguments: Sequence[str], place: int) -> str:
    """Say of an option before the command, which stands at that place, where it belongs."""
    command = arguments[place]
    group: Any = typer.main.get_command(app)
    found = group.get_command(None, command)
    if not any(option in (*each.opts, *each.secondary_opts) for each in found.params):
        return f"No such option: {option}; try '{_PROGRAM} {command} --help'"
    moved = [_PROGRAM, command, *arguments[:place], *arguments[place + 1 :]]
    return f"{option} belongs after the command: {shlex.join(moved)}"
