"""The one fold from events to state: what an experiment is after the events so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from pidgin_cli.events import payload
from pidgin_cli.events.cast import Agent, Intervention, OpenResponse, Spoken, agent_of
from pidgin_cli.events.event import NOTHING, SCHEMA_VERSION, Event, nothing
from pidgin_cli.events.perspective import Message, Perspective
from pidgin_cli.events.usage import Usage

if TYPE_CHECKING:
    from pidgin_cli.events.experiment import Order

FEWEST_COUNTED = 3
"""Of so many tokens by the estimate a service counts at least one, or it was not given them all."""

ASKED_BY_LAST_TURN = frozenset({"convergence", "attractor", "stop_phrase"})
"""Reasons of pauses that something in the turn before asked for."""

State = Literal["unstarted", "running", "paused", "completed", "failed"]


@dataclass(slots=True)
class Conversation:
    """State of one experiment, built by applying its events in the order of the log.

    A failure is never a message, and neither is a response that was cut by anything but the user.
    A response or an intervention without any text is nothing that anybody could be sent.
    Payloads may have any values, for a log may have been written elsewhere: what is missing or of
    another type counts as nothing, or as its JSON where it should be text.
    Events of other schema versions are counted in `skipped` and change nothing else.

    `turn_number` is the turn under way or, between turns, the one that ended; -1 before the first.
    `spoken` holds who has had a turn's message, while that turn is under way.
    `turn_detections` holds what asks, or may ask, for the turn to be the last one: measurements
    with a score, and attractors with an action and a description. `excused_turn` is the turn that
    has had the pause that it asked for.
    `changes` holds what resuming changed, by the dotted names of settings; `requests` the ids of
    the control lines that were carried out.
    `call_usage` is what the call used that ended last.
    `longest_answer` is in tokens, `longest_turn` in seconds.
    """

    experiment_id: str = ""
    agents: tuple[Agent, ...] = ()
    initial_prompt: str = ""
    max_turns: int = 0
    seed: int | None = None
    started: Mapping[str, Any] = field(default_factory=nothing)
    writer: Mapping[str, Any] = field(default_factory=nothing)
    state: State = "unstarted"
    reason: str | None = None
    error: Mapping[str, Any] = field(default_factory=nothing)
    changes: dict[str, Any] = field(default_factory=dict)

    turn_number: int = -1
    turn_open: bool = False
    turns_completed: int = 0
    spoken: set[str] = field(default_factory=set)
    messages: list[Spoken] = field(default_factory=list)
    interventions: list[Intervention] = field(default_factory=list)
    perspectives: dict[str, Perspective] = field(default_factory=dict)
    open_response: OpenResponse | None = None
    next_response: int = 0
    requests: set[str] = field(default_factory=set)

    usage: Usage = field(default_factory=Usage)
    call_usage: Usage = field(default_factory=Usage)
    unpriced_calls: int = 0
    interruptions: int = 0
    convergence: float | None = None
    highest_convergence: float | None = None
    attractors: int = 0
    turn_detections: list[Event] = field(default_factory=list)
    excused_turn: int = -1
    longest_answer: int = 0
    longest_turn: float = 0.0
    skipped: int = 0

    first_timestamp: float | None = None
    last_timestamp: float = 0.0
    _cost: float = 0.0
    _paused_seconds: float = 0.0
    _paused_at: float | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """Fold all of these events."""
        conversation = cls()
        for event in events:
            conversation.apply(event)
        return conversation

    def apply(self, event: Event) -> None:
        """Take in the next event."""
        if event.v != SCHEMA_VERSION:
            self.skipped += 1
            return
        if self.first_timestamp is None:
            self.first_timestamp = event.timestamp
            self.experiment_id = event.experiment_id
        change = _CHANGES.get(event.type)
        if change is not None:
            change(self, event)
        self.last_timestamp = event.timestamp

    @property
    def cost_usd(self) -> float | None:
        """Dollars spent; None where a call had no known price."""
        return None if self.unpriced_calls else self._cost

    @property
    def known_cost_usd(self) -> float:
        """Dollars spent, as far as prices are known."""
        return self._cost

    @property
    def duration(self) -> float:
        """Seconds from the first event to the last, without the time of pauses."""
        if self.first_timestamp is None:
            return 0.0
        last = self.last_timestamp if self._paused_at is None else self._paused_at
        return round(last - self.first_timestamp - self._paused_seconds, 6)

    def agent(self, agent_id: str) -> Agent:
        """Give the agent of that id.

        Raises:
            KeyError: there is none.
        """
        for agent in self.agents:
            if agent.agent_id == agent_id:
                return agent
        raise KeyError(agent_id)

    @property
    def order(self) -> Order:
        """Who begins a turn: always the first agent, or each time the next one."""
        return "round_robin" if self.started.get("order") == "round_robin" else "named"

    def speakers(self, turn_number: int) -> tuple[Agent, ...]:
        """Give the agents in the order in which they speak in a turn."""
        if not self.agents or self.order == "named":
            return self.agents
        first = turn_number % len(self.agents)
        return self.agents[first:] + self.agents[:first]

    def _start(self, event: Event) -> None:
        data = event.data
        self.agents = tuple(agent_of(item) for item in payload.mappings(data, "agents"))
        self.initial_prompt = payload.text(data, "initial_prompt") or ""
        self.max_turns = payload.integer(data, "max_turns") or 0
        self.seed = payload.integer(data, "seed")
        self.started = data
        self.writer = payload.mapping(data, "writer")
        self.state = "running"
        for agent in self.agents:
            perspective = self.perspectives[agent.agent_id] = Perspective()
            if agent.system_prompt:
                perspective.add(Message("system", agent.system_prompt))
            if self.initial_prompt:
                perspective.add(Message("user", self.initial_prompt))

    def _resume(self, event: Event) -> None:
        self.writer = payload.mapping(event.data, "writer")
        self._note_request(event)
        self.changes.update(payload.mapping(event.data, "changes"))
        raised = payload.integer(self.changes, "max_turns")
        self.max_turns = self.max_turns if raised is None else raised
        if self.reason in ASKED_BY_LAST_TURN:
            # It has had the pause that it asked for, and asks only once.
            self.turn_detections.clear()
            self.excused_turn = self.turn_number
        self.state, self.reason, self.error = "running", None, NOTHING
        self.open_response = None
        stopped = self.last_timestamp if self._paused_at is None else self._paused_at
        self._paused_seconds += event.timestamp - stopped
        self._paused_at = None

    def _complete(self, event: Event) -> None:
        self.state, self.reason = "completed", payload.text(event.data, "reason")
        self.open_response = None

    def _fail(self, event: Event) -> None:
        self.state, self.error = "failed", payload.error(event.data)
        self.reason = payload.text(self.error, "kind")
        self.open_response = None

    def _start_turn(self, event: Event) -> None:
        self.turn_number = event.turn_number or 0
        self.turn_open = True
        self.spoken.clear()
        self.turn_detections.clear()

    def _complete_turn(self, event: Event) -> None:
        self.turn_open = False
        self.turns_completed += 1
        duration = payload.number(event.data, "duration") or 0.0
        self.longest_turn = max(self.longest_turn, duration)

    def _call(self, event: Event) -> None:
        self._saw_response(event)

    def _start_response(self, event: Event) -> None:
        response = self._saw_response(event)
        self.open_response = OpenResponse(response, event.agent_id or "", event.turn_number or 0)

    def _stream(self, event: Event) -> None:
        if self.open_response is not None:
            self.open_response.pieces.append(payload.text(event.data, "delta") or "")

    def _complete_response(self, event: Event) -> None:
        self._speak(event, self._saw_response(event), interrupted=False)

    def _interrupt_response(self, event: Event) -> None:
        response = self._saw_response(event)
        self.interruptions += 1
        self._note_request(event)
        if event.data.get("reason") == "user":
            self._speak(event, response, interrupted=True)
        else:
            self.open_response = None

    def _speak(self, event: Event, response: int, *, interrupted: bool) -> None:
        data, agent_id = event.data, event.agent_id or ""
        content = payload.text(data, "content") or ""
        self.spoken.add(agent_id)
        self.open_response = None
        if interrupted and not content:
            return
        self.messages.append(
            Spoken(
                agent_id,
                event.turn_number or 0,
                content,
                response,
                interrupted,
                event.timestamp,
                payload.number(data, "duration") or 0.0,
                payload.integer(data, "tokens"),
                payload.text(data, "model"),
                payload.text(data, "reasoning"),
            )
        )
        if content:
            self._hear(agent_id, content)

    def _hear(self, agent_id: str, content: str) -> None:
        if not self.perspectives:
            return
        speaker = next((a.shown_name for a in self.agents if a.agent_id == agent_id), agent_id)
        crowd = len(self.agents) > 2
        for listener, perspective in self.perspectives.items():
            if listener == agent_id:
                perspective.add(Message("assistant", content))
            else:
                heard = f"{speaker}: {content}" if crowd else content
                perspective.add(Message("user", heard, speaker if crowd else None))

    def _intervene(self, event: Event) -> None:
        data = event.data
        intervention = Intervention(
            event.turn_number,
            payload.text(data, "source") or "human",
            payload.text(data, "content") or "",
            payload.texts(data, "target"),
            event.timestamp,
        )
        self.interventions.append(intervention)
        self._note_request(event)
        if not intervention.content:
            return
        role: Literal["system", "user"] = "system" if intervention.source == "system" else "user"
        for agent_id, perspective in self.perspectives.items():
            if intervention.target is None or agent_id in intervention.target:
                perspective.add(Message(role, intervention.content))

    def _note_request(self, event: Event) -> None:
        request = payload.text(event.data, "request")
        if request is not None:
            self.requests.add(request)

    def _pause(self, event: Event) -> None:
        self._note_request(event)
        self.reason = payload.text(event.data, "reason")

    def _checkpoint(self, event: Event) -> None:
        if self.reason is not None:
            self.state = "paused"
            if self._paused_at is None:
                # What is put in during a pause does not end it.
                self._paused_at = event.timestamp

    def _complete_call(self, event: Event) -> None:
        self._saw_response(event)
        self._spend(event)
        self._count(event, self.call_usage.input_tokens)
        if "copied_from" not in event.extra:
            cost = payload.number(event.data, "cost_usd")
            if cost is None:
                self.unpriced_calls += 1
            else:
                self._cost += cost

    def _count(self, event: Event, counted: int) -> None:
        # A service that counted far too few has cut the messages: its count says nothing of them.
        perspective = self.perspectives.get(event.agent_id or "")
        if perspective is not None and counted * FEWEST_COUNTED > perspective.tokens:
            perspective.count(counted)

    def _fail_call(self, event: Event) -> None:
        self._saw_response(event)
        self._spend(event)
        if "usage" in event.data and "copied_from" not in event.extra:
            self._cost += payload.number(event.data, "cost_usd") or 0.0

    def _spend(self, event: Event) -> None:
        self.call_usage = usage = Usage.of(event.data.get("usage"))
        if usage.output_tokens > self.longest_answer:
            self.longest_answer = usage.output_tokens
        if "copied_from" not in event.extra:
            self.usage += usage

    def _measure(self, event: Event) -> None:
        score = payload.number(event.data, "score")
        if score is not None:
            self.turn_detections.append(event)
            self.convergence = score
            self.highest_convergence = max(score, self.highest_convergence or 0.0)

    def _attract(self, event: Event) -> None:
        self.attractors += 1
        if all(isinstance(event.data.get(key), str) for key in ("action", "description")):
            self.turn_detections.append(event)

    def _saw_response(self, event: Event) -> int:
        response = payload.integer(event.data, "response")
        if response is None:
            under_way = self.open_response
            response = self.next_response if under_way is None else under_way.response
        if response >= self.next_response:
            self.next_response = response + 1
        return response


_CHANGES: dict[str, Callable[[Conversation, Event], None]] = {
    "experiment.started": Conversation._start,
    "experiment.resumed": Conversation._resume,
    "experiment.completed": Conversation._complete,
    "experiment.failed": Conversation._fail,
    "turn.started": Conversation._start_turn,
    "turn.completed": Conversation._complete_turn,
    "response.started": Conversation._start_response,
    "response.streaming": Conversation._stream,
    "response.completed": Conversation._complete_response,
    "response.interrupted": Conversation._interrupt_response,
    "conductor.intervention": Conversation._intervene,
    "pause.requested": Conversation._pause,
    "checkpoint.saved": Conversation._checkpoint,
    "attractor.detected": Conversation._attract,
    "convergence.measured": Conversation._measure,
    "api.call.started": Conversation._call,
    "api.call.completed": Conversation._complete_call,
    "api.call.failed": Conversation._fail_call,
}
