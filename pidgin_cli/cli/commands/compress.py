"""`pidgin compress`: put archives in the place of logs."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.compressing import (
    Choice,
    list_archives,
    pack_logs,
    pack_to_stdout,
    prove_archives,
    show_logs,
)
from pidgin_cli.cli.options import CommonOptions, command, folder_of, refuse_together
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.cli.selectors import duration
from pidgin_cli.errors import ExitStatus
from pidgin_cli.store.archive import LEVEL
from pidgin_cli.store.packing import Packing


class CompressOptions(SourceOptions, CommonOptions):
    """What `compress` takes."""

    completed: Annotated[bool, typer.Option("--completed", help="Only completed ones.")] = False
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than", metavar="TIME", help="Only logs without a change for so long: 1h, 3d."
        ),
    ] = "0"
    keep: Annotated[bool, typer.Option("--keep", "-k", help="Keep the logs.")] = False
    list: Annotated[bool, typer.Option("--list", "-l", help="Show what archives hold.")] = False
    test: Annotated[bool, typer.Option("--test", "-t", help="Prove archives.")] = False
    stdout: Annotated[
        bool, typer.Option("--stdout", "-c", help="Write archives to stdout, and keep the logs.")
    ] = False
    level: Annotated[
        int, typer.Option("--level", min=1, max=9, help="1 is fastest, 9 smallest.")
    ] = LEVEL
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace an archive of something else; pack what may run elsewhere."
        ),
    ] = False
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the paths of the logs.")
    ] = False


def compress(options: CompressOptions) -> ExitStatus:
    """Put archives in the place of logs: plain gzip, which every command reads like a log.

    Without SOURCE those of all experiments that completed or failed. A log that is being written
    is never touched, and a whole copy exists at every instant. - packs stdin to stdout.
    """
    refuse_together(
        {
            "--list": options.list,
            "--test": options.test,
            "--stdout": options.stdout,
            "--dry-run": options.dry_run,
        }
    )
    folder = folder_of(options.settings())
    sources = options.named_sources(folder)
    if options.list:
        return list_archives(folder, sources)
    if options.test:
        return prove_archives(folder, sources)
    if options.stdout or (sources and any(source.path is None for source in sources)):
        return pack_to_stdout(options.sources(folder), options.level, force=options.force)
    older_than = duration("--older-than", options.older_than)
    choice = Choice(sources, options.completed, older_than, options.force)
    if options.dry_run:
        return show_logs(folder, choice)
    packing = Packing(options.level, options.keep, options.force)
    return pack_logs(folder, choice, packing, quiet=options.quiet)


app = command(CompressOptions, compress)
