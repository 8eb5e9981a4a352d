from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from pidgin_cli.config.secret import Secret
from pidgin_cli.config.settings import ProviderSettings
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.offers import Offered, offered_by
from pidgin_cli.providers.services import services
from tests.providers.server import (
    Answer,
    Received,
    Reply,
    Server,
    cut,
    pieces,
    refused,
    serving,
)

CANARY = "canary-aa17-key-that-nobody-may-see"


def listed(value: Any) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return pieces(body, content_type="application/json", framing="length")


def ask(server: Server, kind: Any, **settings: Any) -> Sequence[Offered] | ProviderError:
    entry = ProviderSettings(kind=kind, base_url=server.url, **settings)
    service = services({"mine": entry}, {})["mine"]
    return asyncio.run(offered_by([(service, Secret(CANARY))]))["mine"]


def asked(kind: Any, answer: Answer) -> tuple[Sequence[Offered] | ProviderError, Received]:
    with serving(answer) as server:
        said = ask(server, kind)
        return said, server.received[0]


ANTHROPIC = {"data": [{"id": "claude-x", "max_input_tokens": 200_000, "max_tokens": 64_000}]}
GOOGLE = {
    "models": [
        {
            "name": "models/gemini-x",
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent"],
        },
        {"name": "models/embedding-x", "supportedGenerationMethods": ["embedContent"]},
    ]
}
OPENAI = {"data": [{"id": "gpt-x", "object": "model"}]}
COMPATIBLE = {"data": [{"id": "org/a", "context_length": 8192}, {"id": "b", "max_model_len": 4096}]}
OLLAMA = {"models": [{"name": "llama3.2:3b", "size": 1}]}


@pytest.mark.parametrize(
    ("kind", "said", "path", "header", "expected"),
    [
        (
            "anthropic",
            ANTHROPIC,
            "/v1/models?limit=1000",
            "x-api-key",
            [Offered("claude-x", 200_000, 64_000)],
        ),
        (
            "google",
            GOOGLE,
            "/v1beta/models?pageSize=1000",
            "x-goog-api-key",
            [Offered("gemini-x", 1_048_576, 65_536)],
        ),
        ("openai", OPENAI, "/models", "authorization", [Offered("gpt-x")]),
        ("xai", OPENAI, "/models", "authorization", [Offered("gpt-x")]),
        (
            "openai-compatible",
            COMPATIBLE,
            "/models",
            "authorization",
            [Offered("org/a", 8192), Offered("b", 4096)],
        ),
        ("ollama", OLLAMA, "/api/tags", "authorization", [Offered("llama3.2:3b")]),
    ],
)
def test_each_kind_is_asked_in_its_own_way_and_understood(
    kind: str, said: Any, path: str, header: str, expected: list[Offered]
) -> None:
    found, received = asked(kind, listed(said))
    assert (expected, "GET", path) == (found, received.method, received.path)
    assert CANARY in received.headers[header]
    assert CANARY not in received.path


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(401, b'{"error": {"message": "no: ' + CANARY.encode() + b'"}}'), "authentication"),
        (refused(500), "server_error"),
        (listed(b"<html>"), "bad_response"),
        (cut(b'{"data": []', 5, framing="chunks"), "stream_broken"),
    ],
)
def test_a_service_that_does_not_tell_says_why_without_the_key(answer: Answer, kind: str) -> None:
    said, _ = asked("openai", answer)
    assert isinstance(said, ProviderError)
    assert kind == said.kind
    assert CANARY not in str(said) + repr(vars(said)) + repr(said.args)


def test_a_key_in_a_header_of_ones_own_is_hidden_in_what_is_said_of_an_error() -> None:
    with serving(refused(401, b'{"error": {"message": "not another-canary"}}')) as server:
        said = ask(server, "openai-compatible", headers={"x-key": Secret("another-canary")})
    assert isinstance(said, ProviderError)
    assert (said.message, said.args) == ("not [key]", ("not [key]",))


def test_ollama_is_asked_how_much_each_of_its_models_holds() -> None:
    def answer(received: Received) -> Reply:
        if received.path == "/api/tags":
            return listed({"models": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})
        facts = {
            "a": listed({"model_info": {"general.architecture": "l", "l.context_length": 131_072}}),
            "b": listed({"model_info": []}),
        }
        return facts.get(received.json["model"], refused(500))

    found, _ = asked("ollama", answer)
    assert [Offered("a", 131_072), Offered("b"), Offered("c")] == found


@pytest.mark.parametrize("said", [{}, [], {"data": 5}, {"data": [1, {}, {"id": None}]}])
def test_what_is_no_list_of_models_offers_nothing(said: Any) -> None:
    assert [] == asked("openai", listed(said))[0]


def test_one_that_fails_does_not_keep_the_others() -> None:
    with serving(listed(OPENAI)) as server:
        found = services(
            {
                "good": ProviderSettings(kind="openai", base_url=server.url),
                "gone": ProviderSettings(kind="openai", base_url="http://127.0.0.1:1"),
            },
            {},
        )
        said = asyncio.run(offered_by([(found["good"], None), (found["gone"], None)]))
    assert [Offered("gpt-x")] == said["good"]
    assert isinstance(said["gone"], ProviderError)
