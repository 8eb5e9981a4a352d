"""What happened around the conversation, one sentence an event; never what anybody said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pidgin_cli.events.event import Event
from pidgin_cli.views.figures import compact, counted, seconds, share
from pidgin_cli.views.speakers import full_model


def note(event: Event) -> str | None:
    """Give the sentence of a sound event; None for speech and for what a reader need not know.

    Words of models and services stand in it as they are: whoever shows it makes them harmless.
    """
    words = _NOTES.get(event.type)
    return None if words is None else words(event, event.data)


def error_words(error: Mapping[str, Any]) -> str:
    """Give what failed: its kind and its message, as far as they are known."""
    parts = [error[key] for key in ("kind", "message") if error.get(key)]
    if "status" in error:
        parts.insert(0, f"status {error['status']}")
    return ": ".join(parts) or "unknown error"


def target_words(data: Mapping[str, Any]) -> str:
    """Give who an intervention is meant for."""
    target = data.get("target")
    return "all" if target is None else ", ".join(target) or "nobody"


def cut_words(data: Mapping[str, Any]) -> str:
    """Give by what a response was cut, and after how much."""
    reason = data.get("reason", "unknown reason")
    parts = [f"interrupted by {'the user' if reason == 'user' else reason}"]
    chars = data.get("chars_received", len(data.get("content", "")))
    parts.append(f"after {counted(chars, 'character')}")
    if "duration" in data:
        parts.append(f"and {seconds(data['duration'])}")
    return " ".join(parts)


def response_figures(data: Mapping[str, Any]) -> list[str]:
    """Give what a whole response took: tokens, seconds, and how it ended if not by itself."""
    figures = [counted(data["tokens"], "token")] if "tokens" in data else []
    figures += [seconds(data["duration"])] if "duration" in data else []
    finish = data.get("finish_reason", "stop")
    return figures if finish == "stop" else [*figures, f"finish: {finish}"]


def _resumed(event: Event, data: Mapping[str, Any]) -> str:
    parts = [f"resumed after: {data.get('reason', 'unknown reason')}"]
    if "turn_number" in data:
        place = f"goes on at turn {data['turn_number']}"
        parts.append(f"{place} with {data['agent_id']}" if "agent_id" in data else place)
    parts += [f"{key} is now {compact(value)}" for key, value in data.get("changes", {}).items()]
    return "; ".join(parts)


def _paused(event: Event, data: Mapping[str, Any]) -> str:
    reason, detail = data.get("reason", "unknown reason"), data.get("detail")
    return f"pause requested: {reason}, {detail}" if detail else f"pause requested: {reason}"


def _checkpoint(event: Event, data: Mapping[str, Any]) -> str:
    turns, messages = data.get("turns"), data.get("messages")
    parts = [counted(turns, "turn")] if type(turns) is int else []
    parts += [counted(messages, "message")] if messages is not None else []
    return f"checkpoint saved: {', '.join(parts)}" if parts else "checkpoint saved"


def _attractor(event: Event, data: Mapping[str, Any]) -> str:
    parts = [f"attractor detected: {data.get('kind', 'of unknown kind')}"]
    if "confidence" in data:
        parts.append(f"confidence {share(data['confidence'])}")
    turns = data.get("turns")
    if isinstance(turns, list) and turns:
        parts.append(f"turns {turns[0]}–{turns[-1]}" if len(turns) > 1 else f"turn {turns[0]}")
    if "description" in data:
        parts.append(data["description"])
    return ", ".join(parts)


def _convergence(event: Event, data: Mapping[str, Any]) -> str:
    if "score" not in data:
        return "convergence not known"
    chance = f" (by chance {share(data['baseline'])})" if "baseline" in data else ""
    return f"convergence {share(data['score'])}{chance}"


def _context(event: Event, data: Mapping[str, Any]) -> str | None:
    words = data.get("note")
    if not isinstance(words, str):
        return None
    return words if event.agent_id is None else f"{event.agent_id}: {words}"


def _rate_limit(event: Event, data: Mapping[str, Any]) -> str:
    words = f"rate limit of {data.get('provider', 'a provider')}"
    words += f": {data['message']}" if data.get("message") else ""
    return f"{words}; waits {seconds(data['retry_in'])}" if "retry_in" in data else words


def _call_failed(event: Event, data: Mapping[str, Any]) -> str | None:
    if is_cancelled(data):
        return None
    model = full_model(data.get("model", "a model"), data.get("provider", ""))
    place = [f"attempt {data['attempt']}"] if "attempt" in data else []
    place += [f"status {data['status']}"] if "status" in data else []
    where = f" ({', '.join(place)})" if place else ""
    after = "not tried again"
    if data.get("retryable") is True:
        after = f"tries again in {seconds(data['retry_in'])}" if "retry_in" in data else "may retry"
    return f"call to {model} failed{where}: {error_words(data.get('error', {}))}; {after}"


def is_cancelled(data: Mapping[str, Any]) -> bool:
    """Say whether a failed call was cut on purpose: its response tells of that."""
    error = data.get("error")
    return isinstance(error, Mapping) and error.get("kind") == "cancelled"


_NOTES: dict[str, Callable[[Event, Mapping[str, Any]], str | None]] = {
    "experiment.resumed": _resumed,
    "pause.requested": _paused,
    "checkpoint.saved": _checkpoint,
    "attractor.detected": _attractor,
    "convergence.measured": _convergence,
    "context.usage": _context,
    "rate_limit.warning": _rate_limit,
    "api.call.failed": _call_failed,
}
