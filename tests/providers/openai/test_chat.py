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
from pidgin_cli.providers.base import Finished, RateLimited, Text
from pidgin_cli.providers.openai.chat import ChatDialect, ChatVariant
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

CHAT = ChatDialect()
CONVERSATION = [
    Message("system", "You are terse."),
    Message("user", "Discuss emergence"),
    Message("user", "bob: and be brief", "bob"),
    Message("assistant", "Breviter."),
    Message("system", "Now be kind."),
    Message("user", "Go on"),
]
FIELDS = (
    *("choices", "delta", "content", "refusal", "reasoning", "reasoning_content", "error", "code"),
    *("index", "finish_reason", "native_finish_reason", "usage", "x_groq", "message", "type"),
    *("prompt_tokens", "completion_tokens", "total_tokens", "completion_tokens_details", "object"),
    *("prompt_tokens_details", "cached_tokens", "reasoning_tokens", "text", "thinking", "metadata"),
)
WORDS = ("stop", "length", "error", "[DONE]", "\ud83d", 0, 429, 2**70, -1, 3.0)
odd = odd_messages(FIELDS, WORDS)


@pytest.mark.parametrize("name", names("chat"))
def test_a_recorded_stream_is_read_as_it_always_was(name: str, update: bool) -> None:
    found = decoded(CHAT, recording("chat", name), request_for("m"))
    assert expected("chat", name, found, update) == found


def test_a_call_carries_the_conversation_with_neighbours_joined() -> None:
    asked = {"temperature": 0.0, "top_p": 0.9, "max_tokens": 64, "seed": 0, "stop": ["END"]}
    call = CHAT.call(request_for("m", CONVERSATION, parameters=asked))
    body = {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "Discuss emergence\n\nbob: and be brief"},
            {"role": "assistant", "content": "Breviter."},
            {"role": "system", "content": "Now be kind."},
            {"role": "user", "content": "Go on"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "top_p": 0.9,
        "seed": 0,
        "stop": ["END"],
        "max_tokens": 64,
    }
    assert Call("/chat/completions", body) == call


def test_a_server_can_be_sent_each_message_for_itself_without_what_it_does_not_know() -> None:
    dialect = ChatDialect(
        ChatVariant(usage=False, output_limit="max_completion_tokens", order="as said")
    )
    call = dialect.call(request_for("m", CONVERSATION, parameters={"max_tokens": 64}))
    body = {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "Discuss emergence"},
            {"role": "user", "content": "bob: and be brief"},
            {"role": "assistant", "content": "Breviter."},
            {"role": "system", "content": "Now be kind."},
            {"role": "user", "content": "Go on"},
        ],
        "stream": True,
        "max_completion_tokens": 64,
    }
    assert body == call.body


def test_a_server_can_be_sent_strict_turns_behind_one_system_message() -> None:
    call = ChatDialect(ChatVariant(order="in turns")).call(request_for("m", CONVERSATION))
    assert [
        {"role": "system", "content": "You are terse.\n\nNow be kind."},
        {"role": "user", "content": "Discuss emergence\n\nbob: and be brief"},
        {"role": "assistant", "content": "Breviter."},
        {"role": "user", "content": "Go on"},
    ] == call.body["messages"]


def test_thinking_is_asked_for_in_the_words_of_the_server() -> None:
    on, off = ({"chat_template_kwargs": {"enable_thinking": value}} for value in (True, False))
    dialect = ChatDialect(ChatVariant(thinking=on, no_thinking=off))
    sent = []
    for thinking in (True, False, None):
        dialect.check("m", {"thinking": thinking})
        sent.append(dialect.sent(request_for("m", parameters={"thinking": thinking})))
    assert [on, off, {}] == sent


