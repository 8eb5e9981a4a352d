"""The plainest dialects that there can be: they show what the transport does, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson

from pidgin_cli.errors import UsageError
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Chunk, Finished, ProviderError, RateLimited, Request, Text
from pidgin_cli.providers.failures import failure_of
from pidgin_cli.providers.wire import Call, StreamMessage

USAGE = Usage(12, 5)
OVERLOADED = b'{"error": "overloaded"}'


class PlainDecoder:
    def feed(self, message: StreamMessage) -> Iterator[Chunk]:
        try:
            said = orjson.loads(message.data)
        except orjson.JSONDecodeError:
            said = None
        match said:
            case {"error": str(kind)}:
                raise failure_of(529, {}, kind, "too many at once")
            case {"text": str(text)}:
                yield Text(text)
            case {"end": str(reason)}:
                yield Finished("length" if reason == "length" else "stop", USAGE)
            case dict():
                return
            case _:
                raise ProviderError("bad_response", "this is no message")

    def finish(self) -> Iterator[Chunk]:
        raise ProviderError("stream_broken", "it ended before its end", retryable=True)
        yield


class PlainDialect:
    def __init__(self, framing: Literal["sse", "lines"] = "sse") -> None:
        self.framing: Literal["sse", "lines"] = framing
        self.headers = {"X-Dialect": "plain"}

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        known = {"temperature", "top_p", "max_tokens", "seed", "thinking"}
        for name in parameters.keys() - known:
            raise UsageError(f"no parameter {name}")

    def sent(self, request: Request) -> Mapping[str, Any]:
        return dict(request.parameters)

    def call(self, request: Request) -> Call:
        said = [{"role": each.role, "content": each.content} for each in request.messages]
        body = {"model": request.model, "messages": said, **request.parameters}
        return Call("/say", body)

    def key_headers(self, key: str) -> Mapping[str, str]:
        return {"X-Key": key}

    def decoder(self, request: Request) -> PlainDecoder:
        return PlainDecoder()

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            said = None
        if isinstance(said, dict) and isinstance(said.get("error"), str):
            return failure_of(status, headers, said["error"], said["error"])
        return failure_of(status, headers, None, body.decode(errors="replace"))

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        if headers.get("x-remaining") != "0":
            return None
        return RateLimited("nothing is left", 7.0, {"remaining": 0})


def plain_stream(
    framing: Literal["sse", "lines"], *texts: str, finish: Literal["stop", "length"] = "stop"
) -> bytes:
    messages = [orjson.dumps(each) for each in (*({"text": t} for t in texts), {"end": finish})]
    return b"".join(plain_message(framing, message) for message in messages)


def plain_message(framing: Literal["sse", "lines"], message: bytes) -> bytes:
    return b"data: %b\n\n" % message if framing == "sse" else message + b"\n"
