from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Finished, RateLimited, Reasoning, Text
from pidgin_cli.providers.openai.responses import XAI_RESPONSES, ResponsesDialect
from pidgin_cli.providers.wire import Call, StreamMessage
from tests.contracts.http_provider_contract import HttpProviderContract
from tests.contracts.provider_contract import request_for
from tests.providers.recordings import (
    chunks,
    decoded,
    expected,
    messages,
    names,
    never_raises_anything_else,
    odd_messages,
    recording,
)
from tests.providers.server import serving, streamed

OPENAI, XAI = ResponsesDialect(), ResponsesDialect(XAI_RESPONSES)
CACHE_KEY = "pidgin-ecc635997de7d89e8322adf287a0a030"
CONVERSATION = [
    Message("system", "You are terse."),
    Message("system", "Speak Latin."),
    Message("user", "Discuss emergence"),
    Message("user", "bob: and be brief", "bob"),
    Message("assistant", "Breviter."),
    Message("system", "Now be kind."),
    Message("user", "Go on"),
]
FIELDS = (
    *("type", "delta", "response", "error", "code", "message", "status", "usage", "model"),
    *("incomplete_details", "reason", "input_tokens", "output_tokens", "output_tokens_details"),
    *("input_tokens_details", "cached_tokens", "reasoning_tokens", "summary_index", "metadata"),
)
WORDS = (
    *("response.output_text.delta", "response.refusal.delta", "response.completed", "error"),
    *("response.incomplete", "response.failed", "response.reasoning_summary_text.delta", "[DONE]"),
    *("max_output_tokens", "rate_limit_exceeded", "\ud83d", 429, 2**70, -1, 3.0),
)
odd = odd_messages(FIELDS, WORDS)


@pytest.mark.parametrize("name", names("openai"))
def test_a_recorded_stream_is_read_as_it_always_was(name: str, update: bool) -> None:
    found = decoded(OPENAI, recording("openai", name), request_for("gpt-4.1"))
    assert expected("openai", name, found, update) == found


def test_a_call_carries_the_whole_conversation_and_is_not_stored() -> None:
    call = OPENAI.call(request_for("gpt-4.1", CONVERSATION))
    body = {
        "model": "gpt-4.1",
        "instructions": "You are terse.\n\nSpeak Latin.",
        "input": [
            {"role": "user", "content": "Discuss emergence"},
            {"role": "user", "content": "bob: and be brief"},
            {"role": "assistant", "content": "Breviter."},
            {"role": "developer", "content": "Now be kind."},
            {"role": "user", "content": "Go on"},
        ],
        "stream": True,
        "store": False,
        "prompt_cache_key": CACHE_KEY,
    }
    assert Call("/responses", body) == call


def test_a_call_of_xai_has_its_system_prompt_as_the_first_item() -> None:
    call = XAI.call(request_for("grok-4.3", CONVERSATION))
    body = {
        "model": "grok-4.3",
        "input": [
            {"role": "system", "content": "You are terse."},
            {"role": "system", "content": "Speak Latin."},
            {"role": "user", "content": "Discuss emergence"},
            {"role": "user", "content": "bob: and be brief"},
            {"role": "assistant", "content": "Breviter."},
            {"role": "system", "content": "Now be kind."},
            {"role": "user", "content": "Go on"},
        ],
        "stream": True,
        "store": False,
        "prompt_cache_key": CACHE_KEY,
    }
    assert ("/responses", body) == (call.path, call.body)


