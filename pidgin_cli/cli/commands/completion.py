"""`pidgin completion`: print what makes a shell complete."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.options import PlainOptions, command
from pidgin_cli.cli.shipped import Shell, completion
from pidgin_cli.cli.streams import write_all


class CompletionOptions(PlainOptions):
    """What `completion` takes."""

    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]


def print_completion(options: CompletionOptions) -> None:
    """Print what makes a shell complete commands, options, experiments, models and types.

    For bash: source <(pidgin completion bash). For zsh: pidgin completion zsh into a file _pidgin
    of a folder of $fpath. For fish: pidgin completion fish | source.
    """
    write_all(completion(options.shell).read_bytes())


app = command(CompletionOptions, print_completion)
