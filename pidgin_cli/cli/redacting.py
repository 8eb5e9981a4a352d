"""Joining `redact`: what is to go, the key, the stream through it, its report and its check."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Self

import typer

from pidgin_cli.cli.boundary import cleaned_up
from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.cli.options import CommonOptions, folder_of
from pidgin_cli.cli.reading import Reading, SourceOptions, refuse_source
from pidgin_cli.cli.selectors import listed
from pidgin_cli.cli.sharing import SharedRedact, are_worth_sharing
from pidgin_cli.cli.streams import Sink
from pidgin_cli.config.load import Loaded
from pidgin_cli.config.redaction_key import redaction_key
from pidgin_cli.errors import ExitStatus, PidginError
from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.lines import split_lines
from pidgin_cli.files.whole import refuse_existing, whole_file
from pidgin_cli.filters.privacy import check_patterns, configured_patterns, naming
from pidgin_cli.filters.redact import Redact, RedactOptions
from pidgin_cli.filters.redaction.report import Findings, Place, Report
from pidgin_cli.filters.redaction.taking import Seen
from pidgin_cli.filters.redaction.wanted import PatternSettings
from pidgin_cli.store.sources import Source


class PatternOptions(OptionGroup):
    """What is to go, as it is typed."""

    content: Annotated[
        bool,
        typer.Option("--content", help="Let only numbers and words of the format itself stay."),
    ] = False
    hash_models: Annotated[
        bool,
        typer.Option("--hash-models", help="Give models and services pseudonyms, in prose too."),
    ] = False
    pattern: Annotated[
        list[str] | None,
        typer.Option(
            "--pattern", metavar="TEXT", help="Redact this text; may be given several times."
        ),
    ] = None
    ignore_case: Annotated[
        bool, typer.Option("--ignore-case", "-i", help="Whatever the case of --pattern.")
    ] = False
    regex: Annotated[
        list[str] | None,
        typer.Option(
            "--regex", metavar="RE2", help="Redact what this matches; may be given several times."
        ),
    ] = None
    builtin: Annotated[
        list[str] | None,
        typer.Option(
            "--builtin",
            metavar="FAMILY",
            help="Redact secrets, email, phone, ip, card, iban, url, paths; several with commas.",
        ),
    ] = None

    def asked(self, loaded: Loaded) -> RedactOptions:
        """Give what is to go: what was typed and what is configured; all words if nothing was.

        Raises:
            UsageError: a pattern means nothing.
        """
        typed = PatternSettings(
            tuple(self.pattern or ()),
            self.ignore_case,
            tuple(self.regex or ()),
            frozenset(listed(self.builtin)),
        )
        check_patterns(typed)
        nothing = not (self.content or self.hash_models or typed != PatternSettings())
        configured = configured_patterns(loaded.settings.events.privacy, loaded.given)
        patterns = typed._replace(
            expressions=(*configured.expressions, *typed.expressions),
            families=configured.families | typed.families,
        )
        return RedactOptions(self.content or nothing, self.hash_models or nothing, patterns)


class RedactingOptions(SourceOptions, PatternOptions, CommonOptions):
    """What the stream and the files around it need."""

    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            help="Key the hashes with what is in this file, not with your own key.",
        ),
    ] = None
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write there what was redacted, in numbers, as JSON.",
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace a report that is there.")] = False
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Only look: say where something is that would be redacted, with status 1.",
        ),
    ] = False


def write_redacted(options: RedactingOptions) -> ExitStatus:
    """Bring the redacted stream to stdout, or only say where it would change.

    Raises:
        UsageError: something that was typed means nothing.
        ConfigError: there is no key that could be used.
        PidginError: an event could not be redacted.
    """
    loaded = options.loaded()
    settings, asked = loaded.settings, options.asked(loaded)
    if options.report is not None:
        refuse_existing(options.report, overwrite=options.force)
    sources = options.filtered_sources(folder_of(settings))
    refuse_source(options.report, sources)
    with cleaned_up():
        key = redaction_key(options.key_file)
    findings = Findings(Place("", 0)) if options.check else None
    report = findings or (Report() if options.report is not None else None)
    redact = Redact(asked, naming(settings, key), report)
    # What is there by now stays, and what comes has no cycles to look for.
    gc.freeze()
    gc.disable()
    try:
        if findings is not None:
            status = _checked(redact, sources, findings)
        elif report is None and not asked.hash_models and are_worth_sharing(sources):
            status = _shared(redact, sources)
        else:
            status = _passed(redact, sources)
    except PidginError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Its words may be those of an event.
        raise PidginError(f"internal error: {type(error).__name__} in redact") from None
    if options.report is not None and report is not None:
        with cleaned_up(), whole_file(options.report, overwrite=options.force) as file:
            file.write(encode_object(report.document(asked.parts(), key.fingerprint)))
    return status


def _shared(redact: Redact, sources: Sequence[Source]) -> ExitStatus:
    sink = Sink()
    with SharedRedact(redact) as shared:
        reading = Reading(in_turn=shared.in_turn)
        sink.write_each(reading.lines(sources, shared.lines))
        sink.write_each(shared.rest())
    return reading.status


def _passed(redact: Redact, sources: Sequence[Source]) -> ExitStatus:
    sink = Sink()

    def idle() -> None:
        for line in redact.settle():
            sink.write(line)
        sink.flush()

    reading = Reading(idle)
    sink.write_each(reading.lines(sources, redact.lines))
    sink.write_each(redact.rest())
    return reading.status


def _checked(redact: Redact, sources: Sequence[Source], findings: Findings) -> ExitStatus:
    sink = Sink()
    reading = Reading(sink.flush)
    checking = _Checking(redact, findings)
    for source in sources:
        sink.write_each(reading.lines([source], checking.of(source).lines))
    redact.rest()
    sink.write_each(checking.found())
    return ExitStatus.FAILED if findings.counts else reading.status


class _Checking:
    """Takes lines one by one, and says where each thing begins that the redaction found."""

    def __init__(self, redact: Redact, findings: Findings) -> None:
        self._redact = redact
        self._findings = findings
        self._source = ""
        self._number = 0

    def of(self, source: Source) -> Self:
        """Count lines anew: those of this log come next."""
        self._source, self._number = source.name, 0
        return self

    def lines(self, block: bytes, tell: Callable[[Seen], None]) -> Iterator[bytes]:
        """Give a line for each field in which something was found."""
        for line in split_lines([block]):
            self._number += 1
            self._findings.place = Place(self._source, self._number)
            self._redact.lines(line, tell)
            yield from self.found()

    def found(self) -> Iterator[bytes]:
        """Give what has been found since the last time."""
        for finding in self._findings.take():
            yield f"{finding}\n".encode()
