"""Branches: what of an experiment a new one takes over, and how that is marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pidgin_cli.engine.experiment import Parent
from pidgin_cli.errors import UsageError
from pidgin_cli.events import payload
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.kind import Draft

_ENDS_RESPONSE = frozenset({"response.completed", "response.interrupted"})
_OF_ITS_OWN = frozenset({"pause.requested", "checkpoint.saved"})
"""Kinds that tell of the run itself, as those of experiments do, and not of the conversation."""


def parent_at(events: Sequence[Event], turn_number: int) -> Parent:
    """Give what a branch begins with: the turns before that one.

    What a crash left of a response is not taken over, and neither are pauses.

    Raises:
        UsageError: there are not as many turns.
    """
    turns = sum(event.type == "turn.completed" for event in events)
    experiment_id = events[0].experiment_id if events else ""
    if turn_number > turns:
        counted = f"{turns} whole turn{'s' * (turns != 1)}"
        raise UsageError(
            f"experiment {experiment_id} has {counted}: branch it at a turn from 0 to {turns}"
        )
    return Parent(experiment_id, turn_number, tuple(_history(events, turn_number)))


def _history(events: Sequence[Event], turn_number: int) -> Iterator[Draft]:
    whole = _whole_responses(events)
    for event in events:
        if event.type == "turn.started" and (event.turn_number or 0) >= turn_number:
            return
        if event.v != SCHEMA_VERSION or event.type.startswith("experiment."):
            continue
        response = payload.integer(event.data, "response")
        if event.type in _OF_ITS_OWN or (response is not None and response not in whole):
            continue
        yield Draft(event.type, event.data, event.turn_number, event.agent_id, copied_from=event.id)


def _whole_responses(events: Iterable[Event]) -> set[int | None]:
    """Give the numbers of the responses that ended, by themselves or because somebody cut them."""
    return {
        payload.integer(event.data, "response") for event in events if event.type in _ENDS_RESPONSE
    }
