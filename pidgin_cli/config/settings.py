"""Everything that can be configured, with its default; immutable once it is loaded.

Every command loads this module: a dataclass takes ten times as long to make as a named tuple, and
an annotation in quotes, or one that is put off, three times as long as one that is not.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pidgin_cli.config.secret import HIDDEN, Secret

Action = Literal["log", "pause", "stop"]
Durability = Literal["none", "batch", "always"]
Profile = Literal["balanced", "words", "form", "style", "custom"]
Kind = Literal["anthropic", "openai", "xai", "google", "ollama", "openai-compatible"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


class StorageSettings(NamedTuple):
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


class StreamSettings(NamedTuple):
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


class PrivacySettings(NamedTuple):
    """What never reaches the store and stdout.

    Args:
        enabled: whether events are redacted before they are kept and shown to programs.
        remove_content: whether every text goes.
        hash_models: whether models and services get pseudonyms.
        redact_patterns: expressions in the syntax of RE2; `pidgin redact` looks for them too.
        redact_builtin: families that --builtin knows; `pidgin redact` looks for them too.
    """

    enabled: bool = False
    remove_content: bool = False
    hash_models: bool = False
    redact_patterns: tuple[str, ...] | None = None
    redact_builtin: tuple[str, ...] | None = None


class CompressionSettings(NamedTuple):
    """Whether a run puts archives in the place of the logs that it completed.

    Args:
        enabled: whether it ever does.
        compress_on_completion: whether it does when it has ended.
        level: 1, fastest, to 9, smallest.
        delay: seconds after the last event for which the log stays, for those who ship it.
    """

    enabled: bool = True
    compress_on_completion: bool = True
    level: int = 6
    delay: float = 0.0


class IndexSettings(NamedTuple):
    """The index of the store.

    Args:
        update: whether a run brings it up to date when it ends.
    """

    update: bool = True


class EventSettings(NamedTuple):
    """The record of events."""

    compression: CompressionSettings = CompressionSettings()
    storage: StorageSettings = StorageSettings()
    privacy: PrivacySettings = PrivacySettings()
    stream: StreamSettings = StreamSettings()
    # Hides the method of tuples that has the name of this key.
    index: IndexSettings = IndexSettings()  # type: ignore[assignment]


class WeightSettings(NamedTuple):
    """What each component of convergence counts for in the score, in any scale."""

    vocabulary: float = 0.0
    length: float = 0.0
    sentences: float = 0.0
    punctuation: float = 0.0
    structure: float = 0.0
    phrases: float = 0.0
    style: float = 0.0


class ConvergenceSettings(NamedTuple):
    """When the agents count as having converged: at a score of `threshold`, 0–1.

    Args:
        profile: which components the score is made of; custom: those that `weights` names.
    """

    enabled: bool = True
    threshold: float = 0.9
    action: Action = "log"
    profile: Profile = "balanced"
    weights: WeightSettings = WeightSettings()


class AttractorSettings(NamedTuple):
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


class ConversationSettings(NamedTuple):
    """What is watched for while a conversation goes on."""

    convergence: ConvergenceSettings = ConvergenceSettings()
    attractor: AttractorSettings = AttractorSettings()


class ContextSettings(NamedTuple):
    """How full a model's context may get, in percent of its limit, and what happens then."""

    enabled: bool = True
    warning_threshold: float = 80.0
    auto_pause_threshold: float = 95.0
    action: Action = "pause"


class LimitActions(NamedTuple):
    """What happens when a limit is reached."""

    tokens: Action = "pause"
    cost_usd: Action = "pause"
    time: Action = "pause"
    stop_phrase: Action = "stop"


class LimitSettings(NamedTuple):
    """How much one experiment may use; what is None has no limit.

    Args:
        tokens: tokens in and out, of all calls together.
        cost_usd: dollars of all calls together.
        time: seconds, without those of pauses.
        stop_phrase: words that end the experiment when an agent says them, in any case.
    """

    tokens: int | None = None
    cost_usd: float | None = None
    time: float | None = None
    stop_phrase: str | None = None
    actions: LimitActions = LimitActions()


