from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.ollama import OllamaDialect
from pidgin_cli.providers.wire import Call, StreamMessage
from tests.contracts.http_provider_contract import HttpProviderContract
from tests.contracts.provider_contract import request_for
from tests.providers.recordings import (
    decoded,
    expected,
    names,
    never_raises_anything_else,
    odd_messages,
    recording,
)

OLLAMA = OllamaDialect()
FIELDS = (
    *("model", "message", "role", "content", "thinking", "tool_calls", "done", "done_reason"),
    *("prompt_eval_count", "eval_count", "error", "code", "type"),
)
WORDS = ("stop", "length", "load", "assistant", "\ud83d", 503, 2**70, -1, 3.0)
odd = odd_messages(FIELDS, WORDS)


@pytest.mark.parametrize("name", names("ollama"))
def test_a_recorded_stream_is_read_as_it_always_was(name: str, update: bool) -> None:
    found = decoded(OLLAMA, recording("ollama", name), request_for("qwen3:8b"))
    assert expected("ollama", name, found, update) == found


def test_a_call_carries_the_conversation_and_asks_for_its_whole_context() -> None:
    said = [
        Message("system", "You are terse."),
        Message("user", "Discuss emergence"),
        Message("user", "bob: and be brief", "bob"),
        Message("assistant", "Breviter."),
        Message("system", "Now be kind."),
    ]
    asked = {
        "temperature": 0.0,
        "top_p": 0.9,
        "max_tokens": 64,
        "seed": 0,
        "stop": ["END"],
        "thinking": False,
    }
    call = OllamaDialect(32768).call(request_for("qwen3:8b", said, parameters=asked))
    body = {
        "model": "qwen3:8b",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "Discuss emergence"},
            {"role": "user", "content": "bob: and be brief"},
            {"role": "assistant", "content": "Breviter."},
            {"role": "system", "content": "Now be kind."},
        ],
        "stream": True,
        "truncate": False,
        "shift": False,
        "options": {
            "num_predict": 64,
            "seed": 0,
            "temperature": 0.0,
            "top_p": 0.9,
            "stop": ["END"],
            "num_ctx": 32768,
        },
        "think": False,
    }
    assert Call("/api/chat", body) == call


def test_a_call_without_anything_asked_still_forbids_cutting_the_history() -> None:
    assert {"truncate": False, "shift": False} == OLLAMA.sent(request_for("qwen3:8b"))


def test_the_context_can_depend_on_the_model() -> None:
    limits = {"small": 2048}
    dialect = OllamaDialect(limits.get)
    sent = [dialect.sent(request_for(model)).get("options") for model in ("small", "unknown")]
    assert [{"num_ctx": 2048}, None] == sent


@pytest.mark.parametrize(
    ("characters", "asked", "context"),
    [
        (4096, {}, None),
        (4098, {}, 16_384),
        (28_672, {}, 16_384),
        (28_674, {}, 65_536),
        (10, {"max_tokens": 5000}, 16_384),
        (10_000_000, {}, 262_144),
    ],
)
def test_more_context_is_asked_for_where_a_conversation_needs_it(
    characters: int, asked: dict[str, int], context: int | None
) -> None:
    request = request_for("qwen3:8b", [Message("user", "x" * characters)], parameters=asked)
    assert context == OLLAMA.sent(request).get("options", {}).get("num_ctx")


def test_a_parameter_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"Ollama qwen3:8b: no parameter 'num_ctx'; .*top_p"):
        OLLAMA.check("qwen3:8b", {"num_ctx": 1})


def test_all_parameters_have_a_place() -> None:
    asked = {"temperature": 1, "top_p": 1, "max_tokens": 1, "seed": 1, "thinking": True}
    OLLAMA.check("qwen3:8b", {**asked, "stop": ["x"]})


def test_a_key_for_a_remote_server_is_a_bearer_token() -> None:
    assert {"authorization": "Bearer k"} == OLLAMA.key_headers("k")


def error(message: str) -> bytes:
    return orjson.dumps({"error": message})


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (404, error("model 'x' not found, try pulling it first"), "not_found", False),
        (400, error('"gemma3" does not support thinking'), "bad_request", False),
        (400, error("prompt is too long: 9000 > 4096"), "context_length_exceeded", False),
        (
            400,
            error("the input length exceeds the context length"),
            "context_length_exceeded",
            False,
        ),
        (500, error("model requires more system memory (9 GiB)"), "server_error", True),
        (503, error("server busy, please try again."), "overloaded", True),
        (500, b"", "server_error", True),
    ],
)
def test_a_refusal_is_of_its_kind(status: int, body: bytes, kind: str, retryable: bool) -> None:
    found = OLLAMA.failure(status, {}, body)
    assert (kind, status, retryable) == (found.kind, found.status, found.retryable)


def test_headers_say_nothing_of_limits() -> None:
    assert OLLAMA.rate_limit({"x-ratelimit-remaining-requests": "0"}) is None


@given(st.lists(odd, max_size=5))
def test_any_json_at_all_is_read_or_is_a_provider_error(values: list[Any]) -> None:
    never_raises_anything_else(OLLAMA, request_for("qwen3:8b"), values)


@given(st.lists(st.fixed_dictionaries({"message": odd}, optional={"done": odd}), max_size=3))
def test_any_line_at_all_is_read_or_is_a_provider_error(lines: list[Any]) -> None:
    end = {"done": True, "eval_count": lines[0]["message"] if lines else 0}
    never_raises_anything_else(OLLAMA, request_for("qwen3:8b"), [*lines, end, *lines])


def test_nothing_is_read_after_the_end() -> None:
    decoder = OLLAMA.decoder(request_for("qwen3:8b"))
    end = StreamMessage('{"done":true}')
    after = StreamMessage('{"message":{"content":"more"},"done":false}')
    assert 1 == len([*decoder.feed(end), *decoder.feed(after), *decoder.finish()])


class TestContract(HttpProviderContract):
    model = "llama3.2"
    recorded = recording("ollama", "plain.ndjson")
    answer_text = "The sky\u2028 is\u0085 blue 🐦\u200d⬛."
    usage = Usage(26, 28)
    error_bodies: ClassVar[Mapping[int, bytes]] = {
        400: error("the input length exceeds the context length"),
        404: error("model 'llama3.2' not found, try pulling it first"),
        500: error("llama runner process has terminated"),
    }
    error_kinds: ClassVar[Mapping[int, str]] = {400: "context_length_exceeded"}
    error_stream = recording("ollama", "error.ndjson")
    error_stream_kind = "server_error"
    error_object = error("the input length exceeds the context length")
    error_object_kind = "context_length_exceeded"

    def dialect(self) -> OllamaDialect:
        return OllamaDialect(8192)

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        lines: list[dict[str, Any]] = [
            {"message": {"role": "assistant", "content": text}, "done": False} for text in texts
        ]
        lines.append({"model": "llama3.2", "done": True, "done_reason": finish})
        return b"".join(orjson.dumps(line) + b"\n" for line in lines)
