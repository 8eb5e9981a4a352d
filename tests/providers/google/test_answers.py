from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Chunk, Finished, ProviderError, Reasoning, Text
from pidgin_cli.providers.google.answers import FINISH_REASONS, GenerateDecoder
from pidgin_cli.providers.google.dialect import GoogleDialect
from pidgin_cli.providers.wire import StreamMessage
from tests.contracts.http_provider_contract import HttpProviderContract
from tests.providers.strange import strange_json
from tests.providers.streams import decoded, fed, google_message, google_stream, kept, names_of

SENT = 400
"""Characters of the messages that the answers are to."""
FLASH = "gemini-2.5-flash"

WHOLE: dict[str, Sequence[Chunk]] = {
    "plain": [
        Text("Em"),
        Text("ergence is what a crowd does "),
        Text("that no one in it "),
        Text("decided."),
        Finished("stop", Usage(12, 17), "STOP", FLASH),
    ],
    "thinking": [
        Reasoning("**Thinking of ants**\n\nThe other agent asked about them. "),
        Reasoning("One trail is enough."),
        Text("Ants lay a trail, "),
        Text("and the trail leads the ants."),
        Finished("stop", Usage(31, 57, reasoning_tokens=44), "STOP", "gemini-3.5-flash"),
    ],
    "cached": [
        Text("As I said, "),
        Text("the trail "),
        Text("comes first."),
        Finished("stop", Usage(4311, 36, 4096, 0, 25), "STOP", FLASH),
    ],
    "max_tokens": [
        Text("It would take a long "),
        Text("time to "),
        Finished("length", Usage(12, 8), "MAX_TOKENS", FLASH),
    ],
    "thought_to_the_limit": [
        Finished("length", Usage(12, 64, reasoning_tokens=64), "MAX_TOKENS", FLASH)
    ],
    "safety": [
        Text("To begin with, "),
        Finished("content_filter", Usage(12, 4), "SAFETY", FLASH),
    ],
    "multibyte": [
        Text("Zwölf Boxkämpfer: "),
        Text("日本語の雨\u2028und\u0085 "),
        Text("🐦‍⬛ é\u0301"),
        Text("\u2029."),
        Finished("stop", Usage(12, 31), "STOP", FLASH),
    ],
}
OVERLOADED = "The model is overloaded. Please try again later."
BROKEN: dict[str, tuple[str, tuple[object, ...]]] = {
    "blocked": (
        "",
        ("content_filter", "the prompt was blocked, PROHIBITED_CONTENT", 200, False),
    ),
    "withheld": (
        "",
        ("content_filter", "no text, the answer ended with SAFETY", 200, False),
    ),
    "recitation": (
        "",
        (
            "content_filter",
            "no text, the answer ended with RECITATION: The answer was too close to a source.",
            200,
            False,
        ),
    ),
    "malformed": (
        "",
        ("bad_response", "no text, the answer ended with MALFORMED_RESPONSE", 200, False),
    ),
    "overloaded": ("Let us begin with ", ("overloaded", OVERLOADED, 503, True)),
    "overloaded_in_a_list": ("Let us begin with ", ("overloaded", OVERLOADED, 503, True)),
    "unfinished": (
        "Half a thought",
        ("stream_broken", "the stream ended without a finish reason", None, True),
    ),
}


def answer(stream: bytes, step: int | None = None) -> tuple[list[Chunk], ProviderError | None]:
    return decoded(GenerateDecoder(SENT), stream, step)


def said(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Text))


def part(text: str, **fields: Any) -> dict[str, Any]:
    return {"content": {"parts": [{"text": text}]}, **fields}


def ended(reason: str, text: str = "Some words") -> Finished:
    chunks, error = answer(google_message(candidates=[part(text, finishReason=reason)]))
    assert error is None
    last = chunks[-1]
    assert isinstance(last, Finished)
    return last


def failing(**fields: Any) -> ProviderError:
    _, error = answer(google_message(**fields))
    assert error is not None
    return error


def test_each_kept_stream_is_looked_at() -> None:
    assert sorted([*WHOLE, *BROKEN]) == names_of("google")


@pytest.mark.parametrize("step", [None, 1, 7])
@pytest.mark.parametrize("name", WHOLE)
def test_a_kept_stream_gives_its_chunks(name: str, step: int | None) -> None:
    assert (WHOLE[name], None) == answer(kept("google", name), step)


@pytest.mark.parametrize("name", BROKEN)
def test_a_kept_stream_that_fails_keeps_what_it_said(name: str) -> None:
    chunks, error = answer(kept("google", name))
    assert error is not None
    message = (error.kind, error.message, error.status, error.retryable)
    assert BROKEN[name] == (said(chunks), message)


@pytest.mark.parametrize("reason", FINISH_REASONS)
def test_a_finish_reason_is_put_into_one_of_ours(reason: str) -> None:
    finished = ended(reason)
    assert (FINISH_REASONS[reason], reason) == (
        finished.finish_reason,
        finished.native_finish_reason,
    )


def test_a_finish_reason_that_nobody_knows_is_an_error_beside_the_text() -> None:
    finished = ended("A_NEW_ONE")
    assert ("error", "A_NEW_ONE") == (finished.finish_reason, finished.native_finish_reason)


def test_an_answer_of_no_words_is_an_answer() -> None:
    assert "stop" == ended("STOP", "").finish_reason


def test_a_block_of_the_prompt_says_why() -> None:
    feedback = {"blockReason": "SAFETY", "blockReasonMessage": "Too\ndangerous"}
    error = failing(promptFeedback=feedback)
    expected = ("content_filter", "the prompt was blocked, SAFETY: Too dangerous")
    assert expected == (error.kind, error.message)


