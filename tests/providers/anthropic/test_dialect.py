from typing import Any

import orjson
import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.alternation import OPENING
from pidgin_cli.providers.anthropic.dialect import DEFAULT_MAX_TOKENS, AnthropicDialect
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.wire import Call
from tests.contracts.provider_contract import request_for

CACHED = {"type": "ephemeral"}
CONVERSATION = [
    Message("system", "You are brief"),
    Message("user", "Discuss ants"),
    Message("assistant", "They follow."),
    Message("user", "Whom?"),
    Message("system", "Speak of bees"),
    Message("user", "And why?"),
]


def body_of(dialect: AnthropicDialect | None = None, **parameters: Any) -> dict[str, Any]:
    return body_for("claude-sonnet-4-5", dialect, **parameters)


def body_for(
    model: str, dialect: AnthropicDialect | None = None, **parameters: Any
) -> dict[str, Any]:
    request = request_for(model, parameters=parameters)
    return dict((dialect or AnthropicDialect()).call(request).body)


def refusal_of(model: str, dialect: AnthropicDialect | None = None, **parameters: Any) -> str:
    with pytest.raises(UsageError) as caught:
        (dialect or AnthropicDialect()).check(model, parameters)
    return str(caught.value)


def failure_of(status: int, body: bytes, **headers: str) -> ProviderError:
    return AnthropicDialect().failure(status, headers, body)


def error_body(kind: str, message: str, **more: Any) -> bytes:
    error = {"type": kind, "message": message, **more}
    return orjson.dumps({"type": "error", "error": error, "request_id": "req_5"})


def test_a_conversation_becomes_one_call() -> None:
    asked = {"temperature": 0.5, "max_tokens": 900, "stop": ["END"], "thinking": False}
    request = request_for("claude-sonnet-4-5", CONVERSATION, parameters=asked)
    expected = Call(
        "/v1/messages",
        {
            "model": "claude-sonnet-4-5",
            "stream": True,
            "max_tokens": 900,
            "temperature": 0.5,
            "stop_sequences": ["END"],
            "thinking": {"type": "disabled"},
            "system": [
                {"type": "text", "text": "You are brief"},
                {"type": "text", "text": "Speak of bees", "cache_control": CACHED},
            ],
            "messages": [
                {"role": "user", "content": "Discuss ants"},
                {"role": "assistant", "content": "They follow."},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "Whom?\n\nAnd why?", "cache_control": CACHED}
                    ],
                },
            ],
        },
    )
    assert expected == AnthropicDialect().call(request)


def test_every_request_names_the_version_of_the_api() -> None:
    named = [
        AnthropicDialect(version).headers["anthropic-version"] for version in (None, "2026-10-21")
    ]
    assert ["2023-06-01", "2026-10-21"] == named


def test_a_call_that_asks_for_nothing_names_a_limit_all_the_same() -> None:
    content = [{"type": "text", "text": "Discuss emergence", "cache_control": CACHED}]
    expected = {
        "model": "claude-sonnet-4-5",
        "stream": True,
        "max_tokens": DEFAULT_MAX_TOKENS,
        "messages": [{"role": "user", "content": content}],
    }
    assert expected == body_of()


def test_without_caching_nothing_is_marked() -> None:
    dialect = AnthropicDialect(caching=False)
    request = request_for("claude-sonnet-4-5", CONVERSATION[:2])
    expected = {
        "model": "claude-sonnet-4-5",
        "stream": True,
        "max_tokens": DEFAULT_MAX_TOKENS,
        "system": [{"type": "text", "text": "You are brief"}],
        "messages": [{"role": "user", "content": "Discuss ants"}],
    }
    assert expected == dialect.call(request).body
    assert {"max_tokens": DEFAULT_MAX_TOKENS, "anthropic-version": "2023-06-01"} == dialect.sent(
        request
    )


def test_an_agent_that_begins_is_asked_to() -> None:
    request = request_for("claude-sonnet-4-5", [])
    messages = AnthropicDialect(caching=False).call(request).body["messages"]
    assert [{"role": "user", "content": OPENING}] == messages


def test_the_key_goes_into_its_header() -> None:
    assert {"x-api-key": "k"} == AnthropicDialect().key_headers("k")