@pytest.mark.parametrize(
    ("dialect", "model", "asked", "sent"),
    [
        (
            OPENAI,
            "gpt-4.1",
            {"temperature": 0.0, "top_p": 0.5, "max_tokens": 99, "thinking": None},
            {"temperature": 0.0, "top_p": 0.5, "max_output_tokens": 99},
        ),
        (
            OPENAI,
            "gpt-5.2",
            {"thinking": True},
            {"reasoning": {"effort": "medium", "summary": "auto"}},
        ),
        (OPENAI, "gpt-5.2", {"thinking": False}, {"reasoning": {"effort": "none"}}),
        (OPENAI, "gpt-4o", {"thinking": False}, {}),
        (
            XAI,
            "grok-4.3",
            {"thinking": True},
            {"reasoning": {"effort": "high", "summary": "auto"}},
        ),
        (XAI, "grok-4-0709", {"thinking": True}, {"reasoning": {"summary": "auto"}}),
    ],
)
def test_what_was_asked_is_sent_in_the_words_of_the_service(
    dialect: ResponsesDialect, model: str, asked: Mapping[str, Any], sent: Mapping[str, Any]
) -> None:
    request = request_for(model, parameters=asked)
    dialect.check(model, asked)
    assert {"store": False, "prompt_cache_key": CACHE_KEY, **sent} == dialect.sent(request)
    assert dialect.sent(request).items() <= dialect.call(request).body.items()


def test_all_calls_of_an_agent_share_one_cache_and_two_agents_do_not() -> None:
    request = request_for("gpt-4.1")
    later = replace(request, turn_number=9, attempt=2)
    other = replace(request, agent_id="agent_b")
    keys = [OPENAI.sent(each)["prompt_cache_key"] for each in (request, later, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("dialect", "model", "parameters", "message"),
    [
        (OPENAI, "gpt-4.1", {"seed": 7}, "OpenAI gpt-4.1 takes no seed: .* chat completions"),
        (XAI, "grok-4.3", {"stop": ["x"]}, "xAI grok-4.3 takes no stop: .* chat completions"),
        (OPENAI, "o3", {"temperature": 0.5}, "o3 takes no temperature: .* leave it out"),
        (OPENAI, "gpt-5-mini", {"top_p": 0.5}, "gpt-5-mini takes no top_p: .* leave it out"),
        (OPENAI, "gpt-5", {"thinking": False}, "gpt-5 takes no thinking: this model always thinks"),
        (OPENAI, "gpt-4o", {"thinking": True}, "gpt-4o takes no thinking: .* does not think"),
        (OPENAI, "gpt-5.2", {"thinking": True, "temperature": 1}, "only while it does not think"),
        (XAI, "grok-4-1-fast-non-reasoning", {"thinking": True}, "does not think"),
        (XAI, "grok-4.7", {"thinking": False}, "always thinks"),
        (OPENAI, "gpt-4.1", {"temprature": 0.5}, "no parameter 'temprature'; did you mean temper"),
        (OPENAI, "gpt-4.1", {"temperature": 2.5}, "temperature is 2.5, must be a number from 0"),
        (OPENAI, "gpt-4.1", {"max_tokens": True}, "max_tokens is True, must be an integer from 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(
    dialect: ResponsesDialect, model: str, parameters: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        dialect.check(model, parameters)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ("gpt-5.2", {"thinking": False, "temperature": 1}),
        ("gpt-5-chat-latest", {"temperature": 0.5}),
        ("a-model-of-tomorrow", {"thinking": True, "temperature": 0.5, "top_p": 1}),
        ("o3", {"temperature": None, "seed": None, "stop": None, "thinking": True}),
    ],
)
def test_what_can_be_asked_or_is_not_known_to_be_refused_passes(
    model: str, parameters: Mapping[str, Any]
) -> None:
    OPENAI.check(model, parameters)


def test_the_key_is_a_bearer_token() -> None:
    assert {"authorization": "Bearer sk-1"} == OPENAI.key_headers("sk-1")


def error(message: str, **fields: Any) -> bytes:
    return orjson.dumps({"error": {"message": message, "type": None, "param": None, **fields}})


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (400, error("Unsupported parameter", type="invalid_request_error"), "bad_request", False),
        (
            400,
            error("Your input exceeds the context window", code="context_length_exceeded"),
            "context_length_exceeded",
            False,
        ),
        (401, error("Incorrect API key provided", code="invalid_api_key"), "authentication", False),
        (404, error("The model `x` does not exist", code="model_not_found"), "not_found", False),
        (429, error("Rate limit reached", code="rate_limit_exceeded"), "rate_limit", True),
        (429, error("You exceeded your current quota", code="insufficient_quota"), "quota", False),
        (500, error("The server had an error", type="server_error"), "server_error", True),
        (503, error("Slow down", code="slow_down"), "overloaded", True),
        (400, error("Flagged", code="content_policy_violation"), "content_filter", False),
        # xAI writes its code beside a plain text.
        (
            400,
            b'{"code":"invalid-argument","error":"Incorrect API key provided: xa***in."}',
            "authentication",
            False,
        ),
        (
            400,
            b'{"code":"x","error":"This model\'s maximum prompt length is 131072 but the request"}',
            "context_length_exceeded",
            False,
        ),
        (
            429,
            b'{"code":"exhausted","error":"Your team has either used all available credits or"}',
            "quota",
            False,
        ),
        (502, b"<html>\n<b>Bad gateway</b></html>", "server_error", True),
        (403, b"", "permission", False),
    ],
)
def test_a_refusal_is_of_its_kind(status: int, body: bytes, kind: str, retryable: bool) -> None:
    found = OPENAI.failure(status, {"x-request-id": "req_1"}, body)
    assert (kind, status, retryable, "req_1") == (
        found.kind,
        found.status,
        found.retryable,
        found.request_id,
    )
    assert found.message
    assert "\n" not in found.message


