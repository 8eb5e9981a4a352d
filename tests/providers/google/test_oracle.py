"""The same bytes, read by Google's own package and by ours, mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Finished, Reasoning, Text
from pidgin_cli.providers.google.dialect import GoogleDialect
from tests.contracts.provider_contract import request_for
from tests.providers.server import Received, Reply, refused, serving, streamed
from tests.providers.streams import decoded, kept

genai = pytest.importorskip("google.genai")

MODEL = "gemini-2.5-flash"
WHOLE = [
    "plain",
    "thinking",
    "cached",
    "max_tokens",
    "thought_to_the_limit",
    "safety",
    "multibyte",
]


def theirs(reply: Reply, config: Any = None) -> tuple[list[Any], Received]:
    with serving(reply) as server:
        options = genai.types.HttpOptions(base_url=server.url, api_version="v1beta")
        client = genai.Client(api_key="k", vertexai=False, http_options=options)
        stream = client.models.generate_content_stream(
            model=MODEL, contents="Discuss ants", config=config
        )
        chunks = list(stream)
        client.close()
        return chunks, server.received[0]


def texts_of(chunks: list[Any]) -> tuple[str, str]:
    said, thought = "", ""
    for chunk in chunks:
        for candidate in chunk.candidates or []:
            for part in (candidate.content and candidate.content.parts) or []:
                if part.thought:
                    thought += part.text or ""
                else:
                    said += part.text or ""
    return said, thought


def usage_of(chunk: Any) -> Usage:
    usage = chunk.usage_metadata
    thoughts = usage.thoughts_token_count or 0
    return Usage(
        usage.prompt_token_count,
        (usage.candidates_token_count or 0) + thoughts,
        usage.cached_content_token_count or 0,
        0,
        thoughts,
    )


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_stream_means_the_same(name: str) -> None:
    stream = kept("google", name)
    chunks, _ = theirs(streamed(stream))
    given, error = decoded(GoogleDialect().decoder(request_for(MODEL)), stream)
    finished = given[-1]
    assert error is None
    assert isinstance(finished, Finished)
    last = chunks[-1]
    expected = (*texts_of(chunks), last.candidates[0].finish_reason.value, last.model_version)
    ours = (
        "".join(chunk.text for chunk in given if isinstance(chunk, Text)),
        "".join(chunk.text for chunk in given if isinstance(chunk, Reasoning)),
        finished.native_finish_reason,
        finished.served_model,
    )
    assert expected == ours
    assert usage_of(last) == finished.usage


def test_a_blocked_prompt_means_the_same() -> None:
    chunks, _ = theirs(streamed(kept("google", "blocked")))
    _, error = decoded(GoogleDialect().decoder(request_for(MODEL)), kept("google", "blocked"))
    assert error is not None
    reason = chunks[-1].prompt_feedback.block_reason.value
    assert f"the prompt was blocked, {reason}" == error.message


def test_an_error_in_a_list_means_the_same() -> None:
    body = b'[{"error": {"code": 503, "message": "Overloaded.", "status": "UNAVAILABLE"}}]'
    with pytest.raises(genai.errors.ServerError) as caught:
        theirs(refused(503, body))
    error = GoogleDialect().failure(503, {}, body)
    expected = (caught.value.code, caught.value.message)
    assert expected == (error.status, error.message)


def test_an_error_in_the_stream_means_the_same() -> None:
    with pytest.raises(genai.errors.ServerError) as caught:
        theirs(streamed(kept("google", "overloaded")))
    _, error = decoded(GoogleDialect().decoder(request_for(MODEL)), kept("google", "overloaded"))
    assert error is not None
    assert (caught.value.code, caught.value.message) == (error.status, error.message)


def test_a_call_holds_what_their_package_would_send() -> None:
    types = genai.types
    config = types.GenerateContentConfig(
        system_instruction=["Be brief", "Speak of bees"],
        temperature=0.5,
        top_p=0.9,
        max_output_tokens=900,
        seed=7,
        stop_sequences=["END"],
        thinking_config=types.ThinkingConfig(include_thoughts=True),
    )
    _, received = theirs(streamed(kept("google", "plain")), config)
    messages = [
        Message("system", "Be brief"),
        Message("user", "Discuss ants"),
        Message("system", "Speak of bees"),
    ]
    asked = {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 900,
        "seed": 7,
        "stop": ["END"],
        "thinking": True,
    }
    call = GoogleDialect().call(request_for(MODEL, messages, parameters=asked))
    body = received.json
    # Theirs gives the instruction a role, and this one name in the other of the two ways of
    # writing that the service takes.
    body["systemInstruction"].pop("role", None)
    thinking = body["generationConfig"]["thinkingConfig"]
    thinking["includeThoughts"] = thinking.pop("include_thoughts")
    assert (body, received.path) == (call.body, call.path)
    assert "k" == received.headers["x-goog-api-key"]
