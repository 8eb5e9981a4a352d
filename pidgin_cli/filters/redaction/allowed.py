"""The allow-list: of every kind of event the keys that are let through, each with its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from string import ascii_lowercase
from typing import get_args, get_type_hints

from pidgin_cli.config.settings import (
    AttractorSettings,
    ContextSettings,
    ConvergenceSettings,
    ConversationSettings,
    LimitSettings,
    Profile,
    StreamSettings,
    WeightSettings,
)
from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.detections import Action, AgentMeasures
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
    Shape,
    Tree,
    form,
    measured,
    word,
)

OWN_EVENT_ID = form("[0-9a-f]{16}+-[0-9]{6,9}+")
OWN_AGENT_ID = form("agent_[a-z]")

ERROR_KINDS = (
    "authentication",
    "bad_request",
    "bad_response",
    "cancelled",
    "connection",
    "content_filter",
    "context_length_exceeded",
    "internal",
    "not_found",
    "overloaded",
    "permission",
    "quota",
    "rate_limit",
    "refused",
    "server_error",
    "stream_broken",
    "timeout",
    "too_large",
)
NATIVE_REASONS = (
    "completed",
    "content_filter",
    "end_turn",
    "error",
    "function_call",
    "incomplete",
    "length",
    "load",
    "max_output_tokens",
    "max_tokens",
    "model_context_window_exceeded",
    "pause_turn",
    "refusal",
    "stop",
    "stop_sequence",
    "tool_calls",
    "tool_use",
    "unload",
    "BLOCKLIST",
    "LANGUAGE",
    "MAX_TOKENS",
    "OTHER",
    "PROHIBITED_CONTENT",
    "RECITATION",
    "SAFETY",
    "SPII",
    "STOP",
)
_ATTRACTORS = ("alternation", "emoji_collapse", "gratitude", "loop", "shrinking")
_PARAMETERS = Tree(
    frozenset(
        [
            "temperature",
            "top_p",
            "topP",
            "top_k",
            "topK",
            "max_tokens",
            "max_output_tokens",
            "max_completion_tokens",
            "maxOutputTokens",
            "seed",
            "thinking",
            "think",
            "type",
            "effort",
            "reasoning",
            "summary",
            "budget_tokens",
            "thinkingConfig",
            "includeThoughts",
            "thinkingBudget",
            "options",
            "num_ctx",
            "num_predict",
            "truncate",
            "shift",
            "store",
            "stream",
            "length",
            "pace",
            "context",
            "failures",
            "breaks",
            "cache_control",
        ]
    ),
    frozenset(
        [
            "none",
            "minimal",
            "low",
            "medium",
            "high",
            "auto",
            "enabled",
            "disabled",
            "adaptive",
            "ephemeral",
        ]
    ),
)
_SETTINGS = Tree(
    frozenset(
        {"conversation", "context", "stream", "limits", "convergence", "attractor"}.union(
            *(
                {field.name for field in fields(section)}
                for section in (
                    AttractorSettings,
                    ContextSettings,
                    ConvergenceSettings,
                    ConversationSettings,
                    LimitSettings,
                    StreamSettings,
                    WeightSettings,
                )
            )
        )
    ),
    frozenset((*get_args(Action), *get_args(Profile), "sampled", "all", "none")),
)
_LIMITS = Tree(
    frozenset(
        [
            "max_turns",
            "max_tokens",
            "max_cost",
            "max_time",
            "turns",
            "tokens",
            "cost",
            "cost_usd",
            "time",
            "seconds",
            "input_tokens",
            "output_tokens",
            "input-tokens",
            "output-tokens",
            "requests",
            "limit",
            "remaining",
            "reset",
            "reset_in",
            "retry_in",
            "limits",
            "warning_threshold",
            "enabled",
            "threshold",
            "action",
        ]
    ),
    frozenset(get_args(Action)),
)
_USAGE = Fields(
    dict.fromkeys(
        (
            "input_tokens",
            "output_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
        ),
        COUNT,
    )
)
_ERROR = Fields(
    {
        "kind": word(*ERROR_KINDS),
        "message": Role.TEXT,
        "provider": Role.PROVIDER,
        "status": COUNT,
    }
)
_WRITER = Fields(
    {
        "pidgin": form(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:(?:a|b|rc|\.dev)[0-9]{1,4})?"),
        "host": Role.TEXT,
        # Of chance, and what tells a run that goes on elsewhere from one that crashed here.
        "boot": form("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    }
)
_DETECTOR = Fields(
    {
        "name": form(r"pidgin\.[a-z]{1,20}"),
        "version": COUNT,
        "profile": word(*get_args(Profile)),
    }
)
_BY_AGENT = Tree(
    frozenset((*(f"agent_{letter}" for letter in ascii_lowercase), *get_type_hints(AgentMeasures)))
)
_SEAL: Mapping[str, Shape] = {"events": COUNT, "digest": form("sha256:[0-9a-f]{64}")}
_LAST_WORD: Mapping[str, Shape] = {
    "turns": COUNT,
    "duration": NUMERIC,
    "usage": _USAGE,
    "cost_usd": NUMERIC,
    **_SEAL,
}
_RESPONSE: Mapping[str, Shape] = {"response": Role.RESPONSE}
_CALL: Mapping[str, Shape] = {**_RESPONSE, "provider": Role.PROVIDER, "model": Role.MODEL}

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
                        "parameters": _PARAMETERS,
                    }
                )
            ),
            "initial_prompt": Role.TEXT,
            "max_turns": COUNT,
            "seed": COUNT,
            "group": Role.GROUP,
            "repetition": COUNT,
            "labels": Names(),
            "limits": _LIMITS,
            "settings": _SETTINGS,
            "writer": _WRITER,
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
            "changes": _LIMITS,
            "writer": _WRITER,
            "request": Role.REQUEST,
        }
    ),
    "experiment.completed": Fields(
        {"reason": word(*get_args(CompletionReason)), **_LAST_WORD, "request": Role.REQUEST}
    ),
    "experiment.failed": Fields({"error": _ERROR, **_LAST_WORD}),
    "turn.started": Fields({"limits_reached": Each(word(*get_args(PauseReason)))}),
    "turn.completed": Fields({"duration": NUMERIC, "usage": _USAGE, "cost_usd": NUMERIC}),
    "response.started": Fields({**_RESPONSE, "model": Role.MODEL}),
    "response.streaming": Fields({**_RESPONSE, "index": Role.INDEX, "delta": Role.DELTA}),
    "response.completed": Fields(
        {
            **_RESPONSE,
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
            **_RESPONSE,
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
    "checkpoint.saved": Fields({"turns": COUNT, "messages": COUNT, **_SEAL}),
    "attractor.detected": Fields(
        {
            "kind": word(*_ATTRACTORS),
            "description": Role.TEXT,
            "confidence": NUMERIC,
            "turns": COUNTS,
            "detector": _DETECTOR,
            "action": word(*get_args(Action)),
        }
    ),
    "convergence.measured": Fields(
        {
            "score": NUMERIC,
            "components": measured(*(field.name for field in fields(WeightSettings))),
            "by_agent": _BY_AGENT,
            "detector": _DETECTOR,
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
            "limits": _LIMITS,
        }
    ),
    "api.call.started": Fields(
        {
            **_CALL,
            "attempt": COUNT,
            "parameters": Fields({"asked": _PARAMETERS, "sent": _PARAMETERS}),
            "messages": COUNT,
            "messages_sha256": Role.FINGERPRINT,
        }
    ),
    "api.call.completed": Fields(
        {
            **_CALL,
            "served_model": Role.MODEL,
            "status": COUNT,
            "request_id": Role.REQUEST,
            "duration": NUMERIC,
            "time_to_first_chunk": NUMERIC,
            "usage": _USAGE,
            "finish_reason": word(*get_args(FinishReason)),
            "native_finish_reason": word(*NATIVE_REASONS),
            "cost_usd": NUMERIC,
            "usage_estimated": FLAG,
        }
    ),
    "api.call.failed": Fields(
        {
            **_CALL,
            "attempt": COUNT,
            "status": COUNT,
            "error": _ERROR,
            "retryable": FLAG,
            "retry_in": NUMERIC,
            "request_id": Role.REQUEST,
            "usage": _USAGE,
            "usage_estimated": FLAG,
            "cost_usd": NUMERIC,
        }
    ),
    "stream.chunk.received": Fields(
        {**_RESPONSE, "index": COUNT, "chars": Role.SIZE, "elapsed": NUMERIC}
    ),
}
"""By type; what is not listed has an empty list."""
