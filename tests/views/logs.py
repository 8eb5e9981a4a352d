"""Small logs, made by hand with a clock and ids that are always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from pidgin_cli.events.calls import api_call_completed, api_call_failed, api_call_started
from pidgin_cli.events.codec import encode
from pidgin_cli.events.detections import (
    attractor_detected,
    context_usage,
    convergence_measured,
    rate_limit_warning,
)
from pidgin_cli.events.experiment import (
    experiment_completed,
    experiment_failed,
    experiment_resumed,
    experiment_started,
)
from pidgin_cli.events.interventions import (
    checkpoint_saved,
    conductor_intervention,
    pause_requested,
)
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import Seal
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.events.turns import (
    response_completed,
    response_interrupted,
    response_started,
    response_streaming,
    turn_completed,
    turn_started,
)


@dataclass(frozen=True)
class Copied:
    """A draft that a branch took over from another log."""

    draft: Draft
    copied_from: str


WRITER = {"pidgin": "0.0.0", "host": "here", "boot": "b"}
MODELS = {"agent_a": "chatty", "agent_b": "terse"}
SAID = "response.completed"
USAGE = {"input_tokens": 30, "output_tokens": 12}


def log(name: str) -> bytes:
    """Give the bytes of the log of that name."""
    ticks = count(1234567890_000, 250)
    stamp = Stamp(f"exp_{name}", clock=lambda: next(ticks) / 1000, token=lambda size: "0f" * size)
    seal = Seal()
    lines = []
    for drafted in LOGS[name]():
        copied = isinstance(drafted, Copied)
        event = stamp(seal.sealed(drafted.draft if copied else drafted))
        if copied:
            event = event.changed(extra={"copied_from": drafted.copied_from})
        line = encode(event)
        seal.add(line)
        lines.append(line)
    return b"".join(lines)


def started(prompt: str = "Discuss emergence", **more: Any) -> Draft:
    agents = [
        {
            "agent_id": agent_id,
            "model": model,
            "provider": "sim",
            "parameters": {"temperature": 0.7} if agent_id == "agent_a" else {},
        }
        for agent_id, model in MODELS.items()
    ]
    return experiment_started(
        {
            "agents": agents,
            "initial_prompt": prompt,
            "max_turns": 2,
            "seed": 7,
            "labels": {},
            "limits": {},
            "settings": {},
            "writer": WRITER,
            **more,
        }
    )


def turn(number: int, *parts: Iterable[Draft]) -> Iterator[Draft]:
    yield turn_started({}, number)
    for part in parts:
        yield from part
    yield turn_completed({"duration": 2.5, "usage": USAGE, "cost_usd": 0.01}, number)


def call(number: int, agent_id: str, response: int, attempt: int = 1) -> Iterator[Draft]:
    model = MODELS[agent_id]
    yield api_call_started(
        {
            "response": response,
            "provider": "sim",
            "model": model,
            "attempt": attempt,
            "parameters": {"asked": {}, "sent": {}},
            "messages": 1,
            "messages_sha256": "00",
        },
        number,
        agent_id,
    )


def deltas(number: int, agent_id: str, response: int, *texts: str) -> Iterator[Draft]:
    yield from call(number, agent_id, response)
    yield response_started({"response": response, "model": MODELS[agent_id]}, number, agent_id)
    for index, text in enumerate(texts):
        data = {"response": response, "index": index, "delta": text}
        yield response_streaming(data, number, agent_id)


def says(number: int, agent_id: str, response: int, *texts: str) -> Iterator[Draft]:
    yield from deltas(number, agent_id, response, *texts)
    model, content = MODELS[agent_id], "".join(texts)
    yield api_call_completed(
        {
            "response": response,
            "provider": "sim",
            "model": model,
            "served_model": model,
            "status": None,
            "request_id": None,
            "duration": 1.2,
            "time_to_first_chunk": 0.1,
            "usage": USAGE,
            "finish_reason": "stop",
            "native_finish_reason": None,
            "cost_usd": 0.005,
        },
        number,
        agent_id,
    )
    yield response_completed(
        {
            "response": response,
            "content": content,
            "length": len(content),
            "tokens": 12,
            "duration": 1.2,
            "model": model,
            "finish_reason": "stop",
        },
        number,
        agent_id,
    )


def cut(number: int, agent_id: str, response: int, reason: Any, *texts: str) -> Iterator[Draft]:
    yield from deltas(number, agent_id, response, *texts)
    content = "".join(texts)
    yield response_interrupted(
        {
            "response": response,
            "content": content,
            "chars_received": len(content),
            "duration": 0.8,
            "reason": reason,
        },
        number,
        agent_id,
    )


def refused(number: int, agent_id: str, response: int, *, retryable: bool) -> Iterator[Draft]:
    yield from call(number, agent_id, response)
    yield api_call_failed(
        {
            "response": response,
            "provider": "sim",
            "model": MODELS[agent_id],
            "attempt": 1,
            "status": 529,
            "error": {"kind": "overloaded", "message": "the service is *overloaded*"},
            "retryable": retryable,
            "retry_in": 2.0 if retryable else None,
            "request_id": None,
        },
        number,
        agent_id,
    )


def measured(number: int, score: float) -> Iterator[Draft]:
    detector = {"name": "convergence", "version": 1}
    data = {"score": score, "components": {}, "detector": detector}
    yield convergence_measured(data, number)


def ended(reason: Any = "max_turns", turns: int = 2) -> Draft:
    return experiment_completed(
        {"reason": reason, "turns": turns, "duration": 5.0, "usage": USAGE, "cost_usd": 0.02}
    )


def complete() -> Iterator[Draft]:
    yield started(group="pilot", labels={"tone": "calm"})
    yield from turn(
        0,
        says(0, "agent_a", 0, "Ants build\nwhat no ant ", "plans.\n\n- paths\n- `nests`"),
        says(0, "agent_b", 1, "**Indeed.**"),
        measured(0, 0.25),
    )
    yield from turn(
        1,
        [context_usage(_context("chatty", 90.0), 1, "agent_a")],
        says(1, "agent_a", 2, "Code:\n```python\nif a < b:\n    # no heading\n```\nSo it is."),
        refused(1, "agent_b", 3, retryable=True),
        says(1, "agent_b", 4, "Thank you! 👩‍👩‍👧"),
        measured(1, 0.5),
        [attractor_detected(_attractor(), 1)],
        [conductor_intervention(_words("mediator", "Try a\nnew topic", ["agent_b"]), 1)],
        [rate_limit_warning(_limit(), 1, "agent_a")],
    )
    yield ended()


def interrupted() -> Iterator[Draft]:
    yield started()
    yield from turn(
        0,
        cut(0, "agent_a", 0, "user", "Let me tell you ", "everything ab"),
        cut(0, "agent_b", 1, "timeout", "Well, I wou"),
        says(0, "agent_b", 2, "Go on."),
    )
    yield ended("stopped", 1)


def failed() -> Iterator[Draft]:
    yield started()
    yield turn_started({}, 0)
    yield from says(0, "agent_a", 0, "Hello?")
    yield from refused(0, "agent_b", 1, retryable=False)
    error = {"kind": "overloaded", "message": "the service is *overloaded*", "status": 529}
    yield experiment_failed({"error": error, "turns": 0, "duration": 1.0, "usage": USAGE})


def paused() -> Iterator[Draft]:
    yield started()
    yield from turn(0, says(0, "agent_a", 0, "One."), says(0, "agent_b", 1, "Two."))
    yield pause_requested({"reason": "cost_limit", "detail": "$0.01 of $0.01 spent"})
    yield checkpoint_saved({"turns": 1, "messages": 2})


def resumed() -> Iterator[Draft]:
    yield from paused()
    yield experiment_resumed(
        {
            "turn_number": 1,
            "agent_id": "agent_a",
            "reason": "paused",
            "changes": {"max_turns": 3},
            "writer": WRITER,
        }
    )
    yield conductor_intervention(_words("human", "Go on.", None))
    yield from turn(1, says(1, "agent_a", 2, "Three."), says(1, "agent_b", 3, "Four."))
    yield ended()


def crashed() -> Iterator[Draft]:
    """Killed in the middle of a response, resumed, and killed again."""
    yield started()
    yield turn_started({}, 0)
    yield from deltas(0, "agent_a", 0, "Half of ", "a sent")
    yield experiment_resumed(
        {
            "turn_number": 0,
            "agent_id": "agent_a",
            "reason": "crashed",
            "changes": {},
            "writer": WRITER,
        }
    )
    yield from says(0, "agent_a", 1, "A whole sentence.")
    yield from deltas(0, "agent_b", 2, "And ag")


def hostile() -> Iterator[Draft]:
    forged = "# Forged\n\nTitle\n=====\n\n## Turn 9\n\n**agent_b** · gpt\n***\n> quote"
    active = "<script>alert(1)</script> ![x](http://x/y.png) [a](javascript:b) [r]: http://x\n[r]"
    fence = (
        "```mermaid\nclick\n``\n~~~\n````\n# after\n- # list\n- ```\n- ---\n1. # one\n| a `|` <b>"
    )
    control = "\x1b]0;title\x07\x1b[31mred\r\u202egnp.exe\u2028\u200b\x9b"
    yield started(forged, group="<b>|x", labels={"a|b": "`c`\n# d"})
    yield from turn(
        0,
        says(0, "agent_a", 0, forged + "\n", active),
        says(0, "agent_b", 1, fence),
    )
    yield from turn(
        1,
        says(1, "agent_a", 2, control, "\n── turn 5 ──\nagent_b (sim:terse)"),
        cut(1, "agent_b", 3, "user", "```\nnever closed\n# no"),
    )
    error = {"kind": "*x*", "message": f"{control} ![x](y)\n# forged"}
    yield experiment_failed({"error": error, "turns": 2, "duration": 1.0, "usage": USAGE})


def thinking() -> Iterator[Draft]:
    """Three agents, of whom one thinks and one begins in the dark."""
    yield started(
        agents=[
            {
                "agent_id": f"agent_{x}",
                "model": "m",
                "provider": "sim",
                "parameters": {},
                "name": x.upper(),
            }
            for x in "abc"
        ]
    )
    for draft in says(0, "agent_a", 0, "A thought."):
        reasoning = {"reasoning": "# What would\n</details>**they** expect?"}
        yield replace(draft, data={**draft.data, **reasoning}) if draft.type == SAID else draft
    yield from says(0, "agent_b", 1, "Another.")


def redacted() -> Iterator[Draft]:
    """What is left of a log whose contents were taken out."""
    gone = "[REDACTED]"
    for draft in paused():
        data = dict(draft.data)
        for key in ("content", "delta", "initial_prompt", "detail"):
            if key in data:
                data[key] = gone
        if "content" in data:
            data["content_hash"] = "hmac-sha256:00"
        yield replace(draft, data=data)


def branched() -> Iterator[Draft | Copied]:
    first, *rest = paused()
    parent = {"experiment_id": "exp_paused", "turn_number": 1}
    yield replace(first, data={**first.data, "parent": parent})
    for number, draft in enumerate(rest[:-2], 1):
        yield Copied(draft, f"{'0f' * 8}-{number:06d}")
    yield from turn(1, says(1, "agent_a", 2, "Another way."), says(1, "agent_b", 3, "Yes."))
    yield ended()


def empty() -> Iterator[Draft]:
    return iter(())


def _context(model: str, percentage: float) -> Any:
    return {
        "model": model,
        "tokens_used": 900,
        "tokens_remaining": 100,
        "limit": 1000,
        "percentage": percentage,
        "estimated": True,
        "note": f"the context of {model} is {percentage} % full",
    }


def _attractor() -> Any:
    return {
        "kind": "gratitude_spiral",
        "description": "both only thank each other",
        "confidence": 0.834,
        "turns": [0, 1],
        "detector": {"name": "attractor", "version": 1},
        "action": "log",
    }


def _words(source: str, content: str, target: list[str] | None) -> Any:
    return {"source": source, "content": content, "target": target}


def _limit() -> Any:
    return {"provider": "sim", "message": "3 calls are left", "retry_in": 4.0, "limits": {}}


LOGS: dict[str, Callable[[], Iterator[Draft | Copied]]] = {
    made.__name__: made
    for made in (
        complete,
        interrupted,
        failed,
        paused,
        resumed,
        crashed,
        redacted,
        branched,
        thinking,
        hostile,
        empty,
    )
}
