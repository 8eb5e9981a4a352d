"""Events with secrets in them: every place of an event in which text can stand.

Each place takes what is planted and gives the lines of a stream. All lines are JSON, most are
events that pidgin writes, and some are what nobody should write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random
from typing import Any

from tests.filters.redaction.planted import DISGUISES, Planted, planted

TRACEBACK = """Traceback (most recent call last):
  File "/srv/app/client.py", line 12, in send
    raise ApiError(f"refused: {body}")
ApiError: refused: %s
"""


@dataclass(frozen=True, slots=True)
class Planting:
    """A stream with one secret in it.

    Args:
        place: where the secret stands, for the message of a test.
        kind: the kind of secret.
        lines: whole lines of JSON.
        secret: what may not be left, in no form.
    """

    place: str
    kind: str
    lines: bytes
    secret: str


def line(kind: str, data: Any, **others: Any) -> bytes:
    """Give one line as pidgin writes it."""
    event = {
        "v": 1,
        "id": "9f2c41d07be35a68-000017",
        "type": kind,
        "experiment_id": "exp_001",
        "timestamp": 1234567890.123,
        "turn_number": 0,
        "agent_id": "agent_a",
        "data": data,
    }
    return encoded({**event, **others})


def encoded(event: Any) -> bytes:
    """Give an object as a line, without escapes that nobody needs."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _completed(content: str, **others: Any) -> bytes:
    data = {"response": 0, "content": content, "length": len(content), "tokens": 3, "duration": 1.2}
    return line("response.completed", {**data, **others})


def _duplicated(text: str, *, first: bool) -> bytes:
    clean, planted = json.dumps("clean"), json.dumps(text)
    values = (planted, clean) if first else (clean, planted)
    keys = ",".join(f'"content":{value}' for value in values)
    return _completed("X").replace(b'"content":"X"', keys.encode())


def _duplicated_at_the_top(text: str) -> bytes:
    note = json.dumps(text).encode()
    return b'{"data":{"content":' + note + b"}," + _completed("clean")[1:]


def _started(text: str = "", **others: Any) -> bytes:
    agent = {"agent_id": "agent_a", "model": "sim:echo", "provider": "sim", "parameters": {}}
    data = {
        "agents": [{**agent, "system_prompt": text}],
        "initial_prompt": "Hello",
        "max_turns": 20,
        "seed": 7,
        "labels": {},
    }
    return line("experiment.started", {**data, **others}, turn_number=None, agent_id=None)


def _failed(message: str) -> bytes:
    error = {"kind": "internal", "message": message, "provider": "openai", "status": 500}
    return line("experiment.failed", {"error": error, "turns": 3, "duration": 1.5, "events": 9})


