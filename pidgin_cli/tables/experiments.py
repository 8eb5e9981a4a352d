"""Experiments: what is known of one from its events so far, its row, and those of its labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pidgin_cli.events import payload
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.values import integer, json, mapping, number, seconds, text

_NOT_ENDED = ("unstarted", "running")
"""States of the fold in which only the lock of a log tells whether it runs, or crashed."""


@dataclass(slots=True)
class Beginning:
    """What an experiment said of itself when it began. Its fields are values of columns."""

    group_name: str | None = None
    repetition: int | None = None
    models: str | None = None
    agents: str | None = None
    parent_id: str | None = None
    parent_turn: int | None = None
    pidgin: str | None = None

    @classmethod
    def of(cls, event: Event) -> Beginning:
        """Read the event that began it."""
        data, parent = event.data, mapping(event.data.get("parent"))
        agents = payload.mappings(data, "agents")
        return cls(
            text(data.get("group")),
            integer(data.get("repetition")),
            json([text(agent.get("model")) for agent in agents]),
            json(agents),
            text(parent.get("experiment_id")),
            integer(parent.get("turn_number")),
            text(mapping(data.get("writer")).get("pidgin")),
        )


@dataclass(slots=True)
class Counts:
    """What is counted beside the fold."""

    events: int = 0
    deltas: int = 0
    messages: int = 0
    interventions: int = 0
    calls: int = 0
    failed_calls: int = 0


def experiment_row(
    experiment_id: str | None, conversation: Conversation, beginning: Beginning, counts: Counts
) -> Row:
    """Give the row of an experiment as it is after the events so far."""
    usage, error = conversation.usage, conversation.error
    return (
        experiment_id,
        "open" if conversation.state in _NOT_ENDED else conversation.state,
        text(conversation.reason),
        beginning.group_name,
        beginning.repetition,
        beginning.models,
        beginning.agents,
        text(conversation.initial_prompt),
        integer(conversation.max_turns),
        integer(conversation.seed),
        beginning.parent_id,
        beginning.parent_turn,
        seconds(conversation.first_timestamp),
        None if conversation.first_timestamp is None else seconds(conversation.last_timestamp),
        number(conversation.duration),
        conversation.turns_completed,
        counts.messages,
        conversation.interruptions,
        counts.interventions,
        conversation.attractors,
        number(conversation.convergence),
        number(conversation.highest_convergence),
        counts.calls,
        counts.failed_calls,
        integer(usage.input_tokens),
        integer(usage.output_tokens),
        integer(usage.cached_tokens),
        integer(usage.cache_write_tokens),
        integer(usage.reasoning_tokens),
        number(conversation.cost_usd),
        text(error.get("kind")),
        text(error.get("message")),
        counts.events,
        counts.deltas,
        beginning.pidgin,
    )


def label_rows(event: Event) -> Iterator[Row]:
    """Give a row for each label of the event that begins an experiment."""
    for key, value in mapping(event.data.get("labels")).items():
        yield text(event.experiment_id), text(key), text(value)
