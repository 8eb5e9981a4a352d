"""What can be seen of an event whose words were taken out of it."""

from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.events.redaction import is_redacted, unredacted


def event(data: dict[str, Any], **extra: Any) -> Event:
    return Event("response.completed", "exp_1", "x-1", 1.0, 0, "agent_a", data, extra=extra)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (event({"content": "Hello"}), False),
        (event({"content": "They wrote [REDACTED] there."}), False),
        (event({"content": "[REDACTED]"}), True),
        (event({"initial_prompt": "[REDACTED]"}), True),
        (event({"content": "x"}, redacted=True), True),
        (event({"content": "x", "redacted": True}), True),
        (event({"content": "x"}, redacted=False), False),
        (event({"content": ["[REDACTED]"]}), False),
    ],
)
def test_an_event_without_its_words_is_known(of: Event, expected: bool) -> None:
    assert expected == is_redacted(of)


def test_what_is_needed_and_gone_is_refused_by_name() -> None:
    events = [event({"content": "Hello"}), event({"content": "[REDACTED]"})]
    given = unredacted(events, "resumed")
    assert next(given) == events[0]
    with pytest.raises(UsageError, match=r"exp_1 cannot be resumed: .* response.completed x-1"):
        next(given)
