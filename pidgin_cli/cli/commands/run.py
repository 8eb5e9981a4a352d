"""`pidgin run`: hold conversations, emit their events."""

from __future__ import annotations

from pidgin_cli.cli.configuring import sound_settings
from pidgin_cli.cli.estimating import write_estimate
from pidgin_cli.cli.holding import hold
from pidgin_cli.cli.options import command, folder_of
from pidgin_cli.cli.origins import OriginOptions, refuse_beside_study, wanted_of
from pidgin_cli.cli.studying import hold_study
from pidgin_cli.errors import ExitStatus, UsageError


def run(options: OriginOptions) -> ExitStatus:
    """Hold conversations between two models and emit their events.

    Without -a and -b two built-in simulated agents talk, which need no key and no network.
    stdout gets the events as JSONL, or a text to read on a terminal.
    """
    if options.no_store and options.keep_going:
        raise UsageError("--keep-going goes on into the store, and --no-store keeps none")
    refuse_beside_study(options)
    if options.study is not None:
        return hold_study(options.study, options)
    settings = sound_settings(options, options.changes())
    wanted = wanted_of(options, settings, folder_of(settings))
    if options.dry_run:
        return write_estimate(wanted, options, settings)
    return hold(wanted, options, settings)


app = command(OriginOptions, run)
