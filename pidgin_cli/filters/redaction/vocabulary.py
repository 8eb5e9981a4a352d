"""Shapes that several kinds of event share: ids, words of ours, settings, counts, errors."""

from __future__ import annotations

from collections.abc import Mapping
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
from pidgin_cli.events.detections import Action, AgentMeasures
from pidgin_cli.filters.redaction.shapes import (
    COUNT,
    NUMERIC,
    Fields,
    Role,
    Shape,
    Tree,
    form,
    word,
)

OWN_WRITER, OWN_COUNTER = b"[0-9a-f]{16}+", b"[0-9]{6,9}+"
OWN_EVENT_ID = form(f"{OWN_WRITER.decode()}-{OWN_COUNTER.decode()}")
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
ATTRACTORS = ("alternation", "emoji_collapse", "gratitude", "loop", "shrinking")
PARAMETERS = Tree(
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
SETTINGS = Tree(
    frozenset(
        {"conversation", "context", "stream", "limits", "convergence", "attractor"}.union(
            *(
                section._fields
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
LIMITS = Tree(
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
USAGE = Fields(
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
ERROR = Fields(
    {
        "kind": word(*ERROR_KINDS),
        "message": Role.TEXT,
        "provider": Role.PROVIDER,
        "status": COUNT,
    }
)
WRITER = Fields(
    {
        "pidgin": form(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:(?:a|b|rc|\.dev)[0-9]{1,4})?"),
        "host": Role.TEXT,
        # Of chance, and what tells a run that goes on elsewhere from one that crashed here.
        "boot": form("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    }
)
DETECTOR = Fields(
    {
        "name": form(r"pidgin\.[a-z]{1,20}"),
        "version": COUNT,
        "profile": word(*get_args(Profile)),
    }
)
BY_AGENT = Tree(
    frozenset((*(f"agent_{letter}" for letter in ascii_lowercase), *get_type_hints(AgentMeasures)))
)
SEAL: Mapping[str, Shape] = {"events": COUNT, "digest": form("sha256:[0-9a-f]{64}")}
LAST_WORD: Mapping[str, Shape] = {
    "turns": COUNT,
    "duration": NUMERIC,
    "usage": USAGE,
    "cost_usd": NUMERIC,
    **SEAL,
}
RESPONSE: Mapping[str, Shape] = {"response": Role.RESPONSE}
CALL: Mapping[str, Shape] = {**RESPONSE, "provider": Role.PROVIDER, "model": Role.MODEL}
