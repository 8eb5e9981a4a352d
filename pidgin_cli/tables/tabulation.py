"""One experiment, made into the rows of all tables as its events come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pidgin_cli.events.cast import Agent, Spoken
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import NOTHING, SCHEMA_VERSION, Event
from pidgin_cli.tables.calls import OpenCall, ended_call
from pidgin_cli.tables.experiments import Beginning, Counts, experiment_row, label_rows
from pidgin_cli.tables.occurrences import (
    attractor_row,
    convergence_row,
    interruption_row,
    intervention_row,
)
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.turns import OpenTurn
from pidgin_cli.tables.values import integer, number, seconds, text

MOST_OPEN_CALLS = 64
"""Calls that are waited for at once; of a log that leaves more open, the oldest never ended."""

DELTA = "response.streaming"

Made = tuple[str, int, Row]
"""The name of a table, where the row's first event stands, and the row."""


@dataclass(slots=True)
class OpenPause:
    """A pause after which the experiment has not gone on yet: its place, and values of columns."""

    place: int
    turn_number: int | None
    timestamp: float | None
    reason: str | None
    detail: str | None

    def row(self, experiment_id: str | None, resumed: float | None = None) -> Row:
        """Give the row of the pause."""
        return (
            experiment_id,
            self.turn_number,
            self.timestamp,
            self.reason,
            self.detail,
            resumed,
        )


