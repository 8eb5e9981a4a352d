"""What follows from the responses of an experiment, and how two runs of it differ in that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.event import Event

LONGEST_SHOWN = 120
"""Characters that a message shows of a value."""

_Key = tuple[int, str, str]


def _of(*names: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda data: {name: data.get(name) for name in names}


_DERIVED: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "context.usage": _of("tokens_used", "limit"),
    "api.call.started": _of("messages", "messages_sha256"),
    "response.completed": _of("content", "tokens", "finish_reason"),
    "convergence.measured": _of("score", "components", "baseline", "detector"),
    "attractor.detected": _of("kind", "description", "confidence", "turns", "detector"),
    "experiment.completed": _of("reason", "turns"),
}
"""What of each kind follows from the responses alone, whatever the time and the attempts."""


class Derived:
    """What follows from the responses of one run, by turn, agent and kind."""

    def __init__(self) -> None:
        self.values: dict[_Key, Any] = {}

    def take(self, event: Event) -> None:
        """Take in the next event; what was made again counts as it was made last."""
        derive = _DERIVED.get(event.type)
        if derive is None:
            return
        kind = event.type
        if kind == "attractor.detected":
            kind = f"{kind} of kind {event.data.get('kind')}"
        turn = -1 if event.turn_number is None else event.turn_number
        self.values[turn, event.agent_id or "", kind] = derive(event.data)


def differences(recorded: Derived, again: Derived) -> Iterator[str]:
    """Give a sentence for each value that is another one, in the order of the recorded run."""
    for key in {**recorded.values, **again.values}:
        before, now = recorded.values.get(key), again.values.get(key)
        if before != now and not _is_cut_off(key, recorded, again):
            turn, agent_id, kind = key
            where = " ".join([*([f"turn {turn}"] if turn >= 0 else []), agent_id]).strip()
            place = f"{where}: {kind}" if where else kind
            yield f"{place}: {_difference(before, now)}"


def _is_cut_off(key: _Key, recorded: Derived, again: Derived) -> bool:
    """Say whether a run ended before it made its call, and so has only half of what is there."""
    turn, agent_id, kind = key
    answered = (turn, agent_id, "response.completed")
    in_both = answered in recorded.values and answered in again.values
    return kind in ("context.usage", "api.call.started") and not in_both


def _difference(before: Any, now: Any) -> str:
    if before is None:
        return f"is there now: {_shown(now)}"
    if now is None:
        return f"is not there any more: {_shown(before)}"
    names = [name for name in before if before[name] != now.get(name)]
    return "; ".join(
        f"{name} was {_shown(before[name])} and is {_shown(now.get(name))}" for name in names
    )


def _shown(value: Any) -> str:
    text = encode_value(value).decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
