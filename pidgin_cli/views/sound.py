"""Events of foreign logs, with every key that views and the fold read holding its own type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pidgin_cli.events.event import Event
from pidgin_cli.events.payload import LARGEST
from pidgin_cli.views.figures import compact

Reader = Callable[[Any], Any]
"""Gives a value of the right type, the very same where it had it; None where it has none."""


def sound(event: Event) -> Event:
    """Give the event, without the nulls and the wrong values of keys that have a known type.

    What should be text and is something else becomes its JSON, so that nobody's words are lost.
    A well-typed event comes back as it is; unknown keys are never touched.
    """
    data = _read(event.data, _READERS)
    return event if data is event.data else event.changed(data=data)


def _read(value: Mapping[str, Any], readers: Mapping[str, Reader]) -> Mapping[str, Any]:
    changes = {}
    for key, item in value.items():
        reader = readers.get(key)
        if reader is not None and type(item) is not _PLAIN.get(reader):
            read = reader(item)
            if read is None or read is not item:
                changes[key] = read
    if not changes:
        return value
    merged = {**value, **changes}
    return {key: item for key, item in merged.items() if item is not None or key not in changes}


def _mapping(value: Any) -> Mapping[str, Any] | None:
    """Read a mapping within a payload; those within it are left, however deep they go."""
    return _read(value, _INNER_READERS) if isinstance(value, Mapping) else None


def _plain_mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else compact(value)


def _integer(value: Any) -> int | None:
    return value if type(value) is int else None


def _number(value: Any) -> float | None:
    return value if type(value) in (int, float) and -LARGEST < value < LARGEST else None


def _error(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return None
    return _mapping(value) if isinstance(value, Mapping) else {"message": _text(value)}


def _agents(value: Any) -> list[Any] | None:
    if not isinstance(value, list):
        return None
    agents = [agent for agent in map(_mapping, value) if agent is not None]
    if len(agents) == len(value) and all(map(lambda a, b: a is b, agents, value)):
        return value
    return agents


def _target(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        return [_text(value)]
    if all(isinstance(agent_id, str) for agent_id in value):
        return value
    return [_text(agent_id) for agent_id in value if agent_id is not None]


def _turns(value: Any) -> int | list[Any] | None:
    """Read a number of turns or, in an attractor, which ones."""
    if isinstance(value, list):
        kept = [turn for turn in value if type(turn) is int]
        return value if len(kept) == len(value) else kept
    return _integer(value)


def _table(reader: Reader, keys: str) -> dict[str, Reader]:
    return dict.fromkeys(keys.split(), reader)


_PLAIN: dict[Reader, type] = {_text: str, _integer: int}
"""Types of which every value is the right one."""
_INNER_READERS: dict[str, Reader] = {
    **_table(
        _text,
        "content delta initial_prompt system_prompt reasoning agent_id model served_model provider"
        " name kind message description detail reason source finish_reason action request"
        " experiment_id group",
    ),
    **_table(
        _integer,
        "response index tokens length chars chars_received attempt status max_turns seed"
        " messages turn_number repetition input_tokens output_tokens",
    ),
    **_table(_number, "duration score baseline confidence cost_usd retry_in percentage elapsed"),
    **_table(_plain_mapping, "parameters labels limits settings writer changes"),
}
_READERS: dict[str, Reader] = {
    **_INNER_READERS,
    **_table(_mapping, "usage parent"),
    "agents": _agents,
    "error": _error,
    "target": _target,
    "turns": _turns,
}
