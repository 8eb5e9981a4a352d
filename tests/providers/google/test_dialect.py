from typing import Any

import orjson
import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.alternation import OPENING
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.google.dialect import GoogleDialect
from pidgin_cli.providers.wire import Call
from tests.contracts.provider_contract import request_for

CONVERSATION = [
    Message("system", "You are brief"),
    Message("user", "Discuss ants"),
    Message("assistant", "They follow."),
    Message("user", "Whom?"),
    Message("system", "Speak of bees"),
    Message("user", "And why?"),
]
PATH = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"


def sent(model: str = "gemini-2.5-flash", **parameters: Any) -> dict[str, Any]:
    return dict(GoogleDialect().sent(request_for(model, parameters=parameters)))


def refusal_of(model: str, **parameters: Any) -> str:
    with pytest.raises(UsageError) as caught:
        GoogleDialect().check(model, parameters)
    return str(caught.value)


def failure_of(status: int, body: Any, **headers: str) -> ProviderError:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return GoogleDialect().failure(status, headers, raw)


def error_body(code: int, status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def retry_info(delay: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def test_a_conversation_becomes_one_call() -> None:
    asked = {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 900,
        "seed": 7,
        "stop": ("END",),
        "thinking": True,
    }
    request = request_for("gemini-2.5-flash", CONVERSATION, parameters=asked)
    expected = Call(
        PATH,
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Discuss ants"}]},
                {"role": "model", "parts": [{"text": "They follow."}]},
                {"role": "user", "parts": [{"text": "Whom?\n\nAnd why?"}]},
            ],
            "systemInstruction": {"parts": [{"text": "You are brief"}, {"text": "Speak of bees"}]},
            "generationConfig": {
                "temperature": 0.5,
                "topP": 0.9,
                "maxOutputTokens": 900,
                "seed": 7,
                "stopSequences": ["END"],
                "thinkingConfig": {"includeThoughts": True},
            },
        },
    )
    assert expected == GoogleDialect().call(request)


def test_a_call_that_asks_for_nothing_holds_the_words_alone() -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "Discuss emergence"}]}]}
    assert Call(PATH, body) == GoogleDialect().call(request_for("gemini-2.5-flash"))


def test_what_is_sent_is_in_the_body() -> None:
    asked = {"temperature": 0, "seed": 0, "thinking": False}
    request = request_for("gemini-2.5-flash", parameters=asked)
    expected = {"temperature": 0, "seed": 0, "thinkingConfig": {"thinkingBudget": 0}}
    dialect = GoogleDialect()
    assert expected == dialect.sent(request) == dialect.call(request).body["generationConfig"]


def test_an_agent_that_begins_is_asked_to() -> None:
    call = GoogleDialect().call(request_for("gemini-2.5-flash", []))
    assert [{"role": "user", "parts": [{"text": OPENING}]}] == call.body["contents"]


def test_a_parameter_that_is_none_is_not_sent() -> None:
    names = ("temperature", "top_p", "max_tokens", "seed", "thinking", "stop")
    assert {} == sent(**dict.fromkeys(names))


@pytest.mark.parametrize(
    ("model", "resource"),
    [
        ("gemini-3.5-flash", "models/gemini-3.5-flash"),
        ("models/gemini-3.5-flash", "models/gemini-3.5-flash"),
        ("tunedModels/mine", "tunedModels/mine"),
        ("who?key=1#a b", "models/who%3Fkey%3D1%23a%20b"),
    ],
)
def test_a_model_has_its_place_in_the_path(model: str, resource: str) -> None:
    path = GoogleDialect().call(request_for(model)).path
    assert f"/v1beta/{resource}:streamGenerateContent?alt=sse" == path


def test_the_key_goes_into_its_header() -> None:
    assert {"x-goog-api-key": "k"} == GoogleDialect().key_headers("k")


def test_the_service_says_nothing_of_its_limits() -> None:
    assert GoogleDialect().rate_limit({"x-ratelimit-remaining-requests": "0"}) is None


