"""The allow-list: of every kind of event the keys that are let through, each with its shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pidgin_cli.config.settings import WeightSettings
from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.detections import Action
from pidgin_cli.events.experiment import CompletionReason, Order, ResumeReason
from pidgin_cli.events.interventions import InterventionSource, PauseReason
from pidgin_cli.events.turns import InterruptionReason
from pidgin_cli.filters.redaction.shapes import (
    COUNT,
    COUNTS,
    FLAG,
    NUMERIC,
    Each,
    Fields,
    Names,
    Role,
    measured,
    word,
)
from pidgin_cli.filters.redaction.vocabulary import (
    ATTRACTORS,
    BY_AGENT,
    CALL,
    DETECTOR,
    ERROR,
    LAST_WORD,
    LIMITS,
    NATIVE_REASONS,
    PARAMETERS,
    RESPONSE,
    SEAL,
    SETTINGS,
    USAGE,
    WRITER,
)

ALLOWED: Mapping[str, Fields] = {
    "experiment.started": Fields(
        {
            "agents": Each(
                Fields(
                    {
                        "agent_id": Role.AGENT,
                        "model": Role.MODEL,
                        "provider": Role.PROVIDER,
                        "name": Role.TEXT,
                        "system_prompt": Role.TEXT,
                        "parameters": PARAMETERS,
                    }
                )
            ),
            "initial_prompt": Role.TEXT,
            "max_turns": COUNT,
            "seed": COUNT,
            "group": Role.GROUP,
            "repetition": COUNT,
            "labels": Names(),
            "limits": LIMITS,
            "settings": SETTINGS,
            "writer": WRITER,
            "order": word(*get_args(Order)),
            "rerun_of": Role.EXPERIMENT,
            "interventions": Each(
                Fields(
                    {
                        "turn": COUNT,
                        "before": Role.AGENT,
                        "source": word(*get_args(InterventionSource)),
                        "content": Role.TEXT,
                        "target": Each(Role.AGENT),
                        "request": Role.REQUEST,
                    }
                )
            ),
            "parent": Fields({"experiment_id": Role.EXPERIMENT, "turn_number": COUNT}),
            "redacted": Fields(dict.fromkeys(("content", "hash_models", "patterns"), FLAG)),
        }
    ),
    "experiment.resumed": Fields(
        {
            "turn_number": COUNT,
            "agent_id": Role.AGENT,
            "reason": word(*get_args(ResumeReason)),
            "changes": LIMITS,
            "writer": WRITER,
            "request": Role.REQUEST,
        }
    ),
    "experiment.completed": Fields(
        {"reason": word(*get_args(CompletionReason)), **LAST_WORD, "request": Role.REQUEST}
    ),
    "experiment.failed": Fields({"error": ERROR, **LAST_WORD}),
    "turn.started": Fields({"limits_reached": Each(word(*get_args(PauseReason)))}),
    "turn.completed": Fields({"duration": NUMERIC, "usage": USAGE, "cost_usd": NUMERIC}),
    "response.started": Fields({**RESPONSE, "model": Role.MODEL}),
    "response.streaming": Fields({**RESPONSE, "index": Role.INDEX, "delta": Role.DELTA}),
    "response.completed": Fields(
        {
            **RESPONSE,
            "content": Role.MESSAGE,
            "length": COUNT,
            "tokens": COUNT,
            "duration": NUMERIC,
            "model": Role.MODEL,
            "finish_reason": word(*get_args(FinishReason)),
            "reasoning": Role.TEXT,
        }
    ),
    "response.interrupted": Fields(
        {
            **RESPONSE,
            "content": Role.MESSAGE,
            "chars_received": COUNT,
            "duration": NUMERIC,
            "reason": word(*get_args(InterruptionReason)),
            "request": Role.REQUEST,
        }
    ),
    "pause.requested": Fields(
        {
            "reason": word(*get_args(PauseReason)),
            "detail": Role.TEXT,
            "request": Role.REQUEST,
        }
    ),
    "conductor.intervention": Fields(
        {
            "source": word(*get_args(InterventionSource)),
            "content": Role.MESSAGE,
            "target": Each(Role.AGENT),
            "request": Role.REQUEST,
        }
    ),
    "checkpoint.saved": Fields({"turns": COUNT, "messages": COUNT, **SEAL}),
    "attractor.detected": Fields(
        {
            "kind": word(*ATTRACTORS),
            "description": Role.TEXT,
            "confidence": NUMERIC,
            "turns": COUNTS,
            "detector": DETECTOR,
            "action": word(*get_args(Action)),
        }
    ),
    "convergence.measured": Fields(
        {
            "score": NUMERIC,
            "components": measured(*WeightSettings._fields),
            "by_agent": BY_AGENT,
            "detector": DETECTOR,
            "baseline": NUMERIC,
        }
    ),
    "context.usage": Fields(
        {
            "model": Role.MODEL,
            "tokens_used": COUNT,
            "tokens_remaining": COUNT,
            "limit": COUNT,
            "percentage": NUMERIC,
            "estimated": FLAG,
            "note": Role.TEXT,
        }
    ),
    "rate_limit.warning": Fields(
        {
            "provider": Role.PROVIDER,
            "message": Role.TEXT,
            "retry_in": NUMERIC,
            "limits": LIMITS,
        }
    ),
    "api.call.started": Fields(
        {
            **CALL,
            "attempt": COUNT,
            "parameters": Fields({"asked": PARAMETERS, "sent": PARAMETERS}),
            "messages": COUNT,
            "messages_sha256": Role.FINGERPRINT,
        }
    ),
    "api.call.completed": Fields(
        {
            **CALL,
            "served_model": Role.MODEL,
            "status": COUNT,
            "request_id": Role.REQUEST,
            "duration": NUMERIC,
            "time_to_first_chunk": NUMERIC,
            "usage": USAGE,
            "finish_reason": word(*get_args(FinishReason)),
            "native_finish_reason": word(*NATIVE_REASONS),
            "cost_usd": NUMERIC,
            "usage_estimated": FLAG,
        }
    ),
    "api.call.failed": Fields(
        {
            **CALL,
            "attempt": COUNT,
            "status": COUNT,
            "error": ERROR,
            "retryable": FLAG,
            "retry_in": NUMERIC,
            "request_id": Role.REQUEST,
            "usage": USAGE,
            "usage_estimated": FLAG,
            "cost_usd": NUMERIC,
        }
    ),
    "stream.chunk.received": Fields(
        {**RESPONSE, "index": COUNT, "chars": Role.SIZE, "elapsed": NUMERIC}
    ),
}
"""By type; what is not listed has an empty list."""
