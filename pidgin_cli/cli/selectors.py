"""The one set of selectors: which events a command is about, as it is typed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.config.sizes import parse_size
from pidgin_cli.config.times import parse_duration, parse_instant
from pidgin_cli.errors import UsageError
from pidgin_cli.filters.select import Selection, Turns

_TURNS = re.compile(r"([0-9]{1,18})?(\.\.)?([0-9]{1,18})?")


class SelectorOptions(OptionGroup):
    """Options by which events are selected; commas join values."""

    type: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            metavar="GLOB",
            help="Only events of such types, such as 'api.*'; several with commas.",
        ),
    ] = None
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent", metavar="AGENT", help="Only events of this agent; several with commas."
        ),
    ] = None
    turn: Annotated[
        list[str] | None,
        typer.Option(
            "--turn",
            metavar="A..B",
            help="Only events of these turns: 3, 2.., ..5 or 2..5; several with commas.",
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Only events from then on: 2h (ago), a date and time, Unix seconds; UTC.",
        ),
    ] = None
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Only events before then.")
    ] = None

    def selection(self, clock: Callable[[], float] = time.time) -> Selection:
        """Give what is wanted.

        Raises:
            UsageError: a turn or a time is none, there is no time between them, or an option is
                empty.
        """
        now = clock()
        since = instant_of("--since", self.since, now)
        until = instant_of("--until", self.until, now)
        if since is not None and until is not None and until <= since:
            raise UsageError(
                f"--until {self.until!r} is no later than --since {self.since!r}: "
                "no event is between them"
            )
        return Selection(
            types=tuple(_some("--type", self.type)),
            agents=tuple(_some("--agent", self.agent)),
            turns=tuple(_turns(word) for word in _some("--turn", self.turn)),
            since=since,
            until=until,
        )


def listed(typed: Iterable[str] | None) -> list[str]:
    """Give the values of an option that may be given several times and hold several with commas."""
    return [word for each in typed or () for word in each.split(",") if word]


def _some(option: str, typed: list[str] | None) -> list[str]:
    """Give the values of an option; where it was typed, nothing at all does not mean everything."""
    values = listed(typed)
    if typed and not values:
        raise UsageError(f"{option} is empty: is a variable not set?")
    return values


def duration(option: str, text: str) -> float:
    """Give the seconds of a length of time that was typed.

    Raises:
        UsageError: it is none.
    """
    try:
        return parse_duration(text)
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is no length of time; write 90s, 2h, 3d or 1h30m"
        ) from None


def size(option: str, text: str) -> int:
    """Give the bytes of a size that was typed.

    Raises:
        UsageError: it is none.
    """
    try:
        return parse_size(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no size; write 500MB, 20G or 2GiB") from None


def _turns(word: str) -> Turns:
    match = _TURNS.fullmatch(word)
    if match is None or not word or word == "..":
        raise UsageError(
            f"--turn {word!r} is no turn and no range of turns; write 3, 2..5, ..5 or 2.."
        )
    first, dots, last = match.groups()
    if not dots:
        return Turns(int(word), int(word))
    if first is not None and last is not None and int(last) < int(first):
        raise UsageError(f"--turn {word!r} ends before it begins; write {last}..{first}")
    return Turns(None if first is None else int(first), None if last is None else int(last))


def instant_of(option: str, text: str | None, now: float) -> float | None:
    """Give the Unix seconds of a time that was typed, None where none was.

    Raises:
        UsageError: it is no time.
    """
    if text is None:
        return None
    try:
        return parse_instant(text, now)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {text!r} is no time; write 2h, 3d, 2026-01-31T12:00:00Z or Unix seconds"
        ) from None
