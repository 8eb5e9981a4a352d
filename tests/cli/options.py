"""The options that a command's help names, so that a test misses none."""

from __future__ import annotations

import typer.main

from pidgin_cli.cli.app import COMMANDS, app


def options_of(command: str) -> list[str]:
    """Give the long names of a command's options, those that switch off included."""
    group = typer.main.get_command(app)
    found = group.get_command(None, command)  # type: ignore[attr-defined]
    names = []
    for parameter in found.params:
        if parameter.param_type_name == "option":
            names += [*parameter.opts, *parameter.secondary_opts]
    return [name for name in names if name.startswith("--")]


def command_names() -> list[str]:
    return [row.name for row in COMMANDS]
