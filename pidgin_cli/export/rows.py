"""Tables made of events: their columns, and the rows that events give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.conversation import Conversation, Spoken
from pidgin_cli.events.event import SCHEMA_VERSION, Event

ColumnType = Literal["text", "integer", "number", "boolean", "time"]
Row = dict[str, Any]

_LARGEST_INTEGER = 2**63
_LAST_MICROSECOND = 253_402_300_799_999_999
"""The end of the year 9999, past which readers of tables fail."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        type: text; integer of 64 bits; number (a double); boolean; or time, which rows hold as
            microseconds since 1970 in UTC.
        meaning: what stands in it, for the documentation and the file.
    """

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, its columns, and what makes its rows."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[Iterable[Event]], Iterator[Row]]


def event_rows(events: Iterable[Event]) -> Iterator[Row]:
    """Give a row for every event, in their order; holds a number for each open experiment."""
    positions: dict[str, int] = {}
    for event in events:
        position = positions.get(event.experiment_id, 0)
        if event.type == "experiment.completed":
            positions.pop(event.experiment_id, None)
        else:
            positions[event.experiment_id] = position + 1
        yield {
            "experiment_id": _text(event.experiment_id),
            "position": position,
            "id": _text(event.id),
            "type": _text(event.type),
            "timestamp": _microseconds(event.timestamp),
            "turn_number": _integer(event.turn_number),
            "agent_id": _text(event.agent_id),
            "v": _integer(event.v),
            "data": _json(event.data),
            "extra": _json(event.extra) if event.extra else None,
        }


def message_rows(events: Iterable[Event]) -> Iterator[Row]:
    """Give a row for every message, in their order; holds who takes part in open experiments.

    What a message is, the fold decides: a failure is none, and neither is a response that was
    cut by anything but the user.
    """
    casts: dict[str, _Cast] = {}
    for event in events:
        change = _HEARD.get(event.type)
        if change is None or event.v != SCHEMA_VERSION:
            continue
        cast = casts.setdefault(event.experiment_id, _Cast(Conversation()))
        row = change(cast, event)
        if row is not None:
            yield row
        if event.type == "experiment.completed":
            del casts[event.experiment_id]


@dataclass(slots=True)
class _Cast:
    """Who takes part in one experiment, and how many messages there were."""

    conversation: Conversation
    messages: int = 0

    def introduce(self, event: Event) -> None:
        """Take in who takes part, and no more: not what a foreign log may have put beside it."""
        listed = event.data.get("agents")
        agents = [
            {key: agent[key] for key in _AGENT_KEYS if isinstance(agent.get(key), str)}
            for agent in (listed if isinstance(listed, list) else ())
            if isinstance(agent, Mapping)
        ]
        self.conversation.apply(replace(event, data={"agents": agents}, line=None))
        self.conversation.perspectives.clear()

    def hear(self, event: Event) -> Row | None:
        """Give the row of the message that the event is, None if it is none."""
        self.conversation.apply(event)
        if not self.conversation.messages:
            return None
        position, self.messages = self.messages, self.messages + 1
        return self._row(event, self.conversation.messages.pop(), position)

    def end(self, event: Event) -> None:
        """Change nothing: whoever holds this lets it go."""

    def _row(self, event: Event, spoken: Spoken, position: int) -> Row:
        known = {agent.agent_id: agent for agent in self.conversation.agents}
        agent = known.get(spoken.agent_id)
        content = _text(spoken.content) or ""
        return {
            "experiment_id": _text(event.experiment_id),
            "position": position,
            "turn_number": _integer(spoken.turn_number),
            "agent_id": _text(spoken.agent_id),
            "name": None if agent is None else _text(agent.name),
            "model": _text(spoken.model or (None if agent is None else agent.model)),
            "provider": None if agent is None else _text(agent.provider),
            "timestamp": _microseconds(spoken.timestamp),
            "content": content,
            "length": len(content),
            "tokens": _integer(spoken.tokens),
            "duration": _number(spoken.duration) if "duration" in event.data else None,
            "interrupted": spoken.interrupted,
            "reasoning": _text(spoken.reasoning),
            "response": _integer(spoken.response) if "response" in event.data else None,
        }


_AGENT_KEYS = ("agent_id", "name", "model", "provider")
_HEARD: dict[str, Callable[[_Cast, Event], Row | None]] = {
    "experiment.started": _Cast.introduce,
    "response.completed": _Cast.hear,
    "response.interrupted": _Cast.hear,
    "experiment.completed": _Cast.end,
}


def _text(value: Any) -> str | None:
    """Give text that has a UTF-8; what is no text gives its JSON."""
    if value is None:
        return None
    if not isinstance(value, str):
        return _json(value)
    return (
        value
        if value.isascii()
        else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def _integer(value: Any) -> int | None:
    fits = type(value) is int and -_LARGEST_INTEGER <= value < _LARGEST_INTEGER
    return value if fits else None


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and abs(value) < 1e300 else None


def _microseconds(timestamp: float) -> int | None:
    scaled = timestamp * 1_000_000
    return round(scaled) if abs(scaled) <= _LAST_MICROSECOND else None


def _json(value: Any) -> str:
    return encode_value(value).decode()


EVENTS = Table(
    "events",
    (
        Column("experiment_id", "text", "the conversation that the event belongs to"),
        Column("position", "integer", "place in the order of the experiment's log, from 0"),
        Column("id", "text", "id of the event"),
        Column("type", "text", "dotted name of the kind"),
        Column("timestamp", "time", "when it happened, UTC"),
        Column("turn_number", "integer", "from 0; null for the whole experiment"),
        Column("agent_id", "text", "null for what the system did"),
        Column("v", "integer", "version of the schema"),
        Column("data", "text", "payload of the kind, as JSON"),
        Column("extra", "text", "top-level keys that this version does not know, as JSON"),
    ),
    event_rows,
)
MESSAGES = Table(
    "messages",
    (
        Column("experiment_id", "text", "the conversation that the message belongs to"),
        Column("position", "integer", "place among the experiment's messages, from 0"),
        Column("turn_number", "integer", "from 0"),
        Column("agent_id", "text", "who spoke"),
        Column("name", "text", "what the agent is called, where that is not its id"),
        Column("model", "text", "model that spoke"),
        Column("provider", "text", "service of the model; sim is a simulated one"),
        Column("timestamp", "time", "when the message was whole, UTC"),
        Column("content", "text", "what was said"),
        Column("length", "integer", "characters"),
        Column("tokens", "integer", "tokens of output; null where the user interrupted"),
        Column("duration", "number", "seconds from asking to the end"),
        Column("interrupted", "boolean", "whether the user cut it"),
        Column("reasoning", "text", "thinking that the service gave with it"),
        Column("response", "integer", "number of the response within its experiment"),
    ),
    message_rows,
)
TABLES: dict[str, Table] = {table.name: table for table in (EVENTS, MESSAGES)}
