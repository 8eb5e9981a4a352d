"""The table of what a value must be beyond its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pidgin_cli.config.sizes import parse_size


@dataclass(frozen=True, slots=True)
class Rule:
    """What values of a key are allowed.

    Args:
        wanted: what a message says the value is not.
        holds: whether a value of the right type is allowed.
        parse: from a text to the type, for keys that can be written as text too.
    """

    wanted: str
    holds: Callable[[Any], bool]
    parse: Callable[[str], Any] | None = None


def _whole_from(least: int) -> Rule:
    return Rule(f"a whole number of at least {least}", lambda number: number >= least)


def _between(least: float, most: float) -> Rule:
    return Rule(
        f"a number between {least} and {most}", lambda number: bool(least <= number <= most)
    )


RULES: Mapping[str, Rule] = {
    "events.storage.min_free": Rule(
        "a number of bytes or a size such as 500MB or 2GiB", lambda size: size >= 0, parse_size
    ),
    "events.stream.join_ms": _whole_from(0),
    "conversation.convergence.threshold": _between(0, 1),
    "conversation.attractor.check_interval": _whole_from(1),
    "conversation.attractor.window": _whole_from(2),
    "conversation.attractor.threshold": _whole_from(2),
    "context_management.warning_threshold": _between(0, 100),
    "context_management.auto_pause_threshold": _between(0, 100),
    "defaults.max_turns": _whole_from(1),
    "agents.*": Rule(
        'a name: it is empty, or holds ":" or a control character',
        lambda name: bool(name) and ":" not in name and name.isprintable(),
    ),
    "agents.*.model": Rule("the name of a model", lambda name: bool(name.strip())),
    "agents.*.temperature": Rule("a number of at least 0", lambda number: number >= 0),
    "agents.*.top_p": _between(0, 1),
    "agents.*.max_tokens": _whole_from(1),
}
"""By dotted key; `*` is any name in a mapping, and a key that ends in it is about the name."""
