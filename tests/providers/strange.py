"""JSON of any kind, with the names that the services use, so that it reaches deep into decoders."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FIELDS = (
    "content_block_delta",
    "content_block_start",
    "message_start",
    "message_delta",
    "message_stop",
    "error",
)
"""Names of Anthropic's events."""
NAMES = (
    *("type", "delta", "content_block", "message", "text", "thinking", "usage", "stop_reason"),
    *("input_tokens", "output_tokens", "cache_read_input_tokens", "output_tokens_details"),
    *("thinking_tokens", "stop_details", "explanation", "error", "details", "error_code", "model"),
    *("request_id", "candidates", "content", "parts", "thought", "finishReason", "usageMetadata"),
    *("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "modelVersion", "code"),
    *("promptFeedback", "blockReason", "finishMessage", "status", "retryDelay", "reason"),
)
WORDS = (
    *FIELDS,
    *("text", "text_delta", "thinking_delta", "refusal", "end_turn", "overloaded_error"),
    *("STOP", "SAFETY", "OTHER", "UNAVAILABLE", "46s", "x" * 50 + "s", "limit: 0"),
)


def strange_json() -> st.SearchStrategy[Any]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats()
        | st.sampled_from(WORDS)
        | st.text(max_size=5)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
        ),
        max_leaves=25,
    )