def test_a_parameter_that_is_none_is_not_sent() -> None:
    names = ("temperature", "top_p", "max_tokens", "seed", "thinking", "stop")
    assert body_of() == body_of(**dict.fromkeys(names))


def test_a_temperature_of_0_is_0() -> None:
    assert 0 == body_of(temperature=0)["temperature"]


def test_what_is_sent_is_in_the_body() -> None:
    asked = {"temperature": 1, "max_tokens": 4000, "stop": ("a", "b"), "thinking": True}
    request = request_for("claude-sonnet-4-5", parameters=asked)
    expected = {
        "max_tokens": 4000,
        "temperature": 1,
        "stop_sequences": ["a", "b"],
        "thinking": {"type": "enabled", "budget_tokens": 2000, "display": "summarized"},
    }
    dialect = AnthropicDialect("2026-10-21")
    more = {"anthropic-version": "2026-10-21", "cache_control": CACHED}
    assert {**expected, **more} == dialect.sent(request)
    body = dialect.call(request).body
    assert expected == {name: body[name] for name in expected}


@pytest.mark.parametrize(
    "model",
    ["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-5-5", "claude-opus-5", "my-own-claude"],
)
def test_newer_models_think_as_much_as_they_want(model: str) -> None:
    expected = {"type": "adaptive", "display": "summarized"}
    assert expected == body_for(model, thinking=True)["thinking"]


@pytest.mark.parametrize(
    "model",
    [
        "claude-3-7-sonnet-20250219",
        "claude-sonnet-4-20250514",
        "claude-opus-4-1",
        "claude-opus-4-5-20251101",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
    ],
)
def test_older_models_think_within_a_budget(model: str) -> None:
    expected = {
        "type": "enabled",
        "budget_tokens": DEFAULT_MAX_TOKENS // 2,
        "display": "summarized",
    }
    assert expected == body_for(model, thinking=True)["thinking"]


@pytest.mark.parametrize(("most", "budget"), [(1025, 1024), (2048, 1024), (2050, 1025)])
def test_a_budget_is_half_of_all_tokens_and_never_below_the_least(most: int, budget: int) -> None:
    AnthropicDialect().check("claude-haiku-4-5", {"thinking": True, "max_tokens": most})
    sent = body_for("claude-haiku-4-5", thinking=True, max_tokens=most)
    assert budget == sent["thinking"]["budget_tokens"]


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ("claude-sonnet-4-5", {"temperature": 1, "stop": ["x"], "max_tokens": 1}),
        ("claude-sonnet-4-5", {"top_p": 0.5}),
        ("claude-sonnet-4-5", {"top_p": 0.95, "thinking": True}),
        ("claude-sonnet-4-20250514", {"temperature": 0.2, "top_p": 0.5}),
        ("claude-3-haiku", {"thinking": False}),
        ("claude-sonnet-5-5", {"thinking": False}),
        ("claude-opus-5", {"thinking": False}),
        ("claude-opus-5-5", {"temperature": 1}),
        ("claude-opus-5-5", {"thinking": True, "max_tokens": 100}),
        ("my-own-claude", {"temperature": 0.2, "top_p": 0.5}),
    ],
)
def test_what_a_model_takes_passes_the_check(model: str, parameters: dict[str, Any]) -> None:
    AnthropicDialect().check(model, parameters)


