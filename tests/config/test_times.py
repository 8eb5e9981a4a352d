from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.times import UNITS, instant, instants, parse_duration, parse_instant

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90.0),
        ("0.5", 0.5),
        ("250ms", 0.25),
        ("90s", 90.0),
        ("15m", 900.0),
        ("15 min", 900.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1d 12h", 129_600.0),
        ("1.5w", 907_200.0),
    ],
)
def test_a_length_of_time_is_read_in_seconds(text: str, expected: float) -> None:
    assert expected == parse_duration(text)


@pytest.mark.parametrize("text", ["", "h", "-2h", "2 fortnights", "2h!", "1e3s", "٣s", "2h\n"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        parse_duration(text)


@given(st.integers(0, 10**11), st.sampled_from(sorted(UNITS)))
def test_a_whole_number_of_a_unit_is_that_many(number: int, unit: str) -> None:
    assert number * UNITS[unit] == parse_duration(f"{number}{unit}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - 7200),
        ("1234567890.5", 1_234_567_890.5),
        ("2009-02-13T23:31:30Z", 1_234_567_890.0),
        ("2009-02-14T00:31:30+01:00", 1_234_567_890.0),
        ("2009-02-13 23:31:30", 1_234_567_890.0),
        ("2009-02-13", 1_234_483_200.0),
    ],
)
def test_an_instant_is_read_as_unix_seconds(text: str, expected: float) -> None:
    assert expected == parse_instant(text, NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "2009-13-01", "2h ago", "-5"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        parse_instant(text, NOW)


@given(
    st.floats(-6e10, 2.5e11)
    | st.builds(
        lambda second, part: second + part / 2**21, st.integers(0, 2**33), st.integers(0, 2**21)
    )
    | st.sampled_from([0.0, -0.0, 0.9999995, 0.9999994999, 1.9999999, 1795509710.9999997])
)
def test_an_instant_is_what_the_calendar_says(timestamp: float) -> None:
    moment = datetime.fromtimestamp(timestamp, UTC)
    expected = moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    assert expected == instant(timestamp)


@pytest.mark.parametrize("timestamp", [1e300, -1e18, float("inf"), float("nan")])
def test_an_instant_past_the_calendar_is_a_number_of_seconds(timestamp: float) -> None:
    assert f"{timestamp!r} s" == instant(timestamp)


@given(
    st.lists(
        st.none()
        | st.floats(-6e10, 2.5e11)
        | st.sampled_from([1.0, 1.25, 1.9999999, 2.0, 2.0000001, -1.5, 1e300, float("nan")])
    )
)
def test_many_instants_are_shown_as_each_of_them_is(timestamps: list[float | None]) -> None:
    expected = ["" if each is None else instant(each) for each in timestamps]
    assert expected == instants(timestamps)
