from __future__ import annotations

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.filters.alert import Alert, parse_alert

MEASURED = Event(
    "convergence.measured",
    "exp_1",
    "1",
    0.0,
    3,
    None,
    {"score": 0.5, "detector": {"name": "ours", "version": 2}, "ok": True, "none": None},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("convergence.measured", True),
        ("convergence.*", True),
        ("attractor.detected", False),
        ("convergence", False),
        ("convergence.measured:score>0.4", True),
        ("convergence.measured:score > 0.5", False),
        ("convergence.measured:score>=0.5", True),
        ("convergence.measured:score<0.6", True),
        ("convergence.measured:score<=0.4", False),
        ("convergence.measured:score=0.50", True),
        ("convergence.measured:score!=0.5", False),
        ("convergence.measured:detector.version>=2", True),
        ("convergence.measured:detector.name=ours", True),
        ("convergence.measured:detector.name!=ours", False),
        ("convergence.measured:ok=true", True),
        ("convergence.measured:ok>0", False),
        ("convergence.measured:none=", False),
        ("convergence.measured:detector.name.deeper=ours", False),
        ("convergence.measured:missing!=1", False),
        ("convergence.measured:score=high", False),
        ("*:score>0.4", True),
    ],
)
def test_an_alert_is_for_events_of_a_type_whose_field_compares(text: str, expected: bool) -> None:
    assert expected == parse_alert(text).holds(MEASURED)


@pytest.mark.parametrize("text", ["", ":score>1", "type:", "type:score", "type:>1", "a>b"])
def test_what_is_no_alert_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is neither TYPE nor"):
        parse_alert(text)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_only_a_number_can_be_more_or_less(sign: str) -> None:
    with pytest.raises(UsageError, match=f"{sign} needs a number, and 'long' is none"):
        parse_alert(f"response.completed:duration{sign}long")


def test_an_alert_is_read_into_its_parts() -> None:
    assert Alert("a.*", "b.c", "<=", -1.5) == parse_alert("a.*:b.c<=-1.5")
