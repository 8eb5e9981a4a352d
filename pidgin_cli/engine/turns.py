"""The state machine of a conversation: from what has happened to what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from pidgin_cli.config.settings import ConvergenceSettings, LimitSettings
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
    """A rule asks for a pause; detail is a sentence for a person.

    Args:
        request: id of the control line that asks for it, where one does.
    """

    reason: PauseReason
    detail: str
    request: str | None = None


Step = StartTurn | Speak | EndTurn | Complete | Pause


def next_step(conversation: Conversation, rules: Rules) -> Step:
    """Give what comes next. A rule that asked for a pause asks only once for what it saw."""
    turn_number = conversation.turn_number
    if conversation.turn_open:
        for agent in conversation.speakers(turn_number):
            if agent.agent_id not in conversation.spoken:
                return Speak(turn_number, agent.agent_id)
        return EndTurn(turn_number)
    ending = _ending(conversation, rules)
    if ending is not None:
        return ending
    if conversation.turns_completed >= conversation.max_turns:
        return Complete("max_turns")
    return StartTurn(turn_number + 1)


def phrase_said(conversation: Conversation, phrase: str) -> str | None:
    """Give the agent that said the phrase in the turn that ended, in any case; None for nobody.

    A turn that has had its pause is not looked at again.
    """
    turn_number = conversation.turn_number
    if turn_number == conversation.excused_turn:
        return None
    said = takewhile(
        lambda spoken: spoken.turn_number == turn_number, reversed(conversation.messages)
    )
    wanted = phrase.casefold()
    return next((each.agent_id for each in said if wanted in each.content.casefold()), None)


def _ending(conversation: Conversation, rules: Rules) -> Complete | Pause | None:
    """Give what the last turn asks for; to stop comes before to pause."""
    asked = [_asked(event, rules) for event in conversation.turn_detections]
    endings = [each for each in (*asked, _told(conversation, rules.limits)) if each is not None]
    endings.sort(key=lambda ending: isinstance(ending, Pause))
    return endings[0] if endings else None


def _told(conversation: Conversation, limits: LimitSettings) -> Complete | Pause | None:
    phrase, action = limits.stop_phrase, limits.actions.stop_phrase
    if phrase is None or action == "log":
        return None
    who = phrase_said(conversation, phrase)
    if who is None:
        return None
    if action == "stop":
        return Complete("stop_phrase")
    return Pause("stop_phrase", f"{who} said {phrase!r}")


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
