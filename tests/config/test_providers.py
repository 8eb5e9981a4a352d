from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.config.secret import Secret
from pidgin_cli.config.settings import ProviderSettings, as_plain

CANARY = "canary-08a2-key-that-nobody-may-see"


def providers(machine: Any, text: str) -> Any:
    machine.user_file.write_text(text)
    return machine.load().settings.providers


def test_an_entry_holds_what_it_says_and_defaults_for_the_rest(machine: Any) -> None:
    text = """
providers:
  openai: {api_key_file: ~/key, concurrency: 2, timeout: 30}
  my-vllm:
    kind: openai-compatible
    base_url: http://localhost:8000/v1
    requests_per_minute: 60
    headers: {X-Team: seven, X-Project: "8"}
    thinking: {chat_template_kwargs: {enable_thinking: true, levels: [1, 2.5, null]}}
"""
    expected = {
        "openai": ProviderSettings(api_key_file=machine.home / "key", concurrency=2, timeout=30.0),
        "my-vllm": ProviderSettings(
            kind="openai-compatible",
            base_url="http://localhost:8000/v1",
            requests_per_minute=60,
            headers={"X-Team": Secret("seven"), "X-Project": Secret("8")},
            thinking={"chat_template_kwargs": {"enable_thinking": True, "levels": [1, 2.5, None]}},
        ),
    }
    assert expected == providers(machine, text)


def test_the_file_of_a_key_is_seen_from_where_it_was_named(machine: Any) -> None:
    found = providers(machine, "providers: {openai: {api_key_file: key}}")
    assert machine.user_file.parent / "key" == found["openai"].api_key_file


def test_a_stronger_file_replaces_the_whole_entry(machine: Any) -> None:
    machine.system_file.write_text("providers: {openai: {concurrency: 2, headers: {A: b}}}")
    machine.user_file.write_text("providers: {openai: {headers: {C: d}}}")
    expected = {"openai": ProviderSettings(headers={"C": Secret("d")})}
    assert expected == machine.load().settings.providers


def test_each_header_has_its_own_origin(machine: Any) -> None:
    machine.user_file.write_text("providers:\n  openai:\n    headers:\n      A: b\n      C: d\n")
    origins = machine.origins()
    expected = {
        "providers.openai.headers.A": f"{machine.user_file}:4",
        "providers.openai.headers.C": f"{machine.user_file}:5",
    }
    assert expected == origins


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "providers: {mine: {concurrency: 2}}",
            "providers.mine has no kind: add one of "
            "anthropic, openai, xai, google, ollama, openai-compatible",
        ),
        (
            "providers: {mine: {kind: openai-compatible}}",
            "providers.mine has no base_url: add the address of its API",
        ),
        (
            "providers: {openai: {prompt_caching: true}}",
            "providers.openai.prompt_caching has no effect on openai: take it out",
        ),
        (
            "providers: {mine: {kind: google, anthropic_version: 2023-06-01}}",
            "providers.mine.anthropic_version has no effect on google: take it out",
        ),
        (
            "providers: {anthropic: {thinking: {a: {b: 1}}}}",
            "providers.anthropic.thinking has no effect on anthropic: take it out",
        ),
        (
            "providers: {mine: {kind: opanai}}",
            "providers.mine.kind: the value is not one of "
            "anthropic, openai, xai, google, ollama, openai-compatible",
        ),
        (
            "providers: {sim: {kind: openai}}",
            'providers.sim: "sim" is not a name for a service: it is empty, is sim or exec, '
            'or holds ":" or a control character',
        ),
        (
            "providers: {openai: {timeout: 0}}",
            "providers.openai.timeout: the value is not a number of seconds above 0",
        ),
        (
            "providers: {openai: {headers: {'a b': c}}}",
            'providers.openai.headers.a b: "a b" is not the name of a header',
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(machine: Any, text: str, expected: str) -> None:
    machine.user_file.write_text(text)
    assert f"{machine.user_file}:1: {expected}" == machine.fault()


@pytest.mark.parametrize(
    "text",
    [
        f"providers: {CANARY}",
        f"providers: {{openai: {CANARY}}}",
        f"providers: {{openai: {{api_key_env: {CANARY}}}}}",
        f"providers: {{openai: {{api_key: {CANARY}}}}}",
        f"providers: {{openai: {{kind: {CANARY}}}}}",
        f"providers: {{openai: {{concurrency: {CANARY}}}}}",
        f"providers: {{openai: {{headers: {CANARY}}}}}",
        f"providers: {{openai: {{headers: {{A: 'Bearer {CANARY}\n\nx'}}}}}}",
        f"providers: {{openai: {{headers: {{A: [{CANARY}]}}}}}}",
        f"providers: {{openai: {{base_url: {CANARY}}}}}",
        f"providers: {{openai: {{base_url: 'https://me:{CANARY}@host/v1'}}}}",
        f"providers: {{openai: {{base_url: 'https://host/v1?key={CANARY}'}}}}",
        f"providers: {{openai: {{thinking: {CANARY}}}}}",
    ],
)
def test_a_key_in_the_wrong_place_is_not_shown(machine: Any, text: str) -> None:
    machine.user_file.write_text(text)
    assert CANARY not in machine.fault()


def test_an_unknown_key_of_a_service_is_named_with_the_nearest(machine: Any) -> None:
    machine.user_file.write_text(f"providers:\n  openai:\n    api_key: {CANARY}\n")
    fault = machine.fault()
    assert fault.startswith(f"{machine.user_file}:3: unknown key providers.openai.api_key: ")
    assert "did you mean api_key_" in fault


@pytest.mark.parametrize(
    "url", ["http://", "ftp://x", "localhost:8000", "http://x:port", "http://x#y"]
)
def test_an_address_that_is_none_is_refused(machine: Any, url: str) -> None:
    machine.user_file.write_text(f"providers: {{openai: {{base_url: '{url}'}}}}")
    assert "base_url: the value is not an http:// or https:// address" in machine.fault()


def test_headers_are_shown_as_nothing(machine: Any) -> None:
    text = f"providers: {{openai: {{headers: {{A: {CANARY}}}}}}}"
    machine.user_file.write_text(text)
    loaded = machine.load()
    assert CANARY not in repr(loaded) + str(as_plain(loaded.settings))
    assert as_plain(loaded.settings)["providers"]["openai"]["headers"] == {"A": "(hidden)"}


def test_the_catalogue_is_a_file_seen_from_where_it_was_named(machine: Any) -> None:
    machine.user_file.write_text("catalogue: mine.yaml")
    expected: Path = machine.user_file.parent / "mine.yaml"
    assert expected == machine.load().settings.catalogue
