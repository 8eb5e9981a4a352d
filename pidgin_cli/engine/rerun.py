"""Running an experiment again from its recorded responses, and seeing whether the same follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pidgin_cli.config.settings import LimitSettings
from pidgin_cli.engine.comparison import Derived, differences
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.experiment import Experiment, Rules, Scheduled, recorded_words
from pidgin_cli.engine.turns import EndTurn, Pause, Speak, StartTurn, next_step
from pidgin_cli.errors import UsageError
from pidgin_cli.events import payload
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.experiment import CompletionReason
from pidgin_cli.providers.recorded import Answer, RecordedProvider
from pidgin_cli.providers.router import Router

_NOT_DERIVED = frozenset({"stopped", "time_limit", "token_limit", "cost_limit"})
"""Reasons of an end that does not follow from what was said."""

Place = tuple[str, int | None, str | None]


@dataclass(slots=True)
class _Recording:
    """What of a log is given again, gathered event by event."""

    conversation: Conversation = field(default_factory=Conversation)
    answers: dict[tuple[int, str], Answer] = field(default_factory=dict)
    contexts: dict[str, int] = field(default_factory=dict)
    interventions: list[Scheduled] = field(default_factory=list)
    last: Place = ("experiment.started", None, None)
    _pieces: dict[int | None, list[str]] = field(default_factory=dict)
    _called: dict[int | None, dict[str, Any]] = field(default_factory=dict)
    _sent: dict[int | None, Any] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take in the next event."""
        data, response = event.data, payload.integer(event.data, "response")
        match event.type:
            case "api.call.started":
                self._sent[response] = payload.mapping(payload.mapping(data, "parameters"), "sent")
            case "api.call.completed":
                self._called[response] = dict(data)
            case "response.streaming":
                self._pieces.setdefault(response, []).append(payload.text(data, "delta") or "")
            case "response.completed":
                self._say(event, response, cut=False)
            case "response.interrupted" if data.get("reason") == "user":
                self._say(event, response, cut=True)
            case "context.usage":
                limit = payload.integer(data, "limit")
                if limit is not None:
                    self.contexts[payload.text(data, "model") or ""] = limit
            case "conductor.intervention":
                self._intervene(event)
            case "turn.completed":
                self.last = (event.type, event.turn_number, None)
        self.conversation.apply(event)

    def _say(self, event: Event, response: int | None, *, cut: bool) -> None:
        content = payload.text(event.data, "content") or ""
        pieces = self._pieces.pop(response, [])
        if "".join(pieces) != content:
            pieces = [content] if content else []
        self.answers[event.turn_number or 0, event.agent_id or ""] = Answer(
            tuple(pieces),
            cut,
            event.data,
            self._called.pop(response, {}),
            self._sent.pop(response, {}),
        )
        self.last = (event.type, event.turn_number, event.agent_id)

    def _intervene(self, event: Event) -> None:
        if not self.conversation.agents:
            return
        first = self.conversation.agents[0].agent_id
        match next_step(self.conversation, Rules()):
            case Speak(turn, agent_id):
                before = agent_id
            case StartTurn(turn):
                before = first
            case EndTurn(turn):
                turn, before = turn + 1, first
            case _:
                return
        words = recorded_words(event.data, event.id)
        self.interventions.append(Scheduled(turn, words, before))


class Rerun:
    """One experiment that is run again.

    Args:
        events: the whole log of it.

    Raises:
        UsageError: it is no experiment that began.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.control = Control()
        self._recording = _Recording()
        self._recorded, self._derived = Derived(), Derived()
        for event in events:
            self._recording.take(event)
            self._recorded.take(event)
        self._source = self._recording.conversation
        if not self._source.agents:
            raise UsageError("there is no experiment.started: nothing can be run again from it")
        # Rules that were changed on the way did not hold from the beginning.
        rules_changed = any(name != "max_turns" for name in self._source.changes)
        self._silent = frozenset({"pause", "stop"} if rules_changed else {"pause"})
        self._heard: dict[int, int] = {}
        self._turn = 0

    def experiment(self, named: Experiment) -> Experiment:
        """Give the experiment that is to be run, under the rules of the first one.

        Args:
            named: says what it is called; everything else is as it was.
        """
        source = self._source
        return replace(
            named,
            agents=source.agents,
            initial_prompt=source.initial_prompt,
            max_turns=source.max_turns,
            seed=source.seed or 0,
            order=source.order,
            rules=_only_noting(Rules.recorded(source), self._silent),
            interventions=tuple(self._recording.interventions),
            rerun_of=source.experiment_id,
        )

    def router(self) -> Router:
        """Give a router by which every model says what it said."""
        prefixes = {agent.model.partition(":")[0] for agent in self._source.agents}
        recording = self._recording
        return Router(
            {
                prefix: RecordedProvider(
                    prefix, recording.answers, recording.contexts, self.control.interrupt
                )
                for prefix in prefixes
            }
        )

    def watch(self, experiment_id: str, agent_id: str, response: int, text: str) -> None:
        """Cut a response where it was cut."""
        heard = self._heard[response] = self._heard.get(response, 0) + len(text)
        answer = self._recording.answers.get((self._turn, agent_id))
        if answer is not None and answer.cut and heard >= sum(map(len, answer.pieces)):
            self.control.interrupt()

    def steer(self, event: Event, control: Control) -> None:
        """End the run where the recorded responses end, if nothing in them says so."""
        self._derived.take(event)
        if event.turn_number is not None:
            self._turn = event.turn_number
        place = (event.type, event.turn_number, event.agent_id)
        if place != self._recording.last:
            return
        if self._source.state != "completed":
            control.leave(Pause("user", "the recorded responses end here"))
        elif self._source.reason in _NOT_DERIVED or "stop" in self._silent:
            control.stop(cast("CompletionReason", self._source.reason))

    def differences(self) -> Iterator[str]:
        """Give what follows now and did not then, a sentence each."""
        return differences(self._recorded, self._derived)


def _only_noting(rules: Rules, silent: Collection[str]) -> Rules:
    """Give the rules with what they see only noted, where their action is one of these.

    What was used up is not looked at: what a call may use at most is not known here.
    """

    def noting(settings: Any) -> Any:
        return settings._replace(action="log") if settings.action in silent else settings

    conversation, limits = rules.conversation, rules.limits
    phrase = None if limits.actions.stop_phrase in silent else limits.stop_phrase
    return rules._replace(
        conversation=conversation._replace(
            convergence=noting(conversation.convergence),
            attractor=noting(conversation.attractor),
        ),
        context=noting(rules.context),
        limits=LimitSettings(stop_phrase=phrase, actions=limits.actions),
    )
