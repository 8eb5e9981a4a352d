"""A tabulation as text, so that another process can go on where this one stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from msgspec import Struct

from pidgin_cli.events.cast import Agent, OpenResponse
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.usage import Usage
from pidgin_cli.tables.calls import OpenCall
from pidgin_cli.tables.experiments import Beginning, Counts
from pidgin_cli.tables.tabulation import OpenPause, Tabulation
from pidgin_cli.tables.turns import OpenTurn

_KEPT_EMPTY = frozenset(
    {
        "started",
        "writer",
        "spoken",
        "messages",
        "interventions",
        "perspectives",
        "requests",
        "turn_detections",
    }
)
"""Parts of the fold that a tabulation does not let grow."""


def saved(tabulation: Tabulation) -> str:
    """Give a tabulation as JSON. Unlike events, it may have integers past 64 bits: sums."""
    return json.dumps(_plain(tabulation), separators=(",", ":"))


def taken_up(text: str) -> Tabulation:
    """Give the tabulation that was saved."""
    values = json.loads(text)
    return Tabulation(
        **{
            **values,
            "conversation": _conversation(values["conversation"]),
            "beginning": Beginning(**values["beginning"]),
            "counts": Counts(**values["counts"]),
            "turn": None if values["turn"] is None else OpenTurn(**values["turn"]),
            "pause": None if values["pause"] is None else OpenPause(**values["pause"]),
            "calls": {key: OpenCall(**call) for key, call in values["calls"].items()},
        }
    )


def _conversation(values: dict[str, Any]) -> Conversation:
    response = values["open_response"]
    return Conversation(
        **{
            **values,
            "agents": tuple(Agent(**agent) for agent in values["agents"]),
            "usage": Usage(**values["usage"]),
            "call_usage": Usage(**values["call_usage"]),
            "open_response": None if response is None else OpenResponse(**response),
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if is_dataclass(value):
        left_out = _KEPT_EMPTY if isinstance(value, Conversation) else ()
        names = (each.name for each in fields(value) if each.name not in left_out)
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
