"""Joining `list`: which experiments are shown, and as what."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.selectors import instant_of
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import ListFormat, Listing, cell, chosen_format, flat, listing_lines
from pidgin_cli.config.nearest import suggestion
from pidgin_cli.errors import UsageError
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import STATES, Overview, overviews
from pidgin_cli.store.sources import no_experiments

COLUMNS = ("id", "state", "group", "labels", "turns", "cost_usd", "size", "age", "path")


class Listed(NamedTuple):
    """What is to be listed; states may hold several with commas.

    Args:
        since: a time, as it was typed; those count that had an event from then on.
    """

    group: str | None
    states: Sequence[str]
    format: ListFormat
    since: str | None = None
    quiet: bool = False


def write_listing(folder: Folder, listed: Listed, clock: Callable[[], float] = time.time) -> None:
    """Write the experiments of a folder to stdout, by the time when they began.

    Who reads a table is told where there is none.

    Raises:
        UsageError: a state or the time is none.
    """
    states = checked_states(listed.states, STATES)
    since = instant_of("--since", listed.since, clock()) or 0.0
    shown = [
        each
        for each in overviews(folder)
        if (listed.group is None or each.group == listed.group)
        and each.state in states
        and each.updated >= since
    ]
    shown.sort(key=lambda each: (each.started, each.experiment_id))
    Sink().write_each(listing_lines(_listing(shown, clock()), listed.format))
    if chosen_format(listed.format) == "table" and not listed.quiet and not folder.experiment_ids():
        complain(str(no_experiments(folder)))


def checked_states(typed: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """Give the states that were typed, or all there are where none was.

    Raises:
        UsageError: one is none of them.
    """
    names = [name for each in typed for name in each.split(",")]
    for name in names:
        if name not in known:
            there_are = f"{', '.join(known)}{suggestion(name, known)}"
            raise UsageError(f"no state {name!r}: there are {there_are}")
    return frozenset(names or known)


def _listing(shown: Sequence[Overview], now: float) -> Listing:
    rows = (_row(each, now) for each in shown)
    return Listing(
        ids=(each.experiment_id for each in shown),
        objects=rows,
        flat=(COLUMNS, (list(map(flat, row.values())) for row in rows)),
        table=(COLUMNS, (_words(each, now) for each in shown)),
    )


def _row(each: Overview, now: float) -> dict[str, Any]:
    values = (
        each.experiment_id,
        each.state,
        each.group,
        dict(each.labels),
        each.turns,
        each.cost_usd,
        each.size,
        round(max(0.0, now - each.updated), 3),
        str(each.path),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _words(each: Overview, now: float) -> list[str]:
    row = _row(each, now)
    return [
        each.experiment_id,
        each.state,
        cell(each.group),
        cell(row["labels"]),
        str(each.turns),
        "" if each.cost_usd is None else f"{each.cost_usd:.2f}",
        size_words(each.size),
        _age(row["age"]),
        cell(str(each.path)),
    ]


def size_words(count: float) -> str:
    """Give a number of bytes for a person."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