def test_an_error_in_place_of_a_stream_is_of_its_kind() -> None:
    body = error("Our servers are overloaded", code="server_is_overloaded")
    found = OPENAI.failure(200, {}, body)
    assert ("overloaded", None, True) == (found.kind, found.status, found.retryable)


def headers(**left: str) -> dict[str, str]:
    return {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": left.get("requests", "4999"),
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": left.get("tokens", "29000"),
        "x-ratelimit-reset-tokens": "6m0s",
    }


def test_a_limit_that_is_far_is_not_warned_of() -> None:
    assert OPENAI.rate_limit(headers()) is None


def test_a_limit_that_is_near_is_warned_of_and_does_not_hold_calls_up() -> None:
    warning = RateLimited(
        "1400 of 30000 tokens left",
        None,
        {
            "requests": {"limit": 5000, "remaining": 4999, "reset_in": 0.012},
            "tokens": {"limit": 30000, "remaining": 1400, "reset_in": 360.0},
        },
    )
    assert warning == OPENAI.rate_limit(headers(tokens="1400"))


def test_where_nothing_is_left_the_warning_says_how_long_to_wait() -> None:
    warning = OPENAI.rate_limit(headers(tokens="0", requests="1"))
    assert warning is not None
    assert ("1 of 5000 requests and 0 of 30000 tokens left", 360.0) == (
        warning.message,
        warning.retry_in,
    )


@given(st.dictionaries(st.sampled_from(sorted(headers())), st.text(max_size=30)))
def test_any_headers_at_all_give_a_warning_or_none(given_headers: dict[str, str]) -> None:
    warning = OPENAI.rate_limit({**headers(tokens="0"), **given_headers})
    assert warning is None or warning.retry_in is None or warning.retry_in >= 0


@given(st.lists(odd, max_size=5))
def test_any_json_at_all_is_read_or_is_a_provider_error(values: list[Any]) -> None:
    never_raises_anything_else(OPENAI, request_for("gpt-4.1"), values)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(WORDS[:7])},
            optional={"delta": odd, "response": odd, "error": odd, "code": odd},
        ),
        max_size=3,
    )
)
def test_any_event_at_all_is_read_or_is_a_provider_error(values: list[Any]) -> None:
    never_raises_anything_else(OPENAI, request_for("gpt-4.1"), values)


@given(st.integers(100, 599), st.binary() | odd.map(lambda value: json.dumps(value).encode()))
def test_any_body_at_all_is_a_provider_error(status: int, body: bytes) -> None:
    found = OPENAI.failure(status, {}, body)
    assert found.kind
    assert found.message


