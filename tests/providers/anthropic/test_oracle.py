"""The same bytes, read by Anthropic's own package and by ours, mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.anthropic.dialect import AnthropicDialect
from pidgin_cli.providers.base import Finished, Reasoning, Text
from tests.contracts.provider_contract import request_for
from tests.providers.server import refused, serving, streamed
from tests.providers.streams import decoded, kept

anthropic = pytest.importorskip("anthropic")

MODEL = "claude-opus-5-5"
WHOLE = [
    "plain",
    "thinking",
    "cached",
    "max_tokens",
    "stop_sequence",
    "refusal",
    "multibyte",
]


def theirs(stream: bytes) -> Any:
    with serving(streamed(stream)) as server, client(server.url) as asked:
        return read(asked)


def client(url: str) -> Any:
    return anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)


def read(asked: Any) -> Any:
    messages = [{"role": "user", "content": "Discuss ants"}]
    with asked.messages.stream(model=MODEL, max_tokens=9, messages=messages) as stream:
        return stream.get_final_message()


def ours(stream: bytes) -> tuple[str, str, Finished]:
    decoder = AnthropicDialect().decoder(request_for(MODEL))
    chunks, error = decoded(decoder, stream)
    assert error is None
    text = "".join(chunk.text for chunk in chunks if isinstance(chunk, Text))
    thought = "".join(chunk.text for chunk in chunks if isinstance(chunk, Reasoning))
    last = chunks[-1]
    assert isinstance(last, Finished)
    return text, thought, last


def usage_of(message: Any) -> Usage:
    usage = message.usage
    written, cached = usage.cache_creation_input_tokens, usage.cache_read_input_tokens
    details = usage.output_tokens_details
    return Usage(
        usage.input_tokens + written + cached,
        usage.output_tokens,
        cached,
        written,
        details.thinking_tokens if details else 0,
    )


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_stream_means_the_same(name: str) -> None:
    message = theirs(kept("anthropic", name))
    text, thought, finished = ours(kept("anthropic", name))
    blocks = message.content
    expected = (
        "".join(block.text for block in blocks if block.type == "text"),
        "".join(block.thinking for block in blocks if block.type == "thinking"),
        message.stop_reason,
        message.model,
        usage_of(message),
    )
    given = (text, thought, finished.native_finish_reason, finished.served_model, finished.usage)
    assert expected == given


def test_the_raw_events_of_a_noisy_stream_say_the_same() -> None:
    # Their reader of whole messages does not go on after events that it does not know.
    stream = kept("anthropic", "noisy").replace(b"not even JSON", b"{}").replace(b"[DONE]", b"{}")
    text = ""
    with serving(streamed(stream)) as server, client(server.url) as asked:
        messages = [{"role": "user", "content": "Discuss ants"}]
        events = asked.messages.create(model=MODEL, max_tokens=9, messages=messages, stream=True)
        for event in events:
            match event.type:
                case "content_block_start":
                    text += event.content_block.text
                case "content_block_delta" if event.delta.type == "text_delta":
                    text += event.delta.text
    assert text == ours(kept("anthropic", "noisy"))[0]


def test_an_error_in_the_stream_means_the_same() -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        theirs(kept("anthropic", "overloaded"))
    _, error = decoded(
        AnthropicDialect().decoder(request_for(MODEL)), kept("anthropic", "overloaded")
    )
    assert error is not None
    expected = ("overloaded_error", "Overloaded")
    assert expected == (caught.value.type, caught.value.api_message)
    assert ("overloaded", "Overloaded") == (error.kind, error.message)


def test_a_spent_quota_is_told_by_the_same_code() -> None:
    body = (
        b'{"type":"error","error":{"type":"rate_limit_error","message":"No more this month",'
        b'"details":{"error_code":"enforced_spend_limit_reached"}}}'
    )
    with (
        serving(refused(429, body)) as server,
        client(server.url) as asked,
        pytest.raises(anthropic.RateLimitError) as caught,
    ):
        read(asked)
    assert "enforced_spend_limit_reached" == caught.value.error_code
    assert "quota" == AnthropicDialect().failure(429, {}, body).kind


def test_a_body_holds_what_their_package_would_send() -> None:
    system = [{"type": "text", "text": "Be brief", "cache_control": {"type": "ephemeral"}}]
    request = request_for(MODEL, parameters={"thinking": True, "max_tokens": 9, "stop": ["x"]})
    body = AnthropicDialect("2026-10-21").call(request).body
    with serving(streamed(kept("anthropic", "plain"))) as server, client(server.url) as asked:
        fields = {name: body[name] for name in ("messages", "max_tokens", "model", "thinking")}
        stop = body["stop_sequences"]
        with asked.messages.stream(**fields, stop_sequences=stop, system=system) as stream:
            stream.until_done()
        received = server.received[0]
    assert {**body, "system": system} == received.json
    assert ("/v1/messages", "2026-10-21") == (
        received.path,
        received.headers["anthropic-version"],
    )
