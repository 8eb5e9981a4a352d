"""Local servers that speak like model services, and the configuration that leads to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from tests.pipes.processes import Home
from tests.providers.server import Received, Reply, Server, streamed

CANARY = "sk-canary-7f3a91c2d4e5b6a7"
KEYS = {"ANTHROPIC_API_KEY": CANARY, "OPENAI_API_KEY": CANARY, "VLLM_API_KEY": CANARY}
Words = Callable[[int, Received], str]


def _sse(*events: dict[str, Any], named: bool) -> bytes:
    lines = []
    for event in events:
        name = f"event: {event['type']}\n".encode() if named else b""
        lines.append(name + b"data: " + orjson.dumps(event) + b"\n\n")
    return b"".join(lines)


def anthropic_stream(text: str) -> bytes:
    usage = {"input_tokens": 100, "cache_read_input_tokens": 40, "output_tokens": 1}
    deltas = [
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": word},
        }
        for word in text.split(" ")
        for word in (f"{word} ",)
    ]
    return _sse(
        {
            "type": "message_start",
            "message": {"id": "m", "model": "claude-opus-5-5", "usage": usage},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *deltas,
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": len(deltas)},
        },
        {"type": "message_stop"},
        named=True,
    )


def chat_stream(text: str) -> bytes:
    chunks = [
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": f"{word} "}}]}
        for word in text.split(" ")
    ]
    last = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {"prompt_tokens": 90, "completion_tokens": len(chunks)}
    end = {"id": "c", "choices": [], "usage": usage}
    return _sse(*chunks, last, end, named=False) + b"data: [DONE]\n\n"


def speaking(stream: Callable[[str], bytes], words: Words) -> Callable[[Received], Reply]:
    """Give a server's answer whose words depend on how many were asked for before."""
    asked = 0

    def answer(received: Received) -> Reply:
        nonlocal asked
        asked += 1
        return streamed(stream(words(asked - 1, received)))

    return answer


def configure(home: Home, anthropic: Server, chat: Server | None = None, more: str = "") -> None:
    """Write a configuration that names the servers, and put the canary into every key."""
    text = f"providers:\n  anthropic: {{base_url: '{anthropic.url}'}}\n"
    if chat is not None:
        text += (
            f"  vllm: {{kind: openai-compatible, base_url: '{chat.url}/v1',"
            " api_key_env: VLLM_API_KEY}\n"
        )
    path = home.root / "named.yaml"
    path.write_text(text + more, encoding="utf-8")
    home.environ |= {"PIDGIN_CONFIG": str(path), **KEYS}