def test_nothing_is_read_after_the_end() -> None:
    decoder = OPENAI.decoder(request_for("gpt-4.1"))
    end = StreamMessage('{"type":"response.completed","response":{}}')
    after = StreamMessage('{"type":"response.output_text.delta","delta":"more"}')
    assert 1 == len([*decoder.feed(end), *decoder.feed(after), *decoder.feed(end)])


@pytest.mark.parametrize("name", ["plain.sse", "reasoning.sse", "xai.sse", "max_output_tokens.sse"])
def test_the_vendors_decoder_reads_the_same(name: str) -> None:
    stream = recording("openai", name)
    read = list(chunks(OPENAI.decoder(request_for("m")), messages(OPENAI, stream)))
    end = read[-1]
    assert isinstance(end, Finished)
    said = "".join(chunk.text for chunk in read if isinstance(chunk, Text))
    thought = "".join(chunk.text for chunk in read if isinstance(chunk, Reasoning))
    response = _as_the_vendor_reads(stream)
    incomplete = response.incomplete_details
    summaries = [
        part.text for item in response.output if item.type == "reasoning" for part in item.summary
    ]
    assert (
        response.output_text,
        "\n\n".join(summaries),
        response.model,
        incomplete.reason if incomplete else response.status,
    ) == (said, thought, end.served_model, end.native_finish_reason)
    assert (
        response.usage.input_tokens,
        response.usage.output_tokens,
        response.usage.input_tokens_details.cached_tokens,
        response.usage.output_tokens_details.reasoning_tokens,
    ) == (
        end.usage.input_tokens,
        end.usage.output_tokens,
        end.usage.cached_tokens,
        end.usage.reasoning_tokens,
    )


def _as_the_vendor_reads(stream: bytes) -> Any:
    openai = pytest.importorskip("openai")
    with (
        serving(streamed(stream)) as server,
        openai.OpenAI(api_key="none", base_url=server.url, max_retries=0) as client,
        client.responses.create(model="m", input="Hello", stream=True) as events,
    ):
        return list(events)[-1].response


class TestContract(HttpProviderContract):
    model = "gpt-4.1"
    recorded = recording("openai", "plain.sse")
    answer_text = "Hello there! \u2028Salut\u0085 🐦\u200d⬛ ok."
    usage = Usage(87, 19, 64)
    error_bodies: ClassVar[Mapping[int, bytes]] = {
        400: error("The input is too long", code="context_length_exceeded"),
        401: error("Incorrect API key provided: sk-***", code="invalid_api_key"),
        404: error("The model `m` does not exist", code="model_not_found"),
        429: error("Rate limit reached", type="tokens", code="rate_limit_exceeded"),
        500: error("The server had an error", type="server_error"),
    }
    error_kinds: ClassVar[Mapping[int, str]] = {400: "context_length_exceeded"}
    error_stream = recording("openai", "error.sse")
    error_object = error("Our servers are overloaded", code="server_is_overloaded")

    def dialect(self) -> ResponsesDialect:
        return ResponsesDialect()

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        deltas = [{"type": "response.output_text.delta", "delta": text} for text in texts]
        cut = {"incomplete_details": {"reason": "max_output_tokens"}}
        end = {
            "type": "response.completed" if finish == "stop" else "response.incomplete",
            "response": {"model": "gpt-4.1", **(cut if finish == "length" else {})},
        }
        return b"".join(
            b"event: %b\ndata: %b\n\n" % (each["type"].encode(), orjson.dumps(each))
            for each in [*deltas, end]
        )


class TestContractOfXai(TestContract):
    model = "grok-4.3"
    recorded = recording("openai", "xai.sse")
    answer_text = "Certainly."
    usage = Usage(197, 131, 128, reasoning_tokens=128)

    def dialect(self) -> ResponsesDialect:
        return ResponsesDialect(XAI_RESPONSES)
