"""What is recorded of a whole experiment on its way: turns ended, pauses, the last word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.engine.experiment import Rules, this_writer
from pidgin_cli.engine.turns import Pause, Speak, next_step
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import NOTHING
from pidgin_cli.events.experiment import (
    CompletionReason,
    ErrorData,
    ExperimentCompleted,
    ExperimentFailed,
    ExperimentResumed,
    ResumeReason,
    experiment_completed,
    experiment_failed,
    experiment_resumed,
)
from pidgin_cli.events.interventions import (
    CheckpointSaved,
    PauseRequested,
    checkpoint_saved,
    pause_requested,
)
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.turns import TurnCompleted, turn_completed
from pidgin_cli.providers.base import ProviderError


def turn_ended(conversation: Conversation, turn_number: int, duration: float) -> Draft:
    """Draft the end of a turn that took so many seconds."""
    data = TurnCompleted(duration=duration, usage=conversation.usage.data())
    cost = _cost(conversation)
    if cost is not None:
        data["cost_usd"] = cost
    return turn_completed(data, turn_number)


def paused(conversation: Conversation, pause: Pause) -> list[Draft]:
    """Draft a pause and the checkpoint from which it can be resumed."""
    checkpoint = CheckpointSaved(
        turns=conversation.turns_completed, messages=len(conversation.messages)
    )
    requested = PauseRequested(reason=pause.reason, detail=pause.detail)
    if pause.request is not None:
        requested["request"] = pause.request
    return [pause_requested(requested), checkpoint_saved(checkpoint)]


def resumption(
    conversation: Conversation,
    reason: ResumeReason,
    changes: Mapping[str, Any] = NOTHING,
    request: str | None = None,
) -> Draft:
    """Draft the event that says where a conversation goes on, and what is changed."""
    step = next_step(conversation, Rules())
    data = ExperimentResumed(
        turn_number=conversation.turn_number + (not conversation.turn_open),
        agent_id=step.agent_id if isinstance(step, Speak) else None,
        reason=reason,
        changes=dict(changes),
        writer=this_writer(),
    )
    if request is not None:
        data["request"] = request
    return experiment_resumed(data)


def completed(
    conversation: Conversation, reason: CompletionReason, request: str | None = None
) -> Draft:
    """Draft the last word of an experiment that ended."""
    data = ExperimentCompleted(
        reason=reason,
        turns=conversation.turns_completed,
        duration=conversation.duration,
        usage=conversation.usage.data(),
    )
    cost = _cost(conversation)
    if cost is not None:
        data["cost_usd"] = cost
    if request is not None:
        data["request"] = request
    return experiment_completed(data)


def failed(conversation: Conversation, error: Exception) -> Draft:
    """Draft the last word of an experiment that could not go on."""
    data = ExperimentFailed(
        error=_error_data(error),
        turns=conversation.turns_completed,
        duration=conversation.duration,
        usage=conversation.usage.data(),
    )
    cost = _cost(conversation)
    if cost is not None:
        data["cost_usd"] = cost
    return experiment_failed(data)


def _cost(conversation: Conversation) -> float | None:
    # A sum of floats shows digits that nobody was billed.
    cost = conversation.cost_usd
    return None if cost is None else round(cost, 9)


def _error_data(error: Exception) -> ErrorData:
    if not isinstance(error, ProviderError):
        return ErrorData(kind="internal", message=f"{type(error).__name__}: {error}")
    data = ErrorData(kind=error.kind, message=error.message)
    if error.status is not None:
        data["status"] = error.status
    return data
