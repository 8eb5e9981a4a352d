from __future__ import annotations

import asyncio
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pidgin_cli.config.providers import KINDS, SERVICES
from pidgin_cli.config.secret import Secret
from pidgin_cli.config.settings import ProviderSettings, Settings
from pidgin_cli.errors import ConfigError
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.keys import KeySource
from pidgin_cli.providers.router import Router
from pidgin_cli.providers.services import Service, ollama_url, services
from tests.contracts.provider_contract import answer, request_for
from tests.providers.server import Received, Server, refused, serving

CANARY = "canary-91fe-key-that-nobody-may-see"
VARIABLES = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "xai": ("XAI_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "ollama": (),
}


def service(name: str, environ: dict[str, str] | None = None, **settings: Any) -> Service:
    return services({name: ProviderSettings(**settings)}, environ or {})[name]


def test_five_services_are_there_without_an_entry() -> None:
    found = services({}, {})
    assert VARIABLES == {name: each.key.variables for name, each in found.items()}
    assert set(SERVICES) == {each.kind for each in found.values()}


def test_every_kind_has_a_dialect() -> None:
    framings = {
        kind: service("mine", kind=kind, base_url="http://x/v1").dialect(lambda model: None).framing
        for kind in KINDS
    }
    assert {**dict.fromkeys(KINDS, "sse"), "ollama": "lines"} == framings


def test_an_entry_lays_itself_over_the_service_of_its_name() -> None:
    mine = service("openai", base_url="http://proxy/v1/", concurrency=2)
    expected = ("openai", "http://proxy/v1", KeySource("openai", ("OPENAI_API_KEY",)))
    assert expected == (mine.kind, mine.base_url, mine.key)


def test_another_name_for_a_service_takes_its_key_where_it_goes_there() -> None:
    assert ("OPENAI_API_KEY",) == service("work", kind="openai").key.variables


def test_the_key_of_a_service_does_not_go_to_another_address_under_another_name() -> None:
    mine = service("work", kind="openai", base_url="http://elsewhere/v1")
    assert KeySource("work") == mine.key


def test_a_named_variable_and_file_take_the_place_of_the_usual(tmp_path: Path) -> None:
    mine = service("anthropic", api_key_env="MINE", api_key_file=tmp_path)
    assert KeySource("anthropic", ("MINE",), tmp_path) == mine.key


def test_a_compatible_server_wants_no_key_unless_one_is_named() -> None:
    address = {"kind": "openai-compatible", "base_url": "http://localhost:8000/v1"}
    assert (KeySource("a"), KeySource("a", ("KEY",))) == (
        service("a", **address).key,
        service("a", **address, api_key_env="KEY").key,
    )


def test_what_is_waited_for_longer_is_known_and_can_be_set() -> None:
    waits = [service("openai").timeout, service("xai").timeout, service("xai", timeout=5.0).timeout]
    assert [None, 900.0, 5.0] == waits


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("", None),
        ("  ", None),
        ("box", "http://box:11434"),
        ("box:1234", "http://box:1234"),
        (":1234", "http://127.0.0.1:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:80", "http://127.0.0.1:80"),
        ("[::1]:99", "http://[::1]:99"),
        ("http://box", "http://box"),
        ("https://box:1/ollama", "https://box:1/ollama"),
    ],
)
def test_ollama_is_where_its_own_variable_says(host: str, expected: str | None) -> None:
    assert expected == ollama_url(host)


@pytest.mark.parametrize("host", ["box:port", "ftp://box", "http://me:secret@box", "box:99999"])
def test_what_is_no_address_of_ollama_is_refused_and_not_shown(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ollama_url(host)
    assert str(caught.value) == "OLLAMA_HOST is no address: set it to HOST:PORT"


def test_an_address_of_the_configuration_goes_before_ollamas_variable() -> None:
    environ = {"OLLAMA_HOST": "box"}
    addresses = (
        service("ollama", environ).base_url,
        service("ollama", environ, base_url="http://mine:1").base_url,
    )
    assert ("http://box:11434", "http://mine:1") == addresses


def asked(
    server: Server, name: str, model: str, parameters: dict[str, Any], **given: Any
) -> Received:
    """Ask one thing of a service that refuses everything, and give what arrived."""
    settings = Settings(
        providers={name: ProviderSettings(base_url=server.url, api_key_env="KEY", **given)}
    )

    async def ask() -> None:
        router = Router(settings=settings, environ={"KEY": CANARY})
        route = router.route(f"{name}:{model}")
        request = request_for(route.model, parameters=parameters)
        with pytest.raises(ProviderError) as caught:
            await answer(route.provider, request)
        assert CANARY not in str(caught.value) + repr(vars(caught.value))
        await router.close()

    server.received.clear()
    asyncio.run(ask())
    return server.received[0]


@pytest.mark.parametrize(
    ("kind", "path", "header", "value"),
    [
        ("anthropic", "/v1/messages", "x-api-key", CANARY),
        ("openai", "/responses", "authorization", f"Bearer {CANARY}"),
        ("xai", "/responses", "authorization", f"Bearer {CANARY}"),
        ("google", "/v1beta/models/m:streamGenerateContent?alt=sse", "x-goog-api-key", CANARY),
        ("ollama", "/api/chat", "authorization", f"Bearer {CANARY}"),
        ("openai-compatible", "/chat/completions", "authorization", f"Bearer {CANARY}"),
    ],
)
def test_each_kind_is_asked_at_its_own_path_with_its_key_in_its_own_header(
    kind: Any, path: str, header: str, value: str
) -> None:
    with serving(refused(401)) as server:
        received = asked(server, "mine", "m", {}, kind=kind)
    assert (path, value) == (received.path, received.headers[header])


def test_headers_of_the_configuration_are_sent() -> None:
    headers = MappingProxyType({"X-Team": Secret("seven")})
    with serving(refused(401)) as server:
        received = asked(server, "openai", "m", {}, headers=headers)
    assert received.headers["x-team"] == "seven"


def test_every_setting_of_anthropic_has_its_effect() -> None:
    with serving(refused(401)) as server:
        usual = asked(server, "anthropic", "claude-haiku-4-5", {})
        changed = asked(
            server,
            "anthropic",
            "claude-haiku-4-5",
            {},
            anthropic_version="2024-01-01",
            prompt_caching=False,
        )
    assert ("2023-06-01", True, "2024-01-01", False) == (
        usual.headers["anthropic-version"],
        b"cache_control" in usual.body,
        changed.headers["anthropic-version"],
        b"cache_control" in changed.body,
    )


def test_every_setting_of_a_compatible_server_has_its_effect() -> None:
    parameters = {"max_tokens": 9, "thinking": True}
    with serving(refused(401)) as server:
        changed = asked(
            server,
            "mine",
            "m",
            parameters,
            kind="openai-compatible",
            usage=False,
            output_limit="max_completion_tokens",
            thinking={"chat_template_kwargs": {"enable_thinking": True}},
        ).json
        quiet = asked(
            server,
            "mine",
            "m",
            {"thinking": False},
            kind="openai-compatible",
            no_thinking={"reasoning": {"enabled": False}},
        ).json
    assert ("stream_options" in changed, changed["max_completion_tokens"]) == (False, 9)
    assert changed["chat_template_kwargs"] == {"enable_thinking": True}
    assert "stream_options" in quiet
    assert quiet["reasoning"] == {"enabled": False}
