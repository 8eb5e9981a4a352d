"""Laws: whatever a file holds, it is either loaded or refused in one line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.load import Loaded, load_settings
from pidgin_cli.config.settings import (
    AgentSettings,
    AttractorSettings,
    ContextSettings,
    ConvergenceSettings,
    ConversationSettings,
    DefaultSettings,
    EventSettings,
    ProviderSettings,
    Settings,
    StorageSettings,
    StreamSettings,
    as_plain,
)
from pidgin_cli.errors import ConfigError

PIECES = st.sampled_from(
    [
        *("events", "storage", "data_dir", "min_free", "agents", "critic", "model", "defaults"),
        *("max_turns", "conversation", "attractor", "action", "threshold", "durability"),
        *(": ", ":\n", "\n", "\n  ", "\n    ", "- ", "? ", ", ", "{", "}", "[", "]", "\t", "#"),
        *("&a ", "*a", "<<", "!!python/object:x ", "!!int ", "!!float ", "!!binary ", "!x ", "|\n"),
        *(">-\n", "'", '"', "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "~", "true", "1", "-1"),
        *("1.5GB", ".nan", ".inf", "1e999", "0x_", "0b", "1:2:3", "2024-13-45", "=", "\\U99999999"),
        *("\ufeff", "\x00", "\x85", "\u2028", "\x1b", "é", "\\ud800", "\r", "~/x", "log", "batch"),
    ]
)
YAMLISH = st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode())
POSITIVE = st.integers(1, 2**63 - 1)
SHARE = st.floats(0, 1)
ACTION = st.sampled_from(["log", "pause", "stop"])
TEXT = st.text()
FOLDERS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).map(lambda name: Path("/", name))


def made(kind: Any, /, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Make a section of these parts; builds() would make up the others too."""
    return st.fixed_dictionaries(parts).map(lambda values: kind(**values))


AGENT = made(
    AgentSettings,
    model=TEXT.filter(str.strip),
    name=st.none() | TEXT,
    awareness=st.none() | TEXT,
    system_prompt=st.none() | TEXT,
    temperature=st.none() | st.floats(0, 1e300),
    top_p=st.none() | SHARE,
    max_tokens=st.none() | POSITIVE,
    seed=st.none() | st.integers(-(2**63), 2**63 - 1),
    thinking=st.none() | st.booleans(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
PROVIDER = made(
    ProviderSettings,
    kind=st.just("openai-compatible"),
    base_url=st.just("http://localhost:8000/v1"),
    api_key_env=st.none() | st.from_regex("[A-Z_][A-Z0-9_]*", fullmatch=True),
    api_key_file=st.none() | FOLDERS,
    concurrency=POSITIVE,
    requests_per_minute=st.none() | POSITIVE,
    timeout=st.none() | st.floats(0.001, 1e9),
    longest_wait=st.floats(0, 1e9),
    usage=st.booleans(),
    output_limit=st.sampled_from(["max_tokens", "max_completion_tokens"]),
    order=st.sampled_from(["as said", "joined", "in turns"]),
    thinking=st.dictionaries(TEXT, JSON, max_size=2),
    no_thinking=st.dictionaries(TEXT, JSON, max_size=2),
)
NAMES = TEXT.filter(lambda name: bool(name) and ":" not in name and name.isprintable())
SETTINGS = made(
    Settings,
    events=made(
        EventSettings,
        storage=made(
            StorageSettings,
            data_dir=FOLDERS,
            durability=st.sampled_from(["none", "batch", "always"]),
            group_readable=st.booleans(),
            min_free=st.integers(0, 2**63 - 1),
        ),
        stream=made(
            StreamSettings,
            deltas=st.booleans(),
            join_ms=st.integers(0, 2**63 - 1),
            chunks=st.sampled_from(["sampled", "all", "none"]),
        ),
    ),
    conversation=made(
        ConversationSettings,
        convergence=made(
            ConvergenceSettings,
            enabled=st.booleans(),
            threshold=SHARE,
            action=ACTION,
        ),
        attractor=made(
            AttractorSettings,
            enabled=st.booleans(),
            check_interval=POSITIVE,
            window=st.integers(2, 2**63 - 1),
            threshold=st.integers(2, 2**63 - 1),
            action=ACTION,
        ),
    ),
    context_management=made(
        ContextSettings,
        enabled=st.booleans(),
        warning_threshold=st.floats(0, 100),
        auto_pause_threshold=st.floats(0, 100),
    ),
    defaults=made(DefaultSettings, max_turns=st.integers(1, 1_000_000)),
    agents=st.dictionaries(NAMES, AGENT, max_size=3),
    providers=st.dictionaries(
        NAMES.filter(lambda name: name not in ("sim", "exec")), PROVIDER, max_size=2
    ),
    catalogue=st.none() | FOLDERS,
)


def _without_foreign(plain: dict[str, Any]) -> dict[str, Any]:
    for provider in plain["providers"].values():
        del provider["prompt_caching"], provider["anthropic_version"]
    return plain


def load(data: bytes) -> Loaded | str:
    """Load a named file that holds these bytes; give the message where it is refused."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "f.yaml")
        file.write_bytes(data)
        try:
            return load_settings(
                explicit=file,
                environ={"HOME": "/home/somebody"},
                cwd=Path(folder),
                system=Path(folder, "none"),
            )
        except ConfigError as error:
            return str(error)


def is_loaded_or_one_line(outcome: Loaded | str) -> bool:
    return outcome.isprintable() if isinstance(outcome, str) else True


@given(st.binary())
def test_any_bytes_are_loaded_or_refused_in_one_line(data: bytes) -> None:
    assert is_loaded_or_one_line(load(data))


@given(st.text())
def test_any_text_is_loaded_or_refused_in_one_line(text: str) -> None:
    assert is_loaded_or_one_line(load(text.encode()))


@given(YAMLISH)
def test_anything_like_yaml_is_loaded_or_refused_in_one_line(data: bytes) -> None:
    assert is_loaded_or_one_line(load(data))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(["events", "storage", "agents", "defaults", "max_turns", "model"])
            | st.text(),
            inner,
            max_size=3,
        ),
    )
)
def test_any_yaml_is_loaded_or_refused_in_one_line(value: Any) -> None:
    assert is_loaded_or_one_line(load(yaml.safe_dump(value).encode()))


@given(SETTINGS)
def test_any_settings_that_are_written_down_load_back_equal(settings: Settings) -> None:
    # Of kinds that are not theirs, even the defaults of these settings would be refused.
    text = yaml.safe_dump(_without_foreign(as_plain(settings)), sort_keys=False)
    outcome = load(text.encode())
    assert settings == (outcome if isinstance(outcome, str) else outcome.settings)
