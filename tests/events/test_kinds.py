from __future__ import annotations

from typing import Any, NotRequired, get_origin, get_type_hints

import pytest

from pidgin_cli.events.kind import Draft, Kind
from pidgin_cli.events.kinds import KINDS

CONTRACT = {
    "experiment.started": (
        "agents initial_prompt max_turns seed group? repetition? labels limits settings writer"
        " order? parent? rerun_of? interventions?"
    ),
    "experiment.resumed": "turn_number agent_id reason changes writer request?",
    "experiment.completed": "reason turns duration usage cost_usd? request? events? digest?",
    "experiment.failed": "error turns duration usage cost_usd? events? digest?",
    "turn.started": "limits_reached?",
    "response.started": "response model",
    "response.streaming": "response index delta",
    "response.completed": (
        "response content length tokens duration model finish_reason reasoning?"
    ),
    "response.interrupted": "response content chars_received duration reason request?",
    "turn.completed": "duration usage cost_usd?",
    "pause.requested": "reason detail request?",
    "conductor.intervention": "source content target request?",
    "checkpoint.saved": "turns messages events? digest?",
    "attractor.detected": "kind description confidence turns detector action",
    "convergence.measured": "score components baseline? by_agent? detector",
    "context.usage": "model tokens_used tokens_remaining limit percentage estimated note?",
    "rate_limit.warning": "provider message retry_in limits",
    "api.call.started": "response provider model attempt parameters messages messages_sha256",
    "api.call.completed": (
        "response provider model served_model status request_id duration time_to_first_chunk"
        " usage finish_reason native_finish_reason cost_usd? usage_estimated?"
    ),
    "api.call.failed": (
        "response provider model attempt status error retryable retry_in request_id usage?"
        " usage_estimated? cost_usd?"
    ),
    "stream.chunk.received": "response index chars elapsed",
}
"""Every kind with its keys; those with a question mark may be missing. The store adds the seal."""


def keys(kind: Kind[Any]) -> str:
    hints = get_type_hints(kind.payload, include_extras=True)
    return " ".join(
        f"{name}?" if get_origin(hint) is NotRequired else name for name, hint in hints.items()
    )


def test_there_are_the_kinds_of_the_contract_and_no_others():
    assert 21 == len(CONTRACT)
    assert list(CONTRACT) == list(KINDS)


@pytest.mark.parametrize("name", CONTRACT)
def test_the_payload_of_a_kind_has_the_keys_of_the_contract(name: str):
    assert " ".join(CONTRACT[name].split()) == keys(KINDS[name])


@pytest.mark.parametrize("name", CONTRACT)
def test_calling_a_kind_drafts_an_event_of_it(name: str):
    data = {"some": "data"}
    assert Draft(name, data, 3, "agent_b") == KINDS[name](data, 3, "agent_b")
    assert Draft(name, data, None, None) == KINDS[name](data)