PLACES: Mapping[str, Callable[[str], bytes]] = {
    "the content of a message": _completed,
    "within a message": lambda text: _completed(f"Here it is: {text} \u2014 keep it."),
    "between Chinese words": lambda text: _completed(f"密钥是 {text} 。"),
    "the key of a value": lambda text: _completed("Hello", **{text: 1}),
    "the key of an inner value": lambda text: line("odd.happened", {"a": [{text: [True]}]}),
    "an inner value": lambda text: line("odd.happened", {"a": [{"b": [None, {"c": text}]}]}),
    "a list": lambda text: line("odd.happened", {"texts": ["one", text, "two"]}),
    "JSON in a message": lambda text: _completed(json.dumps({"result": {"value": text}})),
    "JSON in JSON": lambda text: _completed(json.dumps({"arguments": json.dumps({"v": text})})),
    "JSON in escapes": lambda text: _completed(json.dumps({"v": text}).replace("e", "\\u0065")),
    "the first of two keys": lambda text: _duplicated(text, first=True),
    "the last of two keys": lambda text: _duplicated(text, first=False),
    "the first of two payloads": _duplicated_at_the_top,
    "beside the payload": lambda text: line("turn.started", {}, note=text),
    "a key beside the payload": lambda text: line("turn.started", {}, **{text: {"deep": text}}),
    "a traceback": lambda text: _failed(TRACEBACK % text),
    "the error of a call": lambda text: line(
        "api.call.failed",
        {"response": 0, "attempt": 1, "error": {"kind": "auth", "message": f"bad key {text}"}},
    ),
    "a request id": lambda text: line("api.call.completed", {"response": 0, "request_id": text}),
    "the parameters of a call": lambda text: line(
        "api.call.started", {"response": 0, "parameters": {"asked": {"user": text}, "sent": [text]}}
    ),
    "the id of an event": lambda text: line("turn.started", {}, id=text),
    "the id of an experiment": lambda text: line("turn.started", {}, experiment_id=text),
    "the id of an agent": lambda text: line("response.started", {"response": 0}, agent_id=text),
    "the type of an event": lambda text: line(f"odd.{text}", {}),
    "a system prompt": _started,
    "the first prompt": lambda text: _started(initial_prompt=f"Discuss {text}"),
    "a label": lambda text: _started(labels={"owner": text}),
    "the name of a label": lambda text: _started(labels={text: "yes"}),
    "the settings of a run": lambda text: _started(settings={"providers": [{"x": text}]}),
    "a group": lambda text: _started(group=text),
    "the model of an agent": lambda text: _started(
        agents=[{"agent_id": "agent_a", "model": text, "provider": "exec", "name": text}]
    ),
    "what led to an experiment": lambda text: _started(parent={"experiment_id": text}),
    "an intervention": lambda text: line(
        "conductor.intervention",
        {"source": "human", "content": text, "target": [text], "request": text},
    ),
    "the detail of a pause": lambda text: line(
        "pause.requested", {"reason": "user", "detail": text}
    ),
    "what a model thought": lambda text: _completed("Hello", reasoning=text),
    "a reason to end": lambda text: line("experiment.completed", {"reason": text, "turns": 2}),
    "an attractor": lambda text: line(
        "attractor.detected", {"kind": "loop", "description": text, "turns": [1]}
    ),
    "a later version": lambda text: line("response.completed", {"content": text}, v=2),
    "a version that is none": lambda text: line("response.completed", {"content": "Hi"}, v=text),
    "a timestamp": lambda text: line("turn.started", {}, timestamp=text),
    "a payload that is none": lambda text: line("turn.started", text),
    "a payload that is a list": lambda text: line("turn.started", [text, {"a": text}]),
    "an interrupted message": lambda text: line(
        "response.interrupted", {"response": 0, "content": text, "reason": "user"}
    ),
}
"""From a text to the line that has it there."""


def planted_events(seed: int = 7, disguises: tuple[str, ...] = ("as it is",)) -> Iterator[Planting]:
    """Give every secret in every place, for each of the disguises, the same for the same seed."""
    for each in planted(seed):
        for disguise in disguises:
            text = DISGUISES[disguise](each.text)
            for place, planted_in in PLACES.items():
                yield Planting(f"{place}, {disguise}", each.kind, planted_in(text), each.secret)


def planted_deltas(each: Planted, cuts: tuple[int, ...]) -> Planting:
    """Give a response that streams a secret, cut at these offsets of its text."""
    text = f"it is {each.text} I think"
    places = (0, *cuts, len(text))
    deltas = [text[start:end] for start, end in pairwise(places)]
    return Planting(f"deltas cut at {cuts}", each.kind, streamed(deltas), each.secret)


def cuts_of(each: Planted, random: Random, most: int = 12) -> Iterator[tuple[int, ...]]:
    """Give where to cut: every offset into two pieces, and some of the ways into three to five."""
    places = range(1, len(f"it is {each.text} I think"))
    yield from ((place,) for place in places)
    for count in (2, 3, 4):
        ways = [*combinations(places, count)] if len(places) < 12 else None
        for _ in range(most):
            yield random.choice(ways) if ways else tuple(sorted(random.sample(places, count)))


def streamed(deltas: list[str], response: int = 0) -> bytes:
    """Give the events of a response that came in these pieces."""
    content = "".join(deltas)
    return b"".join(
        (
            line("response.started", {"response": response, "model": "sim:echo"}),
            *(
                line("response.streaming", {"response": response, "index": index, "delta": delta})
                for index, delta in enumerate(deltas)
            ),
            _completed(content, response=response),
        )
    )