@pytest.mark.parametrize(
    ("model", "parameters", "name"),
    [
        ("claude-sonnet-4-5", {"seed": 7}, "seed"),
        ("claude-sonnet-4-5", {"temperature": 1.5}, "temperature"),
        ("claude-sonnet-4-5", {"temperature": "hot"}, "temperature"),
        ("claude-sonnet-4-5", {"temperature": float("nan")}, "temperature"),
        ("claude-sonnet-4-5", {"stop": ["x", " \n"]}, "stop"),
        ("claude-sonnet-4-5", {"temperature": 0.5, "top_p": 0.5}, "top_p"),
        ("claude-sonnet-4-5", {"temperature": 0.5, "thinking": True}, "temperature"),
        ("claude-sonnet-4-5", {"top_p": 0.5, "thinking": True}, "top_p"),
        ("claude-sonnet-4-5", {"max_tokens": 1024, "thinking": True}, "max_tokens"),
        ("claude-3-5-haiku-20241022", {"thinking": True}, "thinking"),
        ("claude-opus-4-7", {"temperature": 0}, "temperature"),
        ("claude-haiku-5-5", {"top_p": 0.9}, "top_p"),
        ("claude-opus-5-5", {"thinking": False}, "thinking"),
        ("claude-fable-5-1", {"thinking": False}, "thinking"),
        ("claude-mythos-preview", {"thinking": False}, "thinking"),
    ],
)
def test_what_a_model_is_known_to_refuse_is_refused_by_name(
    model: str, parameters: dict[str, Any], name: str
) -> None:
    message = refusal_of(model, **parameters)
    assert message.startswith(f"anthropic:{model}")
    assert f" {name} " in message.replace(":", " ")


@pytest.mark.parametrize("name", ["temperature", "top_p"])
def test_newer_versions_of_the_api_refuse_what_shapes_the_choice_of_words(name: str) -> None:
    dialect = AnthropicDialect("2026-10-21")
    expected = (
        f"anthropic:claude-sonnet-4-5 does not take {name} 1: "
        "version 2026-10-21 of the API has none; leave it out (or run with --omit-refused)"
    )
    assert expected == refusal_of("claude-sonnet-4-5", dialect, **{name: 1})


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (429, error_body("rate_limit_error", "Slow down"), "rate_limit", True),
        (
            429,
            error_body(
                "rate_limit_error",
                "You have reached your usage limit",
                details={"error_code": "enforced_spend_limit_reached"},
            ),
            "quota",
            False,
        ),
        (
            429,
            error_body("rate_limit_error", "x", details={"error_code": "ramp_limit_exceeded"}),
            "rate_limit",
            True,
        ),
        (429, error_body("rate_limit_error", "prompt is too long for now"), "rate_limit", True),
        (402, error_body("billing_error", "Pay"), "quota", False),
        (
            400,
            error_body(
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API.",
            ),
            "quota",
            False,
        ),
        (
            400,
            error_body("invalid_request_error", "prompt is too long: 208310 tokens > 200000"),
            "context_length_exceeded",
            False,
        ),
        (
            400,
            error_body(
                "invalid_request_error",
                "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000",
            ),
            "context_length_exceeded",
            False,
        ),
        (400, error_body("invalid_request_error", "temperature: bad"), "bad_request", False),
        (401, error_body("authentication_error", "invalid x-api-key"), "authentication", False),
        (403, error_body("permission_error", "No"), "permission", False),
        (404, error_body("not_found_error", "model: claude-9"), "not_found", False),
        (413, error_body("request_too_large", "Too large"), "too_large", False),
        (500, error_body("api_error", "Internal server error"), "server_error", True),
        (529, error_body("overloaded_error", "Overloaded"), "overloaded", True),
        (502, b"<html>Bad gateway</html>", "server_error", True),
        (529, b"[[]]", "overloaded", True),
        (200, b"<html>Sign in</html>", "bad_response", False),
    ],
)
def test_a_refusal_is_of_its_kind(status: int, body: bytes, kind: str, retryable: bool) -> None:
    error = failure_of(status, body)
    assert (kind, status, retryable) == (error.kind, error.status, error.retryable)


def test_a_refusal_says_what_the_service_said_and_where() -> None:
    error = failure_of(529, error_body("overloaded_error", "Over\nloaded"), **{"retry-after": "3"})
    assert ("Over loaded", "req_5", 3.0) == (error.message, error.request_id, error.retry_in)


def test_a_refusal_in_other_words_is_quoted() -> None:
    assert "Bad gateway" == failure_of(502, b"Bad gateway\n").message


def test_the_beginning_of_a_conversation_is_sent_the_same_at_every_turn() -> None:
    dialect = AnthropicDialect(caching=False)
    said = [*CONVERSATION[:4], Message("assistant", "The first."), Message("user", "And then?")]
    earlier, later = (
        dialect.call(request_for("claude-sonnet-4-5", said[:end])).body["messages"]
        for end in (4, 6)
    )
    assert earlier == later[: len(earlier)]
