"""How a conversation began, and what it came to, as pairs of words that every view can set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.events import payload
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.usage import Usage
from pidgin_cli.views.figures import compact, dollars, moment, seconds, share
from pidgin_cli.views.notes import error_words

Pair = tuple[str, str]


def beginning(conversation: Conversation) -> list[Pair]:
    """Give what was set before the first turn: time, seed, limits, group, labels, parent."""
    started = conversation.started
    pairs = [("started", moment(conversation.first_timestamp or 0.0))]
    pairs += [(key, compact(started[key])) for key in ("seed", "repetition") if key in started]
    if "max_turns" in started:
        pairs.append(("turns at most", str(started["max_turns"])))
    if "group" in started:
        pairs.append(("group", started["group"]))
    pairs += [(key, _plain(value)) for key, value in started.get("labels", {}).items()]
    pairs += [(f"limit {key}", _plain(value)) for key, value in started.get("limits", {}).items()]
    parent = started.get("parent", {})
    if "experiment_id" in parent:
        turn = parent.get("turn_number", "unknown")
        pairs.append(("branched from", f"{parent['experiment_id']}, before turn {turn}"))
    return pairs


def ending(conversation: Conversation) -> str:
    """Give how it ended, or that it did not."""
    reason = conversation.reason
    match conversation.state:
        case "completed":
            return "stopped" if reason == "stopped" else f"completed: {reason or 'unknown reason'}"
        case "failed":
            return f"failed: {error_words(conversation.error)}"
        case "paused":
            return f"paused: {reason}; it can be resumed"
        case _:
            return "unfinished: the log has no last word, so it still runs or it crashed"


def outcome(conversation: Conversation) -> list[Pair]:
    """Give the figures of the whole: turns, time, tokens, cost, and what was noticed."""
    usage = conversation.usage
    pairs = [
        ("ended", ending(conversation)),
        ("turns", str(conversation.turns_completed)),
        ("duration", seconds(conversation.duration)),
        ("tokens", f"{usage.input_tokens} in, {usage.output_tokens} out"),
        ("cost", dollars(conversation.cost_usd)),
        ("interruptions", str(conversation.interruptions)),
        ("attractors", str(conversation.attractors)),
    ]
    highest = conversation.highest_convergence
    pairs.append(("highest convergence", "not measured" if highest is None else share(highest)))
    if conversation.skipped:
        pairs.append(("left out", f"{conversation.skipped} of a schema version not known here"))
    return pairs


def last_words(data: Mapping[str, Any]) -> list[Pair]:
    """Give the figures of the whole that a last event tells, for a reader who came late."""
    turns, duration = payload.integer(data, "turns"), payload.number(data, "duration")
    pairs = [] if turns is None else [("turns", str(turns))]
    pairs += [] if duration is None else [("duration", seconds(duration))]
    if "usage" in data:
        usage = Usage.of(data["usage"])
        pairs.append(("tokens", f"{usage.input_tokens} in, {usage.output_tokens} out"))
        pairs.append(("cost", dollars(data.get("cost_usd"))))
    return pairs


def _plain(value: object) -> str:
    return value if isinstance(value, str) else compact(value)