@pytest.mark.parametrize(
    ("variant", "parameters", "message"),
    [
        (ChatVariant(), {"thinking": True}, "takes no thinking: .* configuration"),
        (ChatVariant(), {"thinking": False}, "takes no thinking"),
        (ChatVariant(thinking={"think": True}), {"thinking": False}, "takes no thinking"),
        (ChatVariant(service="Groq"), {"top_k": 3}, "Groq m: no parameter 'top_k'; did you mean"),
        (ChatVariant(), {"stop": "END"}, "stop is 'END', must be a list of texts"),
        (ChatVariant(), {"stop": []}, "must be a list of texts"),
        (ChatVariant(), {"seed": 1.5}, "seed is 1.5, must be an integer"),
        (ChatVariant(), {"top_p": float("nan")}, "must be a number from 0 to 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(
    variant: ChatVariant, parameters: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        ChatDialect(variant).check("m", parameters)


def test_the_key_is_a_bearer_token() -> None:
    assert {"authorization": "Bearer sk-1"} == CHAT.key_headers("sk-1")


def error(message: str, **fields: Any) -> bytes:
    return orjson.dumps({"error": {"message": message, **fields}})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        # vLLM, before and since it put its errors into an object of their own.
        (
            400,
            b'{"object":"error","message":"This model\'s maximum context length is 4096 tokens. '
            b'However, you requested 5000","type":"BadRequestError","code":400}',
            "context_length_exceeded",
        ),
        (
            400,
            error("This model's maximum context length is 4096 tokens.", code=400),
            "context_length_exceeded",
        ),
        # llama.cpp
        (
            400,
            error(
                "the request exceeds the available context size", type="exceed_context_size_error"
            ),
            "context_length_exceeded",
        ),
        # LM Studio
        (
            400,
            b'{"error":"Trying to keep the first 5 tokens when context the overflows."}',
            "context_length_exceeded",
        ),
        # DeepSeek
        (402, error("Insufficient Balance", type="unknown_error"), "quota"),
        # OpenRouter
        (403, error("Flagged", code=403, metadata={"flagged_input": "…"}), "content_filter"),
        (429, error("Provider returned error", code=429, metadata={"raw": "busy"}), "rate_limit"),
        # Groq
        (413, error("Request too large", type="tokens", code="rate_limit_exceeded"), "too_large"),
        (
            400,
            error("Please reduce the length of the messages", code="context_length_exceeded"),
            "context_length_exceeded",
        ),
        (422, b'{"detail":[{"msg":"field required"}]}', "bad_request"),
        (400, error("logit_bias is not supported", type="invalid_request_error"), "bad_request"),
        (429, error("max context length of requests per minute"), "rate_limit"),
    ],
)
def test_a_refusal_is_of_its_kind(status: int, body: bytes, kind: str) -> None:
    assert kind == CHAT.failure(status, {}, body).kind


def test_what_stands_behind_a_gateway_is_quoted() -> None:
    body = error("Provider returned error", code=429, metadata={"raw": "we are\nbusy"})
    assert "Provider returned error: we are busy" == CHAT.failure(429, {}, body).message


def test_limits_of_groq_are_read() -> None:
    headers = {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "2m59.56s",
        "x-ratelimit-limit-tokens": "18000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "7.66s",
    }
    limits = {
        "requests": {"limit": 14400, "remaining": 14370, "reset_in": 179.56},
        "tokens": {"limit": 18000, "remaining": 0, "reset_in": 7.66},
    }
    assert RateLimited("0 of 18000 tokens left", 7.66, limits) == CHAT.rate_limit(headers)


def test_an_answer_that_ends_with_nothing_but_done_is_broken() -> None:
    found = decoded(CHAT, b"data: [DONE]\n\n", request_for("m"))
    assert ["stream_broken"] == [each["error"]["kind"] for each in found]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("eos", "stop"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("function_call", "tool_call"),
        ("never heard of", "error"),
    ],
)
def test_a_finish_reason_is_normalised_and_kept(word: str, reason: str) -> None:
    stream = b'data: {"choices":[{"delta":{"content":"x"},"finish_reason":"%b"}]}\n\n'
    end = decoded(CHAT, stream % word.encode(), request_for("m"))[-1]["finished"]
    assert (reason, word) == (end["finish_reason"], end["native_finish_reason"])


def usage_of(*told: dict[str, Any] | None) -> Mapping[str, int]:
    lines = [{"choices": [{"delta": {"content": "x"}}], "usage": usage} for usage in told]
    stream = b"".join(b"data: %b\n\n" % orjson.dumps(line) for line in lines) + b"data: [DONE]\n\n"
    usage: Mapping[str, int] = decoded(CHAT, stream, request_for("m"))[-1]["finished"]["usage"]
    return usage


def test_usage_that_is_told_again_and_again_counts_once() -> None:
    told = [{"prompt_tokens": 5, "completion_tokens": number} for number in (1, 2, 3)]
    usage = usage_of(*told, None)
    assert (5, 3) == (usage["input_tokens"], usage["output_tokens"])


def test_parts_of_usage_are_never_more_than_the_whole() -> None:
    usage = usage_of(
        {
            "prompt_tokens": 5,
            "completion_tokens": 3,
            "prompt_tokens_details": {"cached_tokens": 6},
            "completion_tokens_details": {"reasoning_tokens": 4},
        }
    )
    assert (5, 3) == (usage["cached_tokens"], usage["reasoning_tokens"])


