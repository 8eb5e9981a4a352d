from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.anthropic.dialect import AnthropicDialect
from pidgin_cli.providers.base import RateLimited

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()


def warning(**limits: tuple[object, object, str | None]) -> RateLimited | None:
    headers = {}
    for name, values in limits.items():
        for word, value in zip(("limit", "remaining", "reset"), values, strict=True):
            if value is not None:
                headers[f"anthropic-ratelimit-{name.replace('_', '-')}-{word}"] = str(value)
    return AnthropicDialect(now=lambda: NOW).rate_limit(headers)


def test_no_headers_are_no_warning() -> None:
    assert warning() is None


def test_a_limit_that_is_far_is_no_warning() -> None:
    assert warning(requests=(1000, 50, "2026-11-22T12:00:30Z")) is None


def test_less_than_a_twentieth_left_is_a_warning_that_holds_nobody_up() -> None:
    far = (80_000, 80_000, "2026-11-22T12:00:00Z")
    limits: dict[str, Any] = {
        "requests": {"limit": 1000, "remaining": 49, "reset": "2026-11-22T12:00:30Z"},
        "output-tokens": {"limit": 80_000, "remaining": 80_000, "reset": "2026-11-22T12:00:00Z"},
    }
    expected = RateLimited("left of the rate limit: 49 of 1000 requests", None, limits)
    assert expected == warning(requests=(1000, 49, "2026-11-22T12:00:30Z"), output_tokens=far)


def test_the_longest_of_those_with_nothing_left_is_waited_for() -> None:
    given = warning(
        requests=(50, 0, "2026-11-22T12:00:01.500Z"),
        input_tokens=(30_000, 0, "2026-11-22T13:01:00+01:00"),
        tokens=(90_000, 1, "2026-11-22T14:00:00Z"),
    )
    assert given is not None
    message = "left of the rate limit: 0 of 50 requests, 1 of 90000 tokens, 0 of 30000 input tokens"
    assert (message, 60.0) == (given.message, given.retry_in)


@pytest.mark.parametrize("limit", [10, 0])
def test_nothing_left_is_a_warning_however_small_the_limit(limit: int) -> None:
    assert warning(tokens=(limit, 0, None)) == RateLimited(
        f"left of the rate limit: 0 of {limit} tokens",
        None,
        {"tokens": {"limit": limit, "remaining": 0}},
    )


@pytest.mark.parametrize("reset", ["soon", "", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00"])
def test_a_reset_that_cannot_be_waited_for_leaves_the_warning(reset: str) -> None:
    given = warning(requests=(10, 0, reset))
    assert given is not None
    assert given.retry_in in {None, 0.0}


@given(st.text(), st.text(), st.text())
def test_headers_of_any_text_are_read_or_passed_over(limit: str, left: str, reset: str) -> None:
    warning(requests=(limit, left, reset))
