"""One line an event: for a console, and for several experiments at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.views.figures import compact, counted, dollars, seconds, shortened, time_of_day
from pidgin_cli.views.notes import (
    cut_words,
    error_words,
    note,
    response_figures,
    target_words,
)
from pidgin_cli.views.sound import sound
from pidgin_cli.views.speakers import full_model
from pidgin_cli.views.visible import one_line

IMPORTANT = frozenset(
    {
        "experiment.started",
        "experiment.resumed",
        "experiment.completed",
        "experiment.failed",
        "turn.completed",
        "response.interrupted",
        "pause.requested",
        "conductor.intervention",
        "attractor.detected",
        "rate_limit.warning",
        "api.call.failed",
    }
)
"""Kinds of events that somebody who watches wants to see."""


def brief(event: Event) -> str | None:
    """Give one line, without a newline, of what happened where; None if the schema is unknown."""
    if event.v != SCHEMA_VERSION:
        return None
    event = sound(event)
    parts = [one_line(event.experiment_id), time_of_day(event.timestamp)]
    parts += [] if event.turn_number is None else [f"turn {event.turn_number}"]
    parts += [] if event.agent_id is None else [one_line(event.agent_id)]
    words = _WORDS.get(event.type, _unknown)(event.data)
    parts += [one_line(event.type), one_line(note(event) or "" if words is None else words)]
    return "  ".join(part for part in parts if part)


def _unknown(data: Mapping[str, Any]) -> str:
    return shortened(compact(dict(data))) if data else ""


def _noted(data: Mapping[str, Any]) -> None:
    """Leave the words to the note that every view shows of this kind."""


def _quote(text: str) -> str:
    return f"“{shortened(text)}”"


def _started(data: Mapping[str, Any]) -> str:
    models = [
        full_model(agent.get("model", ""), agent.get("provider", ""))
        for agent in data.get("agents", ())
    ]
    prompt = data.get("initial_prompt", "")
    return f"{', '.join(models)}  {_quote(prompt)}" if prompt else ", ".join(models)


def _completed(data: Mapping[str, Any]) -> str:
    return f"{data.get('reason', '')} {_spent(data)}"


def _failed(data: Mapping[str, Any]) -> str:
    return error_words(data.get("error", {}))


def _spent(data: Mapping[str, Any]) -> str:
    parts = [seconds(data["duration"])] if "duration" in data else []
    if "usage" in data:
        parts.append(counted(Usage.of(data["usage"]).total_tokens, "token"))
    parts += [dollars(data["cost_usd"])] if "cost_usd" in data else []
    return " ".join(parts)


def _responded(data: Mapping[str, Any]) -> str:
    return " ".join([_quote(data.get("content", "")), *response_figures(data)])


def _interrupted(data: Mapping[str, Any]) -> str:
    return f"{_quote(data.get('content', ''))} {cut_words(data)}"


def _streamed(data: Mapping[str, Any]) -> str:
    return _quote(data.get("delta", ""))


def _intervened(data: Mapping[str, Any]) -> str:
    source = data.get("source", "somebody")
    return f"by {source} to {target_words(data)} {_quote(data.get('content', ''))}"


def _called(data: Mapping[str, Any]) -> str:
    parts = [full_model(data.get("model", ""), data.get("provider", ""))]
    parts += [counted(data["messages"], "message")] if "messages" in data else []
    return " ".join([*parts, _spent(data)])


_WORDS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "experiment.started": _started,
    "experiment.resumed": _noted,
    "experiment.completed": _completed,
    "experiment.failed": _failed,
    "turn.completed": _spent,
    "response.streaming": _streamed,
    "response.completed": _responded,
    "response.interrupted": _interrupted,
    "conductor.intervention": _intervened,
    "pause.requested": _noted,
    "checkpoint.saved": _noted,
    "attractor.detected": _noted,
    "convergence.measured": _noted,
    "rate_limit.warning": _noted,
    "api.call.started": _called,
    "api.call.completed": _called,
    "api.call.failed": _noted,
}
