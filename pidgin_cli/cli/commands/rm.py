"""`pidgin rm`: remove experiments."""

from __future__ import annotations

from pidgin_cli.cli.options import command, folder_of
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.cli.removing import RemovalOptions, remove_named
from pidgin_cli.errors import ExitStatus


class RmOptions(SourceOptions, RemovalOptions):
    """What `rm` takes."""


def rm(options: RmOptions) -> ExitStatus:
    """Remove experiments with every file of them: log, archive, torn end and inbox.

    One that is being written stays. There is no way back. stdin and files elsewhere are none of
    the store, and are refused.
    """
    return remove_named(options.sources(folder_of(options.settings())), options)


app = command(RmOptions, rm)
