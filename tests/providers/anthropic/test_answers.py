from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.anthropic.answers import FINISH_REASONS, MessagesDecoder
from pidgin_cli.providers.anthropic.dialect import AnthropicDialect
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    ProviderError,
    Reasoning,
    Text,
)
from pidgin_cli.providers.wire import StreamMessage
from tests.contracts.http_provider_contract import HttpProviderContract
from tests.providers.strange import FIELDS, strange_json
from tests.providers.streams import (
    anthropic_event,
    anthropic_stream,
    decoded,
    fed,
    kept,
    names_of,
)

SENT = 400
"""Characters of the messages that the answers are to."""
SONNET = "claude-sonnet-5-5"

WHOLE: dict[str, Sequence[Chunk]] = {
    "plain": [
        Text("Em"),
        Text("ergence is what "),
        Text("a crowd does "),
        Text("that no one in it decided."),
        Finished("stop", Usage(42, 19), "end_turn", SONNET),
    ],
    "thinking": [
        Reasoning("The other agent asked about ants. "),
        Reasoning("One trail is enough."),
        Text("Ants lay a trail, "),
        Text("and the trail "),
        Text("leads the ants."),
        Finished("stop", Usage(58, 61, reasoning_tokens=44), "end_turn", "claude-opus-5-5"),
    ],
    "cached": [
        Text("As I said, "),
        Text("the trail "),
        Text("comes first."),
        Finished("stop", Usage(4311, 11, 4096, 212), "end_turn", SONNET),
    ],
    "max_tokens": [
        Text("It would take a long "),
        Text("time to "),
        Finished("length", Usage(42, 8), "max_tokens", SONNET),
    ],
    "stop_sequence": [
        Text("One, "),
        Text("two, "),
        Finished("stop", Usage(42, 6), "stop_sequence", SONNET),
    ],
    "refusal": [
        Text("To begin with, "),
        Text("one would need"),
        Finished("content_filter", Usage(42, 9), "refusal", SONNET),
    ],
    "noisy": [
        Text("Se"),
        Text("ven "),
        Text("bells."),
        Finished("stop", Usage(42, 4), "end_turn", SONNET),
    ],
    "multibyte": [
        Text("Zwölf Boxkämpfer: "),
        Text("日本語の"),
        Text("雨\u2028und\u0085 "),
        Text("🐦‍⬛ é\u0301"),
        Text("\u2029."),
        Finished("stop", Usage(42, 31), "end_turn", SONNET),
    ],
}
BROKEN: dict[str, tuple[str, tuple[object, ...]]] = {
    "refused": (
        "",
        (
            "content_filter",
            "the model refused to answer: This request could enable cyber harm.",
            200,
            False,
        ),
    ),
    "overloaded": ("Let us begin with ", ("overloaded", "Overloaded", 529, True)),
    "unfinished": (
        "Half a thought",
        ("stream_broken", "the stream ended before message_stop", None, True),
    ),
}


def answer(stream: bytes, step: int | None = None) -> tuple[list[Chunk], ProviderError | None]:
    return decoded(MessagesDecoder(SENT), stream, step)


def said(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Text))


def ending(stop_reason: str | None, text: str = "Some words") -> Finished:
    chunks, error = answer(stopped(stop_reason, text))
    assert error is None
    last = chunks[-1]
    assert isinstance(last, Finished)
    return last


def stopped(stop_reason: str | None, text: str) -> bytes:
    delta = {"type": "text_delta", "text": text}
    return b"".join(
        [
            anthropic_event("content_block_delta", index=0, delta=delta),
            anthropic_event("message_delta", delta={"stop_reason": stop_reason}),
            anthropic_event("message_stop"),
        ]
    )


def failing(*events: bytes) -> ProviderError:
    chunks, error = answer(b"".join(events))
    assert not any(isinstance(chunk, Finished) for chunk in chunks)
    assert error is not None
    return error


def test_each_kept_stream_is_looked_at() -> None:
    assert sorted([*WHOLE, *BROKEN]) == names_of("anthropic")


@pytest.mark.parametrize("step", [None, 1, 7])
@pytest.mark.parametrize("name", WHOLE)
def test_a_kept_stream_gives_its_chunks(name: str, step: int | None) -> None:
    assert (WHOLE[name], None) == answer(kept("anthropic", name), step)


@pytest.mark.parametrize("name", BROKEN)
def test_a_kept_stream_that_fails_keeps_what_it_said(name: str) -> None:
    chunks, error = answer(kept("anthropic", name))
    assert error is not None
    message = (error.kind, error.message, error.status, error.retryable)
    assert BROKEN[name] == (said(chunks), message)


def test_an_error_in_the_stream_keeps_the_name_of_the_call() -> None:
    _, error = answer(kept("anthropic", "overloaded"))
    assert error is not None
    assert "req_011CSHoEeqs5C35K2UUqR7Fy" == error.request_id


@pytest.mark.parametrize("stop_reason", FINISH_REASONS)
def test_a_reason_to_stop_is_put_into_one_of_ours(stop_reason: str) -> None:
    finished = ending(stop_reason)
    expected = (FINISH_REASONS[stop_reason], stop_reason)
    assert expected == (finished.finish_reason, finished.native_finish_reason)