@pytest.mark.parametrize(
    ("model", "config"),
    [
        ("gemini-2.5-flash", {"thinkingBudget": 0}),
        ("gemini-2.5-flash-lite", {"thinkingBudget": 0}),
        ("gemini-flash-latest", {"thinkingBudget": 0}),
        ("gemini-2.0-flash", None),
    ],
)
def test_thinking_is_switched_off_where_it_can_be(model: str, config: Any) -> None:
    GoogleDialect().check(model, {"thinking": False})
    assert config == sent(model, thinking=False).get("thinkingConfig")


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        ("gemini-2.5-pro", {"thinking": False}, "thinking False: this model always thinks"),
        ("gemini-3.8-flash", {"thinking": False}, "thinking False: this model always thinks"),
        ("gemini-3-pro-preview", {"thinking": False}, "thinking False: this model always thinks"),
        ("gemini-2.0-flash", {"thinking": True}, "thinking True: this model cannot think"),
        ("gemini-2.5-flash", {"seed": 2**31}, "seed 2147483648: must be an integer of 32 bits"),
        ("gemini-2.5-flash", {"stop": list("abcdef")}, "at most 5 can be named"),
        ("gemini-2.5-flash", {"temperature": 2.5}, "temperature is 2.5"),
    ],
)
def test_what_a_model_is_known_to_refuse_is_refused_by_name(
    model: str, parameters: dict[str, Any], message: str
) -> None:
    text = refusal_of(model, **parameters)
    assert (f"google:{model}", True) == (text[: len(model) + 7], message in text)


def test_what_a_model_takes_passes_the_check() -> None:
    asked = {"temperature": 2, "top_p": 1, "seed": -(2**31), "stop": list("abcde")}
    GoogleDialect().check("gemini-3-pro", {**asked, "thinking": True, "max_tokens": 1})


TOO_LONG = "The input token count (1091639) exceeds the maximum number of tokens allowed (1048576)."
NO_FREE_TIER = (
    "You exceeded your current quota, please check your plan and billing details.\n"
    "* Quota exceeded for metric: free_tier_requests, limit: 0, model: gemini-3-pro"
)
SLOW_DOWN = "Quota exceeded for metric: generate_requests, limit: 10, model: gemini-2.5-flash"
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (400, error_body(400, "INVALID_ARGUMENT", "Bad field"), "bad_request", False),
        (400, error_body(400, "INVALID_ARGUMENT", TOO_LONG), "context_length_exceeded", False),
        (
            400,
            error_body(400, "INVALID_ARGUMENT", "API key not valid.", BAD_KEY),
            "authentication",
            False,
        ),
        (403, error_body(403, "PERMISSION_DENIED", "No"), "permission", False),
        (404, error_body(404, "NOT_FOUND", "models/x is not found"), "not_found", False),
        (429, error_body(429, "RESOURCE_EXHAUSTED", SLOW_DOWN), "rate_limit", True),
        (429, error_body(429, "RESOURCE_EXHAUSTED", "limit: 0.5"), "rate_limit", True),
        (429, error_body(429, "RESOURCE_EXHAUSTED", NO_FREE_TIER), "quota", False),
        (429, [error_body(429, "RESOURCE_EXHAUSTED", NO_FREE_TIER)], "quota", False),
        (500, error_body(500, "INTERNAL", "Oops"), "server_error", True),
        (503, [error_body(503, "UNAVAILABLE", "Overloaded")], "overloaded", True),
        (504, error_body(504, "DEADLINE_EXCEEDED", "Late"), "timeout", True),
        (502, b"<html>Bad gateway</html>", "server_error", True),
        (200, error_body(503, "UNAVAILABLE", "Overloaded"), "overloaded", True),
        (200, {"error": {"status": "RESOURCE_EXHAUSTED"}}, "rate_limit", True),
        (200, {"contents": []}, "bad_response", False),
        (200, b"<html>Sign in</html>", "bad_response", False),
    ],
)
def test_a_refusal_is_of_its_kind(status: int, body: Any, kind: str, retryable: bool) -> None:
    error = failure_of(status, body)
    assert (kind, retryable) == (error.kind, error.retryable)


@pytest.mark.parametrize(
    ("delay", "seconds"), [("46s", 46.0), ("1.5s", 1.5), ("s", None), ("soon", None)]
)
def test_a_refusal_says_how_long_to_wait(delay: str, seconds: float | None) -> None:
    body = error_body(429, "RESOURCE_EXHAUSTED", SLOW_DOWN, BAD_KEY, retry_info(delay))
    assert seconds == failure_of(429, body).retry_in


def test_a_header_that_says_how_long_to_wait_comes_first() -> None:
    body = error_body(429, "RESOURCE_EXHAUSTED", SLOW_DOWN, retry_info("46s"))
    assert 3.0 == failure_of(429, body, **{"retry-after": "3"}).retry_in


def test_a_quota_of_nothing_is_not_waited_for() -> None:
    body = error_body(429, "RESOURCE_EXHAUSTED", NO_FREE_TIER, retry_info("46s"))
    assert failure_of(429, body).retry_in is None


def test_a_refusal_in_other_words_is_quoted() -> None:
    assert "Bad gateway" == failure_of(502, b"Bad gateway\n").message
