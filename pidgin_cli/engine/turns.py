"""The state machine of a conversation: from what has happened to what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pidgin_cli.config.settings import ConvergenceSettings
from pidgin_cli.engine.experiment import Rules
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.experiment import CompletionReason
from pidgin_cli.events.interventions import PauseReason


@dataclass(frozen=True, slots=True)
class StartTurn:
    """Begin that turn."""

    turn_number: int


@dataclass(frozen=True, slots=True)
class Speak:
    """Let that agent speak."""

    turn_number: int
    agent_id: str


@dataclass(frozen=True, slots=True)
class EndTurn:
    """Everybody has spoken: look for detections and close the turn."""

    turn_number: int


@dataclass(frozen=True, slots=True)
class Complete:
    """The experiment is over."""

    reason: CompletionReason


@dataclass(frozen=True, slots=True)
class Pause:
    """A rule asks for a pause; detail is a sentence for a person."""

    reason: PauseReason
    detail: str


Step = StartTurn | Speak | EndTurn | Complete | Pause


def next_step(conversation: Conversation, rules: Rules) -> Step:
    """Give what comes next. A rule that asked for a pause asks only once for what it saw."""
    turn_number = conversation.turn_number
    if conversation.turn_open:
        for agent in conversation.agents:
            if agent.agent_id not in conversation.spoken:
                return Speak(turn_number, agent.agent_id)
        return EndTurn(turn_number)
    ending = _ending(conversation.turn_detections, rules)
    if ending is not None:
        return ending
    if conversation.turns_completed >= conversation.max_turns:
        return Complete("max_turns")
    return StartTurn(turn_number + 1)


def _ending(detections: Iterable[Event], rules: Rules) -> Complete | Pause | None:
    """Give what the detections of the last turn ask for; to stop comes before to pause."""
    endings = [ending for event in detections if (ending := _asked(event, rules))]
    endings.sort(key=lambda ending: isinstance(ending, Pause))
    return endings[0] if endings else None


def _asked(event: Event, rules: Rules) -> Complete | Pause | None:
    if event.type == "convergence.measured":
        return _converged(event.data["score"], rules.conversation.convergence)
    match event.data["action"]:
        case "stop":
            return Complete("attractor")
        case "pause":
            return Pause("attractor", event.data["description"])
    return None


def _converged(score: float, settings: ConvergenceSettings) -> Complete | Pause | None:
    if settings.action == "log" or score < settings.threshold:
        return None
    if settings.action == "stop":
        return Complete("convergence")
    return Pause("convergence", f"convergence {score} reached the threshold {settings.threshold}")