class DefaultSettings(NamedTuple):
    """What a run is when nothing is said.

    Args:
        manual_mode: whether a person at a terminal is asked after every turn.
    """

    max_turns: int = 20
    manual_mode: bool = False


class AgentSettings(NamedTuple):
    """An agent that has a name in the configuration; what is None stays as the service has it.

    Args:
        awareness: what it is told, before its system prompt, of whom it talks with.
    """

    model: str
    name: str | None = None
    system_prompt: str | None = None
    awareness: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] | None = None
    thinking: bool | None = None


class PromptTables(NamedTuple):
    """Words by name: what dimensions make a prompt of, and what agents are made aware of."""

    contexts: Mapping[str, str] = NOTHING
    topics: Mapping[str, str] = NOTHING
    modes: Mapping[str, str] = NOTHING
    awareness: Mapping[str, str] = NOTHING


class ProviderSettings(NamedTuple):
    """A model service: where it is, whose key it takes, and how hard it may be asked.

    What is None stays as the kind of service has it.

    Args:
        kind: which protocol it speaks; the entry's own name where that is one.
        base_url: where its API begins, up to the part that the protocol adds.
        api_key_env: the environment variable that holds the key.
        api_key_file: the file that holds the key, where the variable is not set.
        headers: sent with every request, beside those of the protocol.
        concurrency: calls under way at once, of all conversations of a run together.
        requests_per_minute: calls begun in any minute, of all conversations of a run together.
        timeout: seconds of silence after which an answer is given up.
        longest_wait: seconds that a service may ask to wait before a call is tried again; where it
            asks for more, the call fails.
        anthropic_version: the version of its API that Anthropic is asked for.
        prompt_caching: whether Anthropic is asked to keep what was sent for the next turn.
        usage: whether a compatible server is asked to count tokens.
        output_limit: what a compatible server calls the most tokens of an answer.
        order: how a compatible server gets the messages: each for itself; neighbours of one role
            as one; or user and assistant by turns with what the system says before them.
        thinking: what a compatible server is sent beside the messages to make it think.
        no_thinking: what it is sent to keep it from thinking.
    """

    kind: Kind | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    api_key_file: Path | None = None
    headers: Mapping[str, Secret] = NOTHING
    concurrency: int = 8
    requests_per_minute: int | None = None
    timeout: float | None = None
    longest_wait: float = 600.0
    anthropic_version: str | None = None
    prompt_caching: bool = True
    usage: bool = True
    output_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    order: Literal["as said", "joined", "in turns"] = "joined"
    thinking: Mapping[str, Any] = NOTHING
    no_thinking: Mapping[str, Any] = NOTHING


class Settings(NamedTuple):
    """The whole configuration.

    Args:
        agents: settings of agents by the name that -a and -b know them by.
        prompts: further words for -d and --awareness, and others for those that are shipped.
        providers: model services by the name before the colon of `PROVIDER:MODEL`; Anthropic,
            OpenAI, xAI, Google and Ollama are there without an entry.
        catalogue: a file of models, prices and aliases that goes before the built-in one;
            models.yaml beside the user's own configuration where it is None.
    """

    events: EventSettings = EventSettings()
    conversation: ConversationSettings = ConversationSettings()
    context_management: ContextSettings = ContextSettings()
    limits: LimitSettings = LimitSettings()
    defaults: DefaultSettings = DefaultSettings()
    agents: Mapping[str, AgentSettings] = NOTHING
    prompts: PromptTables = PromptTables()
    providers: Mapping[str, ProviderSettings] = NOTHING
    catalogue: Path | None = None


def as_plain(settings: object) -> Any:
    """Give settings as JSON can have them, to be written down without secrets."""
    if isinstance(settings, Path):
        return str(settings)
    if isinstance(settings, Secret):
        return HIDDEN
    if isinstance(settings, Mapping):
        return {key: as_plain(value) for key, value in settings.items()}
    names = getattr(settings, "_fields", ())
    return {name: as_plain(getattr(settings, name)) for name in names} if names else settings
