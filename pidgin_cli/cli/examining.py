"""Joining `doctor`: everything that is looked at, in order, and how it is told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple

from pidgin_cli.cli.configuring import sound_settings
from pidgin_cli.cli.diagnosis.finding import Finding
from pidgin_cli.cli.diagnosis.index import index
from pidgin_cli.cli.diagnosis.installation import installation
from pidgin_cli.cli.diagnosis.services import keys
from pidgin_cli.cli.diagnosis.store import clock, store
from pidgin_cli.cli.options import CommonOptions, folder_of
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import RowFormat, cell, chosen_format, row_lines, wrapped
from pidgin_cli.errors import ConfigError, ExitStatus

COLUMNS = ("check", "level", "detail", "advice")


def examine(options: CommonOptions, form: RowFormat) -> ExitStatus:
    """Look at everything, tell it, and say whether something has to be done."""
    findings = [*_findings(options)]
    Sink().write_each(_lines(findings, form))
    sick = any(finding.level in ("warning", "problem") for finding in findings)
    return ExitStatus.FAILED if sick else ExitStatus.DONE


def _lines(findings: Sequence[Finding], form: RowFormat) -> Iterator[bytes]:
    if chosen_format(form) != "table":
        return row_lines(COLUMNS, map(astuple, findings), form)
    rows = [(cell(each.check), each.level, cell(_told(each))) for each in findings]
    return wrapped(("check", "level", "what was found"), rows)


def _told(finding: Finding) -> str:
    return f"{finding.detail} → {finding.advice}" if finding.advice else finding.detail


def _findings(options: CommonOptions) -> Iterator[Finding]:
    yield from installation()
    try:
        settings = sound_settings(options)
    except ConfigError as error:
        for fault in error.faults:
            yield Finding("configuration", "problem", fault, "mend it; nothing runs before")
        return
    yield Finding("configuration", "ok", "sound; 'pidgin config show' says where it came from")
    folder = folder_of(settings)
    yield from store(settings.events.storage, folder)
    yield from index(folder)
    yield from keys(settings, os.environ)
    yield from clock(folder)
