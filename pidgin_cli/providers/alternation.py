"""A conversation for services that want user and assistant in turns, and the system apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pidgin_cli.events.perspective import Message

OPENING = "(You speak first.)"
"""Sent as the user's where the conversation has no words yet or begins with the agent's own."""
SILENCE = "(Nothing was said.)"
"""Sent as the user's where the last words are the agent's own, which it would else go on with."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says until the other one speaks."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Alternation:
    """A conversation in turns.

    Args:
        system: the system prompt, then the system's interventions, in their order.
        turns: user and assistant by turns; the user's come first and last.
    """

    system: Sequence[str]
    turns: Sequence[Turn]


def alternation(messages: Iterable[Message]) -> Alternation:
    """Give the conversation in turns.

    Messages of one side are joined with an empty line between them. Messages without any
    character that can be seen are left out, since the services refuse them.
    """
    system: list[str] = []
    sides: list[tuple[Literal["user", "assistant"], list[str]]] = []
    for message in messages:
        if not message.content.strip():
            continue
        if message.role == "system":
            system.append(message.content)
        elif sides and sides[-1][0] == message.role:
            sides[-1][1].append(message.content)
        else:
            sides.append((message.role, [message.content]))
    turns = [Turn(role, "\n\n".join(contents)) for role, contents in sides]
    if not turns or turns[0].role == "assistant":
        turns.insert(0, Turn("user", OPENING))
    if turns[-1].role == "assistant":
        turns.append(Turn("user", SILENCE))
    return Alternation(system, turns)