def test_feedback_that_blocks_nothing_is_passed_over() -> None:
    feedback = {"safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT"}]}
    stream = google_message(promptFeedback=feedback) + google_stream("Hello")
    assert "Hello" == said(answer(stream)[0])


def test_an_error_in_the_stream_says_how_long_to_wait() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "46s"}
    error = failing(error={"code": 429, "message": "Slow down", "details": [detail]})
    expected = ("rate_limit", "Slow down", 429, True, 46.0)
    assert expected == (error.kind, error.message, error.status, error.retryable, error.retry_in)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"status": "DEADLINE_EXCEEDED"}, ("timeout", 504, True)),
        ({"status": "INTERNAL", "code": 13}, ("server_error", 500, True)),
        ({"message": "What?"}, ("server_error", 500, True)),
        ("What?", ("server_error", 500, True)),
    ],
)
def test_an_error_in_the_stream_is_of_its_kind(error: Any, expected: tuple[object, ...]) -> None:
    given = failing(error=error)
    assert expected == (given.kind, given.status, given.retryable)


def test_the_first_candidate_speaks_alone() -> None:
    stream = google_message(candidates=[part("One", finishReason="STOP"), part("Two")])
    assert "One" == said(answer(stream)[0])


def test_parts_without_text_are_passed_over() -> None:
    parts = [{"functionCall": {"name": "f"}}, {"text": "Words"}, {"text": ""}, {"text": None}]
    stream = google_message(candidates=[{"content": {"parts": parts}, "finishReason": "STOP"}])
    assert [Text("Words")] == answer(stream)[0][:-1]


def test_the_last_usage_stands() -> None:
    first = google_message(candidates=[part("a")], usageMetadata={"promptTokenCount": 12})
    assert (Usage(12, 5), None) == _usage(first + google_stream("b"))


def test_usage_stands_where_the_last_message_has_none() -> None:
    usage = {"promptTokenCount": 12, "candidatesTokenCount": 5}
    first = google_message(candidates=[part("a")], usageMetadata=usage)
    last = google_message(candidates=[part("b", finishReason="STOP")])
    assert (Usage(12, 5), None) == _usage(first + last)


def test_tokens_that_the_service_does_not_count_are_estimated_and_marked() -> None:
    finished = ended("STOP", "Ten and ten")
    assert (Usage(100, 3), True) == (finished.usage, finished.usage_estimated)


def test_a_count_that_is_left_out_of_an_answer_without_words_is_zero() -> None:
    end = {"finishReason": "STOP"}
    stream = google_message(candidates=[end], usageMetadata={"promptTokenCount": 12})
    assert [Finished("stop", Usage(12, 0), "STOP")] == answer(stream)[0]


def _usage(stream: bytes) -> tuple[Usage, ProviderError | None]:
    chunks, error = answer(stream)
    last = chunks[-1]
    assert isinstance(last, Finished)
    return last.usage, error


@pytest.mark.parametrize("garbage", ["", "<html>", "[]", "[{}, {}]", "null", "7", "{", "NaN"])
def test_a_message_that_cannot_be_read_is_a_bad_response(garbage: str) -> None:
    with pytest.raises(ProviderError) as caught:
        GenerateDecoder(SENT).feed(StreamMessage(garbage))
    assert ("bad_response", False) == (caught.value.kind, caught.value.retryable)


@given(st.lists(strange_json()))
def test_any_json_gives_chunks_or_an_error_of_the_provider(values: list[Any]) -> None:
    messages = [StreamMessage(orjson.dumps(value).decode()) for value in values]
    chunks = fed(GenerateDecoder(SENT), messages)
    assert all(type(chunk) in {Text, Reasoning, Finished} for chunk in chunks)
    assert all(chunk.text for chunk in chunks if isinstance(chunk, Text | Reasoning))


@given(st.binary())
def test_any_body_of_a_refusal_is_an_error_of_the_provider(body: bytes) -> None:
    error = GoogleDialect().failure(400, {}, body)
    assert ("bad_request", 400) == (error.kind, error.status)
    assert error.message.isprintable()


@given(st.sampled_from([200, 400, 429, 500]), strange_json())
def test_any_json_of_a_refusal_is_an_error_of_the_provider(status: int, value: Any) -> None:
    error = GoogleDialect().failure(status, {}, orjson.dumps(value))
    assert error.status is not None
    assert error.status >= status
    assert error.kind


@given(st.lists(st.text()), st.integers(1, 50))
def test_the_pieces_joined_are_the_text_wherever_packets_end(texts: list[str], step: int) -> None:
    chunks, error = answer(google_stream(*texts), step)
    assert ("".join(texts), None) == (said(chunks), error)


class TestContract(HttpProviderContract):
    model = FLASH
    recorded = kept("google", "plain")
    answer_text = "Emergence is what a crowd does that no one in it decided."
    usage = Usage(12, 17)
    error_bodies: ClassVar[dict[int, bytes]] = {
        status: orjson.dumps([{"error": {"code": status, "message": "No,\nno", "status": word}}])
        for status, word in {
            400: "INVALID_ARGUMENT",
            401: "UNAUTHENTICATED",
            403: "PERMISSION_DENIED",
            404: "NOT_FOUND",
            429: "RESOURCE_EXHAUSTED",
            500: "INTERNAL",
            503: "UNAVAILABLE",
        }.items()
    }
    error_stream = kept("google", "overloaded")
    error_object = orjson.dumps(
        [{"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}]
    )

    def dialect(self) -> GoogleDialect:
        return GoogleDialect()

    def stream_of(self, *texts: str, finish: Literal["stop", "length"] = "stop") -> bytes:
        return google_stream(*texts, finish=finish)