@pytest.mark.parametrize("stop_reason", [None, "a_new_one"])
def test_a_reason_to_stop_that_nobody_knows_is_an_error_beside_the_text(
    stop_reason: str | None,
) -> None:
    finished = ending(stop_reason)
    assert ("error", stop_reason) == (finished.finish_reason, finished.native_finish_reason)


def test_a_reason_to_stop_that_nobody_knows_and_no_text_is_no_answer() -> None:
    error = failing(stopped("a_new_one", ""))
    message = "no text, and the reason to stop is 'a_new_one'"
    assert ("bad_response", message, False) == (error.kind, error.message, error.retryable)


def test_an_answer_of_no_words_is_an_answer() -> None:
    chunks, error = answer(stopped("end_turn", ""))
    assert (["Finished"], None) == ([type(chunk).__name__ for chunk in chunks], error)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overloaded_error", ("overloaded", 529, True)),
        ("api_error", ("server_error", 500, True)),
        ("rate_limit_error", ("rate_limit", 429, True)),
        ("timeout_error", ("timeout", 504, True)),
        ("billing_error", ("quota", 402, False)),
        ("authentication_error", ("authentication", 401, False)),
        ("invalid_request_error", ("bad_request", 400, False)),
        ("an_error_of_tomorrow", ("server_error", 500, True)),
    ],
)
def test_an_error_in_the_stream_is_of_its_kind(kind: str, expected: tuple[object, ...]) -> None:
    error = failing(anthropic_event("error", error={"type": kind, "message": "No"}))
    assert expected == (error.kind, error.status, error.retryable)


def test_events_are_known_by_their_type_where_they_have_no_name() -> None:
    stream = kept("anthropic", "plain")
    unnamed = b"\n".join(line for line in stream.split(b"\n") if not line.startswith(b"event:"))
    assert (WHOLE["plain"], None) == answer(unnamed)


def test_text_that_a_block_begins_with_is_said() -> None:
    block = anthropic_event("content_block_start", content_block={"type": "text", "text": "Early "})
    chunks, _ = answer(block + stopped("end_turn", "bird"))
    assert "Early bird" == said(chunks)


def test_thinking_that_a_block_begins_with_is_kept() -> None:
    block = {"type": "thinking", "thinking": "Hm. ", "signature": ""}
    stream = anthropic_event("content_block_start", content_block=block)
    assert [Reasoning("Hm. ")] == answer(stream)[0]


def test_tokens_that_the_service_does_not_count_are_estimated_and_marked() -> None:
    finished = ending("end_turn", "Ten and ten")
    assert (Usage(100, 3), True) == (finished.usage, finished.usage_estimated)


@pytest.mark.parametrize("garbage", ["", "<html>", "[]", "null", '"text"', "{", "NaN"])
def test_an_event_that_cannot_be_read_is_a_bad_response(garbage: str) -> None:
    with pytest.raises(ProviderError) as caught:
        MessagesDecoder(SENT).feed(StreamMessage(garbage, "content_block_delta"))
    assert ("bad_response", False) == (caught.value.kind, caught.value.retryable)


@given(st.lists(st.tuples(st.sampled_from(["", "ping", *FIELDS]), strange_json())))
def test_any_json_gives_chunks_or_an_error_of_the_provider(
    messages: list[tuple[str, Any]],
) -> None:
    chunks = fed(
        MessagesDecoder(SENT),
        [StreamMessage(orjson.dumps(value).decode(), event) for event, value in messages],
    )
    assert all(type(chunk) in {Text, Reasoning, Finished} for chunk in chunks)
    assert all(chunk.text for chunk in chunks if isinstance(chunk, Text | Reasoning))


@given(st.binary())
def test_any_body_of_a_refusal_is_an_error_of_the_provider(body: bytes) -> None:
    error = AnthropicDialect().failure(400, {}, body)
    assert ("bad_request", 400) == (error.kind, error.status)
    assert error.message.isprintable()


@given(st.sampled_from([400, 429, 500]), strange_json())
def test_any_json_of_a_refusal_is_an_error_of_the_provider(status: int, value: Any) -> None:
    error = AnthropicDialect().failure(status, {}, orjson.dumps(value))
    assert status == error.status


@given(st.lists(st.text()), st.integers(1, 50))
def test_the_pieces_joined_are_the_text_wherever_packets_end(texts: list[str], step: int) -> None:
    chunks, error = answer(anthropic_stream(*texts), step)
    assert ("".join(texts), None) == (said(chunks), error)


class TestContract(HttpProviderContract):
    model = "claude-sonnet-4-5"
    recorded = kept("anthropic", "plain")
    answer_text = "Emergence is what a crowd does that no one in it decided."
    usage = Usage(42, 19)
    error_bodies: ClassVar[dict[int, bytes]] = {
        status: orjson.dumps({"type": "error", "error": {"type": kind, "message": "No,\nno"}})
        for status, kind in {
            400: "invalid_request_error",
            401: "authentication_error",
            403: "permission_error",
            404: "not_found_error",
            413: "request_too_large",
            429: "rate_limit_error",
            500: "api_error",
            529: "overloaded_error",
        }.items()
    }
    error_stream = kept("anthropic", "overloaded")
    error_object = orjson.dumps(
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    )

    def dialect(self) -> AnthropicDialect:
        return AnthropicDialect()

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        return anthropic_stream(*texts, finish=finish)