@dataclass(slots=True)
class Tabulation:
    """What must be known of one experiment to make rows of its next event.

    Rows are given once nothing more can change them; what is still open is given on request, and
    comes again, under the same place, when it changes. The size of all this does not grow with the
    log. Events of other schema versions are counted, and make no rows.

    What a message is, the fold decides: a failure is none, and neither is a response that was cut
    by anything but the user.

    Args:
        experiment_id: as it stands in the rows.
        place: where the first event stands.
    """

    experiment_id: str | None
    place: int
    conversation: Conversation = field(default_factory=Conversation)
    beginning: Beginning = field(default_factory=Beginning)
    counts: Counts = field(default_factory=Counts)
    turn: OpenTurn | None = None
    pause: OpenPause | None = None
    calls: dict[str, OpenCall] = field(default_factory=dict)
    response_deltas: int = 0

    def feed(self, event: Event, place: int) -> Sequence[Made]:
        """Take in the next event, and give the rows that are complete now.

        Args:
            place: where the event stands; places of later events are greater.
        """
        if event.type == DELTA and self._is_under_way(event):
            self.skip_deltas(1, event.timestamp)
            return ()
        self.counts.events += 1
        self.conversation.apply(event)
        change = _CHANGES.get(event.type)
        if change is None or event.v != SCHEMA_VERSION:
            return ()
        return change(self, event, place)

    def _is_under_way(self, event: Event) -> bool:
        return event.v == SCHEMA_VERSION and self.conversation.first_timestamp is not None

    def skip_deltas(self, count: int, timestamp: float) -> None:
        """Take in that many pieces of text which came before the next event, and are not fed.

        Args:
            timestamp: Unix seconds of the last one.
        """
        self.conversation.last_timestamp = timestamp
        self.counts.events += count
        self.counts.deltas += count
        self.response_deltas += count

    def open_rows(self) -> Iterator[Made]:
        """Give the rows that may change: the experiment's own, and those of what is under way."""
        row = experiment_row(self.experiment_id, self.conversation, self.beginning, self.counts)
        yield "experiments", self.place, row
        if self.turn is not None:
            yield "turns", self.turn.place, self.turn.row(self.experiment_id)
        for call in self.calls.values():
            yield "api_calls", call.place, call.row(self.experiment_id)
        if self.pause is not None:
            yield "pauses", self.pause.place, self.pause.row(self.experiment_id)

    def _start(self, event: Event, place: int) -> Sequence[Made]:
        self.beginning = Beginning.of(event)
        # Rows need to know who takes part, and neither what each was told nor all the settings.
        self.conversation.perspectives.clear()
        self.conversation.started = self.conversation.writer = NOTHING
        self.conversation.agents = tuple(map(_known, self.conversation.agents))
        return [("labels", place, row) for row in label_rows(event)]

    def _resume(self, event: Event, place: int) -> Sequence[Made]:
        self.conversation.writer = NOTHING
        paused, self.pause = self.pause, None
        never_ended = [self._never_ended(key) for key in list(self.calls)]
        if paused is None:
            return never_ended
        row = paused.row(self.experiment_id, seconds(event.timestamp))
        return [("pauses", paused.place, row), *never_ended]

    def _pause(self, event: Event, place: int) -> Sequence[Made]:
        before = self.pause
        reason, detail = text(event.data.get("reason")), text(event.data.get("detail"))
        when = seconds(event.timestamp)
        self.pause = OpenPause(place, integer(event.turn_number), when, reason, detail)
        if before is None:
            return ()
        return [("pauses", before.place, before.row(self.experiment_id))]

    def _start_turn(self, event: Event, place: int) -> Sequence[Made]:
        turn_number, before = integer(event.turn_number), self.turn
        if before is not None and before.turn_number == turn_number:
            return ()
        self.turn = OpenTurn(place, turn_number, seconds(event.timestamp))
        if before is None:
            return ()
        return [("turns", before.place, before.row(self.experiment_id))]

    def _complete_turn(self, event: Event, place: int) -> Sequence[Made]:
        turn = self.turn or OpenTurn(place, integer(event.turn_number))
        self.turn = None
        return [("turns", turn.place, turn.row(self.experiment_id, event))]

    def _fail(self, event: Event, place: int) -> Sequence[Made]:
        # A foreign one may hold anything, of any depth.
        kept = ("kind", "message")
        self.conversation.error = {key: text(self.conversation.error.get(key)) for key in kept}
        return ()

    def _start_response(self, event: Event, place: int) -> Sequence[Made]:
        self.response_deltas = 0
        return ()

    def _stream(self, event: Event, place: int) -> Sequence[Made]:
        if self.conversation.open_response is not None:
            self.conversation.open_response.pieces.clear()
        self.counts.deltas += 1
        self.response_deltas += 1
        return ()

    def _interrupt_response(self, event: Event, place: int) -> Sequence[Made]:
        if self.turn is not None:
            self.turn.interruptions += 1
        return [("interruptions", place, interruption_row(event)), *self._spoken(event, place)]

    def _spoken(self, event: Event, place: int) -> Sequence[Made]:
        conversation, made = self.conversation, []
        conversation.spoken.clear()
        for spoken in conversation.messages:
            made.append(("messages", place, self._message_row(event, spoken)))
            self.counts.messages += 1
            if self.turn is not None:
                self.turn.messages += 1
        conversation.messages.clear()
        self.response_deltas = 0
        return made

    def _message_row(self, event: Event, spoken: Spoken) -> Row:
        agent = self._agent(spoken.agent_id)
        content = text(spoken.content) or ""
        return (
            self.experiment_id,
            self.counts.messages,
            integer(spoken.turn_number),
            text(spoken.agent_id),
            text(agent.name),
            text(spoken.model or agent.model or None),
            text(agent.provider or None),
            seconds(spoken.timestamp),
            content,
            len(content),
            integer(spoken.tokens),
            number(spoken.duration) if "duration" in event.data else None,
            spoken.interrupted,
            text(spoken.reasoning),
            integer(spoken.response) if "response" in event.data else None,
            self.response_deltas,
        )

    def _agent(self, agent_id: str) -> Agent:
        for agent in self.conversation.agents:
            if agent.agent_id == agent_id:
                return agent
        return _NOBODY

    def _start_call(self, event: Event, place: int) -> Sequence[Made]:
        call, made = OpenCall.of(event, place), []
        key = str(call.response)
        if key in self.calls:
            made.append(self._never_ended(key))
        elif len(self.calls) == MOST_OPEN_CALLS:
            made.append(self._never_ended(next(iter(self.calls))))
        self.calls[key] = call
        return made

    def _end_call(self, event: Event, place: int) -> Sequence[Made]:
        if event.type == "api.call.completed":
            self.counts.calls += 1
        else:
            self.counts.failed_calls += 1
        usage = self.conversation.call_usage
        if self.turn is not None:
            self.turn.spend(event, usage)
        call = self.calls.pop(str(integer(event.data.get("response"))), None)
        call = call or ended_call(event, place)
        return [("api_calls", call.place, call.row(self.experiment_id, event, usage))]

    def _never_ended(self, key: str) -> Made:
        call = self.calls.pop(key)
        return "api_calls", call.place, call.row(self.experiment_id)

    def _intervene(self, event: Event, place: int) -> Sequence[Made]:
        self.conversation.interventions.clear()
        self.conversation.requests.clear()
        self.counts.interventions += 1
        return [("interventions", place, intervention_row(event))]

    def _measure(self, event: Event, place: int) -> Sequence[Made]:
        self.conversation.turn_detections.clear()
        score = number(event.data.get("score"))
        if self.turn is not None and score is not None:
            self.turn.convergence = score
        return [("convergence", place, convergence_row(event))]

    def _attract(self, event: Event, place: int) -> Sequence[Made]:
        self.conversation.turn_detections.clear()
        return [("attractors", place, attractor_row(event))]


def _known(agent: Agent) -> Agent:
    return replace(agent, system_prompt=None, parameters=NOTHING)


_NOBODY = Agent("", "", "")
_CHANGES: dict[str, Callable[[Tabulation, Event, int], Sequence[Made]]] = {
    "experiment.started": Tabulation._start,
    "experiment.resumed": Tabulation._resume,
    "experiment.failed": Tabulation._fail,
    "turn.started": Tabulation._start_turn,
    "turn.completed": Tabulation._complete_turn,
    "response.started": Tabulation._start_response,
    DELTA: Tabulation._stream,
    "response.completed": Tabulation._spoken,
    "response.interrupted": Tabulation._interrupt_response,
    "conductor.intervention": Tabulation._intervene,
    "pause.requested": Tabulation._pause,
    "attractor.detected": Tabulation._attract,
    "convergence.measured": Tabulation._measure,
    "api.call.started": Tabulation._start_call,
    "api.call.completed": Tabulation._end_call,
    "api.call.failed": Tabulation._end_call,
}
