"""Everything that can be configured, with its default; immutable once it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Action = Literal["log", "pause", "stop"]
Durability = Literal["none", "batch", "always"]


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where events are kept, and how surely.

    Args:
        data_dir: folder of the logs.
        durability: `batch` asks the disk to write at least every second, `always` at every event.
        group_readable: whether the owner's group may read the logs.
        min_free: bytes of free space below which a run pauses.
    """

    data_dir: Path = Path("~/.pidgin_data/events")
    durability: Durability = "batch"
    group_readable: bool = False
    min_free: int = 500_000_000


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How a response under way is recorded.

    Args:
        deltas: whether response.streaming events are written.
        join_ms: milliseconds for which pieces of text are gathered into one event.
        chunks: which chunks become stream.chunk.received: the first, every tenth and the last; all;
            none.
    """

    deltas: bool = True
    join_ms: int = 250
    chunks: Literal["sampled", "all", "none"] = "sampled"


@dataclass(frozen=True, slots=True)
class EventSettings:
    """The record of events."""

    storage: StorageSettings = StorageSettings()
    stream: StreamSettings = StreamSettings()


@dataclass(frozen=True, slots=True)
class ConvergenceSettings:
    """When the agents count as having converged: at a score of `threshold`, 0–1."""

    enabled: bool = True
    threshold: float = 0.9
    action: Action = "log"


@dataclass(frozen=True, slots=True)
class AttractorSettings:
    """How attractors are looked for.

    Args:
        check_interval: turns between two looks.
        window: turns that each look sees.
        threshold: repetitions that make a pattern an attractor.
    """

    enabled: bool = True
    check_interval: int = 5
    window: int = 10
    threshold: int = 3
    action: Action = "log"


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    """What is watched for while a conversation goes on."""

    convergence: ConvergenceSettings = ConvergenceSettings()
    attractor: AttractorSettings = AttractorSettings()


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """How full a model's context may get, in percent of its limit."""

    enabled: bool = True
    warning_threshold: float = 80.0
    auto_pause_threshold: float = 95.0


@dataclass(frozen=True, slots=True)
class DefaultSettings:
    """What a run is when nothing is said."""

    max_turns: int = 20


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """An agent that has a name in the configuration; what is None stays as the service has it."""

    model: str
    name: str | None = None
    system_prompt: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    thinking: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration.

    Args:
        agents: settings of agents by the name that -a and -b know them by.
    """

    events: EventSettings = EventSettings()
    conversation: ConversationSettings = ConversationSettings()
    context_management: ContextSettings = ContextSettings()
    defaults: DefaultSettings = DefaultSettings()
    agents: Mapping[str, AgentSettings] = field(default_factory=lambda: MappingProxyType({}))


def as_plain(settings: object) -> Any:
    """Give settings as dicts, lists, strings and numbers, to be written down."""
    if isinstance(settings, Path):
        return str(settings)
    if isinstance(settings, Mapping):
        return {key: as_plain(value) for key, value in settings.items()}
    names = getattr(type(settings), "__dataclass_fields__", None)
    if names is None:
        return settings
    return {name: as_plain(getattr(settings, name)) for name in names}
