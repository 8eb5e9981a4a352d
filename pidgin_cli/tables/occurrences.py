"""Rows that one event alone makes: measurements, attractors, interruptions, interventions."""

from __future__ import annotations

from typing import Any

from pidgin_cli.events import payload
from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.values import integer, json, listed, mapping, number, seconds, text


def event_row(
    event: Event, experiment_id: str | None, position: int, *, data: bool = True, null: Any = None
) -> Row:
    """Give the row of an event.

    Args:
        experiment_id: as it stands in the rows.
        position: how many events of its experiment came before it.
        data: whether its payload is wanted.
        null: what says that there is no value.
    """
    id, kind, turn_number, agent_id = event.id, event.type, event.turn_number, event.agent_id
    v = event.v
    # Nearly all need nothing done, and calls to see that would take most of the time.
    return (
        experiment_id,
        position,
        id if id.isascii() else text(id),
        kind if kind.isascii() else text(kind),
        seconds(event.timestamp),
        null if turn_number is None else integer(turn_number),
        null if agent_id is None else agent_id if agent_id.isascii() else text(agent_id),
        v if v == SCHEMA_VERSION else integer(v),
        encode_value(event.data).decode() if data else null,
        json(event.extra) if event.extra else null,
    )


def convergence_row(event: Event) -> Row:
    """Give the row of a measurement."""
    data = event.data
    detector = mapping(data.get("detector"))
    return (
        text(event.experiment_id),
        integer(event.turn_number),
        seconds(event.timestamp),
        number(data.get("score")),
        number(data.get("baseline")),
        listed(data.get("components")),
        listed(data.get("by_agent")),
        text(detector.get("name")),
        integer(detector.get("version")),
    )


def attractor_row(event: Event) -> Row:
    """Give the row of an attractor."""
    data = event.data
    detector = mapping(data.get("detector"))
    return (
        text(event.experiment_id),
        integer(event.turn_number),
        seconds(event.timestamp),
        text(data.get("kind")),
        text(data.get("description")),
        number(data.get("confidence")),
        listed(data.get("turns")),
        text(data.get("action")),
        text(detector.get("name")),
        integer(detector.get("version")),
    )


def interruption_row(event: Event) -> Row:
    """Give the row of a response that was cut."""
    data = event.data
    return (
        text(event.experiment_id),
        integer(event.turn_number),
        text(event.agent_id),
        integer(data.get("response")),
        seconds(event.timestamp),
        text(data.get("reason")),
        text(data.get("content")) or "",
        integer(data.get("chars_received")),
        number(data.get("duration")),
    )


def intervention_row(event: Event) -> Row:
    """Give the row of an intervention."""
    data = event.data
    target = payload.texts(data, "target")
    return (
        text(event.experiment_id),
        integer(event.turn_number),
        seconds(event.timestamp),
        text(data.get("source")) or "human",
        text(data.get("content")) or "",
        None if target is None else json([text(each) for each in target]),
        text(data.get("request")),
    )