def test_numbers_and_characters_that_json_forbids_lose_no_text() -> None:
    stream = (
        b'data: {"choices":[{"delta":{"content":"a\\ud83d"},"logprobs":{"x":-Infinity}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop","p":NaN}]}\n\n'
    )
    found = decoded(CHAT, stream, request_for("m"))
    assert [{"text": "a\ufffd"}, {"text": "b"}] == found[:2]


@given(st.lists(odd, max_size=5))
def test_any_json_at_all_is_read_or_is_a_provider_error(values: list[Any]) -> None:
    never_raises_anything_else(CHAT, request_for("m"), values)


@given(st.lists(odd, min_size=1, max_size=3))
def test_any_choices_at_all_are_read_or_are_a_provider_error(values: list[Any]) -> None:
    whole = [{"choices": [{"delta": value, "finish_reason": "stop"}]} for value in values]
    never_raises_anything_else(CHAT, request_for("m"), [*whole, *values])


def test_json_that_is_nested_without_end_is_a_provider_error() -> None:
    deep = StreamMessage('{"a":' * 100_000)
    found = decoded(CHAT, b"data: " + deep.data.encode() + b"\n\n", request_for("m"))
    assert ["bad_response"] == [each["error"]["kind"] for each in found]


@pytest.mark.parametrize(
    "name", ["openai.sse", "deepseek.sse", "openrouter.sse", "groq.sse", "vllm.sse", "no_done.sse"]
)
def test_the_vendors_decoder_reads_the_same(name: str) -> None:
    stream = recording("chat", name)
    read = list(chunks(CHAT.decoder(request_for("m")), messages(CHAT, stream)))
    end = read[-1]
    assert isinstance(end, Finished)
    theirs = _as_the_vendor_reads(stream)
    choices = [chunk.choices[0] for chunk in theirs if chunk.choices]
    reasons = [choice.finish_reason for choice in choices if choice.finish_reason]
    assert (
        "".join(choice.delta.content or "" for choice in choices),
        theirs[-1].model,
        reasons,
    ) == (
        "".join(chunk.text for chunk in read if isinstance(chunk, Text)),
        end.served_model,
        [end.finish_reason],
    )
    for usage in (chunk.usage for chunk in theirs if chunk.usage):
        assert (usage.prompt_tokens, usage.completion_tokens) == (
            end.usage.input_tokens,
            end.usage.output_tokens,
        )


def _as_the_vendor_reads(stream: bytes) -> list[Any]:
    openai = pytest.importorskip("openai")
    asked: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
    with (
        serving(streamed(stream)) as server,
        openai.OpenAI(api_key="none", base_url=server.url, max_retries=0) as client,
        client.chat.completions.create(**asked, stream=True) as events,
    ):
        return list(events)


class TestContract(HttpProviderContract):
    model = "gpt-4.1"
    recorded = recording("chat", "openai.sse")
    answer_text = "Hello there! \u2028Salut\u0085 🐦\u200d⬛ ok."
    usage = Usage(19, 9, 16)
    error_bodies: ClassVar[Mapping[int, bytes]] = {
        400: error("This model's maximum context length is 4096 tokens", code=400),
        401: error("Incorrect API key provided: sk-***", code="invalid_api_key"),
        404: error("The model `m` does not exist", code="model_not_found"),
        429: error("Rate limit reached", type="tokens", code="rate_limit_exceeded"),
        500: error("Internal error", type="InternalServerError", code=500),
    }
    error_kinds: ClassVar[Mapping[int, str]] = {400: "context_length_exceeded"}
    error_stream = recording("chat", "openrouter_error.sse")
    error_stream_kind = "server_error"
    error_object = error("Rate limited upstream", code=429)
    error_object_kind = "rate_limit"

    def dialect(self) -> ChatDialect:
        return ChatDialect()

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        choices: list[dict[str, Any]] = [{"index": 0, "delta": {"content": each}} for each in texts]
        choices.append({"index": 0, "delta": {}, "finish_reason": finish})
        lines = [orjson.dumps({"model": "gpt-4.1", "choices": [each]}) for each in choices]
        return b"".join(b"data: %b\n\n" % line for line in [*lines, b"[DONE]"])


class TestContractOfReasoning(TestContract):
    model = "deepseek-reasoner"
    recorded = recording("chat", "deepseek.sse")
    answer_text = "Yes. 是"
    usage = Usage(120, 40, 64, reasoning_tokens=31)
