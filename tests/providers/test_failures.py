from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.failures import LONGEST_MESSAGE, failure_of, one_line, retry_in

NOON = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:47 GMT"}, 10.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:47 -0000"}, 10.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "?", "retry-after": "7"}, 7.0),
    ],
)
def test_the_wait_is_what_the_headers_ask(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds == retry_in(headers, now=lambda: NOON)


@given(st.text())
def test_no_header_is_too_odd_to_be_read(text: str) -> None:
    seconds = retry_in({"retry-after": text, "retry-after-ms": text})
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (200, "bad_response", False),
        (302, "bad_response", False),
        (400, "bad_request", False),
        (401, "authentication", False),
        (402, "quota", False),
        (403, "permission", False),
        (404, "not_found", False),
        (408, "timeout", True),
        (409, "server_error", True),
        (413, "too_large", False),
        (418, "bad_request", False),
        (429, "rate_limit", True),
        (500, "server_error", True),
        (501, "server_error", False),
        (502, "server_error", True),
        (503, "overloaded", True),
        (504, "timeout", True),
        (522, "timeout", True),
        (529, "overloaded", True),
    ],
)
def test_a_status_alone_says_what_failed(status: int, kind: str, retryable: bool) -> None:
    error = failure_of(status, {}, None, "no")
    assert (kind, retryable, status) == (error.kind, error.retryable, error.status)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (429, "quota", False),
        (429, "rate_limit", True),
        (200, "overloaded", True),
        (400, "context_length_exceeded", False),
        (500, "content_filter", False),
    ],
)
def test_a_kind_that_is_known_decides(status: int, kind: str, retryable: bool) -> None:
    error = failure_of(status, {}, kind, "no")
    assert (kind, retryable) == (error.kind, error.retryable)


@pytest.mark.parametrize(
    ("status", "kind", "said", "retryable"),
    [
        (400, None, "true", True),
        (503, None, "false", False),
        (503, None, "maybe", True),
        (429, "quota", "true", False),
    ],
)
def test_a_service_that_says_whether_to_try_again_is_obeyed(
    status: int, kind: str | None, said: str, retryable: bool
) -> None:
    assert retryable == failure_of(status, {"x-should-retry": said}, kind, "no").retryable


def test_a_wait_is_asked_only_of_those_who_may_try_again() -> None:
    waits = [failure_of(status, {"retry-after": "7"}, None, "").retry_in for status in (503, 401)]
    assert [7.0, None] == waits


def test_the_name_of_the_call_is_taken_from_the_body_or_the_headers() -> None:
    headers = [{}, {"x-request-id": "b"}, {"x-request-id": "b", "request-id": "a"}]
    assert [None, "b", "a"] == [failure_of(500, each, None, "").request_id for each in headers]
    assert "c" == failure_of(500, headers[2], None, "", "c").request_id


def test_a_service_without_words_is_quoted_by_its_status() -> None:
    message = "the service answered with status 503 and said nothing"
    assert message == failure_of(503, {}, None, " \n").message


def test_a_message_is_one_line_without_control_characters() -> None:
    assert "a b c ]0;x d" == one_line("a\n  b\tc\u2028\x1b]0;x\x07d\x00")


def test_a_long_message_is_cut() -> None:
    assert "x" * LONGEST_MESSAGE + "…" == one_line("x" * 10_000_000)
