"""The table of commands, from which help, man pages and completions follow."""

from __future__ import annotations

import gc
import importlib
from typing import Any, NamedTuple

import typer
import typer.main
from typer.core import TyperGroup
from typer.models import Context

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError
from pidgin_cli.version import VERSION


class Row(NamedTuple):
    """One command: its name, which is also its module's, and what it does in a few words."""

    name: str
    summary: str


COMMANDS = (
    Row("run", "Hold conversations and emit their events."),
    Row("conduct", "Act on a running experiment."),
    Row("tail", "Follow events live."),
    Row("redact", "Take out of a stream what is nobody else's business."),
    Row("detect", "Recompute detections."),
    Row("transcript", "Show conversations to read, as text, a page or JSON."),
    Row("export", "Make tables of events: Parquet, CSV, JSONL, chats."),
    Row("index", "Build or update the SQLite index."),
    Row("query", "Ask the index: reports, searches, comparisons, SQL."),
    Row("compress", "Put archives in the place of logs."),
    Row("replay", "Give what was recorded."),
    Row("check", "Prove logs."),
    Row("prune", "Remove old experiments, or the oldest of too many."),
    Row("rm", "Remove experiments."),
    Row("list", "List the experiments of the store."),
    Row("models", "List models, what fits into them and what they cost."),
    Row("config", "Show the configuration, and where it comes from."),
    Row("doctor", "Say whether everything is well, and what to do."),
    Row("man", "Show a page of the manual."),
    Row("completion", "Print what makes a shell complete."),
)


class Commands(TyperGroup):
    """The commands of the table; a module is loaded when its command is called.

    The types of what typer gives and wants here have no public names.
    """

    def list_commands(self, ctx: object) -> list[str]:
        """Give the names in the order of the table."""
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """Give the command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"pidgin_cli.cli.commands.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        _look_for_garbage()
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Give name, command and further arguments.

        Raises:
            UsageError: there is no such command; says which one may have been meant.
        """
        if args[0] not in self.list_commands(ctx):
            near = nearest(args[0], self.list_commands(ctx))
            asked = f"did you mean {near}? " if near else ""
            raise UsageError(f"no command {args[0]!r}; {asked}'pidgin --help' lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: object, formatter: Any) -> None:
        """Write the table into the help, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(row.name, row.summary) for row in COMMANDS])


def _look_for_garbage() -> None:
    """Look for what is made from now on; what was loaded until now stays to the end."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _show_version(context: Context, value: bool) -> None:
    if value:
        typer.echo(f"pidgin {VERSION}")
        raise typer.Exit


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Let language models talk to each other, and record everything as a stream of events."""
