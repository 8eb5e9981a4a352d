"""The table of what a value must be beyond its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pidgin_cli.config.settings import PromptTables, WeightSettings
from pidgin_cli.config.sizes import parse_size
from pidgin_cli.config.times import parse_duration

UNSHOWN = frozenset({("providers",)})
"""Sections whose values no message shows: a key may stand there by mistake."""

OTHER_PREFIXES = frozenset({"sim", "exec"})
"""What stands before the colon of a model and is no service."""

MOST_TURNS = 1_000_000
"""More are a slip of the hand: nobody could pay for them, nor wait for their estimate."""


class Rule(NamedTuple):
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


def _is_name(name: str) -> bool:
    return bool(name) and ":" not in name and name.isprintable()


def _is_service(name: str) -> bool:
    return _is_name(name) and name not in OTHER_PREFIXES


def _is_model(text: str) -> bool:
    provider, _, model = text.partition(":")
    return text.isprintable() and _is_service(provider) and bool(model.strip())


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        # Reading the port is what finds out that it is one.
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    return usable and not (url.username or url.password or url.query or url.fragment)


NAME = Rule('a name: it is empty, or holds ":" or a control character', _is_name)
TURNS = Rule(f"a whole number from 1 to {MOST_TURNS}", lambda turns: 1 <= turns <= MOST_TURNS)
DOLLARS = Rule("a number of dollars above 0", lambda dollars: dollars > 0)
PRICE = Rule("a price of at least 0, in dollars for a million tokens", lambda price: price >= 0)
PRICES = ("prices", "long_prompts.prices")
KINDS_OF_TOKENS = ("input", "output", "cached_input", "cache_write")

RULES: Mapping[str, Rule] = {
    "events.compression.level": Rule(
        "a whole number from 1 to 9", lambda level: bool(1 <= level <= 9)
    ),
    "events.compression.delay": Rule("a number of seconds of at least 0", lambda delay: delay >= 0),
    "events.storage.min_free": Rule(
        "a number of bytes or a size such as 500MB or 2GiB", lambda size: size >= 0, parse_size
    ),
    "events.stream.join_ms": _whole_from(0),
    "conversation.convergence.threshold": _between(0, 1),
    **{
        f"conversation.convergence.weights.{component}": Rule(
            "a number of at least 0", lambda weight: weight >= 0
        )
        for component in WeightSettings._fields
    },
    "conversation.attractor.check_interval": _whole_from(1),
    "conversation.attractor.window": _whole_from(2),
    "conversation.attractor.threshold": _whole_from(2),
    "context_management.warning_threshold": _between(0, 100),
    "context_management.auto_pause_threshold": _between(0, 100),
    "limits.tokens": _whole_from(1),
    "limits.cost_usd": DOLLARS,
    "limits.time": Rule(
        "a number of seconds above 0, or a time such as 90s, 30m, 2h or 1h30m",
        lambda seconds: seconds > 0,
        parse_duration,
    ),
    "limits.stop_phrase": Rule("a phrase", lambda phrase: bool(phrase.strip())),
    "defaults.max_turns": TURNS,
    "agents.*": NAME,
    "agents.*.model": Rule("the name of a model", lambda name: bool(name.strip())),
    "agents.*.temperature": Rule("a number of at least 0", lambda number: number >= 0),
    "agents.*.top_p": _between(0, 1),
    "agents.*.max_tokens": _whole_from(1),
    "agents.*.stop": Rule(
        "one text or several in a list, none of them empty",
        lambda texts: bool(texts) and all(texts),
    ),
    "study": Rule(
        "a name: 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or a digit",
        lambda name: bool(re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name)),
    ),
    "repeat": _whole_from(1),
    "seed": Rule("a whole number from 0 to 2^63 - 1", lambda seed: 0 <= seed < 2**63),
    "max_turns": TURNS,
    "matrix.max_turns.[]": TURNS,
    "matrix.max_tokens.[]": _whole_from(1),
    "interventions.[].turn": Rule(
        "the number of a turn, the first being 0", lambda turn: turn >= 0
    ),
    "budget.cost_usd": DOLLARS,
    "budget.tokens": _whole_from(1),
    "budget.time": Rule(
        "a length of time such as 90s, 30m or 2h", lambda seconds: seconds > 0, parse_duration
    ),
    **{f"prompts.{table}.*": NAME for table in PromptTables._fields},
    "providers.*": Rule(
        'a name for a service: it is empty, is sim or exec, or holds ":" or a control character',
        _is_service,
    ),
    "providers.*.base_url": Rule(
        "an http:// or https:// address without user, password, query and fragment", _is_url
    ),
    # A key that was written here by mistake is hardly ever all capitals; a variable nearly always.
    "providers.*.api_key_env": Rule(
        "the name of an environment variable, in capitals: the key itself does not stand here",
        lambda name: bool(re.fullmatch("[A-Z_][A-Z0-9_]*", name)),
    ),
    "providers.*.headers.*": Rule(
        "the name of a header", lambda name: bool(re.fullmatch("[A-Za-z0-9!#$%&'*+.^_`|~-]+", name))
    ),
    "models.*": Rule("PROVIDER:MODEL", _is_model),
    "models.*.context": _whole_from(1),
    "models.*.max_output": _whole_from(1),
    **{f"models.*.{prices}.{kind}": PRICE for prices in PRICES for kind in KINDS_OF_TOKENS},
    "models.*.long_prompts.above": _whole_from(1),
    "models.*.date": Rule("a day such as 2026-10-24", _is_day),
    "models.*.source": Rule("an address or a few words", lambda text: bool(text.strip())),
    "aliases.*": NAME,
    "providers.*.concurrency": _whole_from(1),
    "providers.*.requests_per_minute": _whole_from(1),
    "providers.*.timeout": Rule("a number of seconds above 0", lambda number: number > 0),
    "providers.*.longest_wait": Rule(
        "a number of seconds of at least 0", lambda number: number >= 0
    ),
    "providers.*.anthropic_version": Rule(
        "a version such as 2023-06-01", lambda text: bool(re.fullmatch("[0-9A-Za-z.-]+", text))
    ),
}
"""By dotted key, of the configuration and of a catalogue; `*` is any name in a mapping, and a key
that ends in it is about the name."""
