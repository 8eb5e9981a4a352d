from __future__ import annotations

from collections.abc import Callable, Iterable

from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import NOTHING
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.stamp import Stamp


def clock(*times: float) -> Callable[[], float]:
    return iter(times).__next__


def token(count: int) -> str:
    return "0f" * count


def timestamps(times: Iterable[float], not_before: float = 0.0) -> list[float]:
    times = list(times)
    stamp = Stamp("exp_1", clock=clock(*times), token=token, not_before=not_before)
    return [stamp(Draft("turn.started", {})).timestamp for _ in times]


def test_a_draft_becomes_an_event_with_its_line():
    stamp = Stamp("exp_1", clock=clock(1234567890.123456), token=token)
    event = stamp(Draft("response.started", {"response": 0, "model": "sim:echo"}, 2, "agent_b"))
    expected = (
        b'{"v":1,"id":"0f0f0f0f0f0f0f0f-000000","type":"response.started",'
        b'"experiment_id":"exp_1","timestamp":1234567890.123456,"turn_number":2,'
        b'"agent_id":"agent_b","data":{"response":0,"model":"sim:echo"}}\n'
    )
    assert expected == event.line
    assert event == decode(encode(event))


def test_data_that_is_no_dictionary_is_written_as_well():
    event = Stamp("exp_1", clock=clock(1.0), token=token)(Draft("turn.started", NOTHING))
    assert event == decode(encode(event))


def test_microseconds_are_kept_and_nothing_finer():
    assert [1.000001, 1.000002, 1.123457] == timestamps([1.000001, 1.0000021, 1.12345678])


def test_time_stands_still_while_the_clock_was_set_back():
    assert [5.0, 5.0, 5.0, 5.5] == timestamps([5.0, 3.0, -1.0, 5.5])


def test_time_never_goes_back_behind_what_is_in_the_log():
    assert [9.5, 9.5, 10.0] == timestamps([1.0, 2.0, 10.0], not_before=9.5)
