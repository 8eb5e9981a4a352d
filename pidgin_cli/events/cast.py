"""What a conversation is made of: who takes part, what was said, and what was put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pidgin_cli.events import payload
from pidgin_cli.events.event import nothing


@dataclass(frozen=True, slots=True)
class Agent:
    """One who takes part. `name` is what the others are told, and a reader is shown."""

    agent_id: str
    model: str
    provider: str
    name: str | None = None
    system_prompt: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=nothing)

    @property
    def shown_name(self) -> str:
        """The name that was given, or else the id."""
        return self.name or self.agent_id


class Spoken(NamedTuple):
    """A message: a whole response, or the part that came before the user cut it.

    Tokens are those of the output, duration is in seconds; an interrupted one has no tokens.
    """

    agent_id: str
    turn_number: int
    content: str
    response: int
    interrupted: bool
    timestamp: float
    duration: float
    tokens: int | None = None
    model: str | None = None
    reasoning: str | None = None


@dataclass(frozen=True, slots=True)
class Intervention:
    """Words that someone put into the conversation; a target of None means every agent."""

    turn_number: int | None
    source: str
    content: str
    target: tuple[str, ...] | None
    timestamp: float


@dataclass(slots=True)
class OpenResponse:
    """A response that has begun and not ended; its pieces joined are what came so far."""

    response: int
    agent_id: str
    turn_number: int
    pieces: list[str] = field(default_factory=list)


def agent_of(data: Mapping[str, Any]) -> Agent:
    """Give the agent that an experiment's first event describes; what is missing is empty."""
    return Agent(
        payload.text(data, "agent_id") or "",
        payload.text(data, "model") or "",
        payload.text(data, "provider") or "",
        payload.text(data, "name"),
        payload.text(data, "system_prompt"),
        payload.mapping(data, "parameters"),
    )
