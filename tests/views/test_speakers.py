from __future__ import annotations

import pytest

from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.views.speakers import speaker_model

TAG = "0123456789abcdef0123456789abcdef01234567"


def introduced(model: str, provider: str) -> Conversation:
    agents = [{"agent_id": "agent_a", "model": model, "provider": provider}]
    return Conversation.of(
        [Event("experiment.started", "e", "1", 0.0, None, None, {"agents": agents})]
    )


@pytest.mark.parametrize(
    ("model", "provider", "expected"),
    [
        ("sim:chatty", "sim", "sim:chatty"),
        ("opus", "anthropic", "anthropic:opus"),
        (f"model-{TAG}", f"provider-{TAG}", "provider-01234567:model-01234567"),
        (f"model-{TAG}x", "", "model-01234567x"),
    ],
)
def test_a_speaker_has_a_model_that_can_be_read(model: str, provider: str, expected: str) -> None:
    assert expected == speaker_model(introduced(model, provider), "agent_a")


def test_who_was_not_introduced_speaks_with_the_model_that_answered() -> None:
    assert "opus" == speaker_model(Conversation(), "agent_a", "opus")
    assert "" == speaker_model(Conversation(), "agent_a")
