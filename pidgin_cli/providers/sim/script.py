"""Scripts: files that say, line by line, what a simulated agent sends at each turn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast, get_args

import orjson

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError
from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import RateLimited
from pidgin_cli.providers.sim.model import OPTIONS
from pidgin_cli.providers.sim.reply import Failure, Reply


@dataclass(frozen=True, slots=True)
class Script:
    """The replies of a file, one for each line that is not blank."""

    replies: tuple[Reply, ...]

    def reply(self, turn_number: int) -> Reply:
        """Give the reply of a turn; after the last line comes the first again.

        Agents that share a file say the same at the same turn.
        """
        return self.replies[turn_number % len(self.replies)]


def read_script(file: str) -> Script:
    """Read a script: UTF-8, one response a line, blank lines skipped.

    A line that begins with `{` is a JSON object with `content` and, where wanted, `reasoning`,
    `finish_reason`, `usage` {input_tokens, …}, `errors` [{kind, message, status, retryable,
    retry_in}] (attempt k fails with the k-th), `break_after` (characters), `rate_limit` {message,
    retry_in, limits} and `delay` (seconds). Any other line is the text itself.

    Raises:
        UsageError: the file cannot be read, is empty, or has a line that cannot be used.
    """
    try:
        content = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"cannot read the script {file}: {reason}{_hint(file)}") from None
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    replies = [_Line(file, at).reply(line) for at, line in enumerate(lines, 1) if line.strip()]
    if not replies:
        raise UsageError(f"the script {file} is empty: write one response a line")
    return Script(tuple(replies))


def _hint(file: str) -> str:
    """Point at an option that was misspelt and so became part of the file's name."""
    _, comma, tail = file.rpartition(",")
    name, equals, _ = tail.partition("=")
    near = nearest(name, OPTIONS) if comma and equals else None
    return f"; did you mean the option {near}?" if near else ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A place in a script, for errors to name."""

    file: str
    number: int

    def reply(self, line: bytes) -> Reply:
        if not line.startswith(b"{"):
            try:
                return Reply(line.removesuffix(b"\r").decode())
            except UnicodeDecodeError as error:
                self.refuse(f"not UTF-8 at byte {error.start}")
        try:
            fields = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            self.refuse(f"begins with {{ and is not JSON: {error}")
        if "content" not in fields:
            self.refuse("lacks content")
        known = self.fields(fields, _FIELDS, "")
        return Reply(known.pop("content"), **known)

    def fields(self, given: Any, known: Mapping[str, _Field], where: str) -> dict[str, Any]:
        """Give the values by the names that they have in our own objects."""
        if not isinstance(given, dict):
            self.refuse(f"{where or 'the line'} must be an object")
        values = {}
        for name, value in given.items():
            if name not in known:
                near = nearest(name, known) or ", ".join(known)
                self.refuse(f"{where}{'.' if where else ''}{name} is unknown, did you mean {near}?")
            field = known[name]
            if not field.holds(value):
                self.refuse(f"{where}{'.' if where else ''}{name} must be {field.accepts}")
            values[field.name or name] = field.built(self, value) if field.built else value
        return values

    def refuse(self, reason: str) -> NoReturn:
        raise UsageError(f"{self.file}, line {self.number}: {reason}")


@dataclass(frozen=True, slots=True)
class _Field:
    """A key that a script may have: what it accepts, and what is built from it."""

    accepts: str
    holds: Callable[[Any], bool]
    built: Callable[[_Line, Any], Any] | None = None
    name: str | None = None


def _usage(line: _Line, value: Any) -> Any:
    return line.fields(value, _USAGE_FIELDS, "usage")


def _failures(line: _Line, value: Any) -> tuple[Failure, ...]:
    return tuple(_failure(line, item) for item in value)


def _failure(line: _Line, value: Any) -> Failure:
    known = line.fields(value, _ERROR_FIELDS, "errors")
    if "kind" not in known:
        line.refuse("errors lack a kind, such as overloaded")
    return Failure(**{"message": f"simulated: {known['kind']}", **known})


def _rate_limit(line: _Line, value: Any) -> RateLimited:
    known = line.fields(value, _RATE_LIMIT_FIELDS, "rate_limit")
    return RateLimited(**{"message": "simulated: limits are near", **known})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


_TEXT = _Field("text", _is_text)
_COUNT = _Field("a whole number of at least 0", _is_count)
_SECONDS = _Field("seconds, at least 0", _is_seconds)
_FINISH_REASONS = cast("tuple[str, ...]", get_args(FinishReason))

_USAGE_FIELDS = dict.fromkeys(Usage.__slots__, _COUNT)
_ERROR_FIELDS = {
    "kind": _TEXT,
    "message": _TEXT,
    "status": _COUNT,
    "retryable": _Field("true or false", lambda value: isinstance(value, bool)),
    "retry_in": _SECONDS,
}
_RATE_LIMIT_FIELDS = {
    "message": _TEXT,
    "retry_in": _SECONDS,
    "limits": _Field("an object", _is_object),
}
_FIELDS = {
    "content": _TEXT,
    "reasoning": _TEXT,
    "finish_reason": _Field(
        f"one of {', '.join(_FINISH_REASONS)}", lambda value: value in _FINISH_REASONS
    ),
    "usage": _Field("an object", _is_object, _usage),
    "errors": _Field("a list", lambda value: isinstance(value, list), _failures, "failures"),
    "break_after": _COUNT,
    "rate_limit": _Field("an object", _is_object, _rate_limit),
    "delay": _SECONDS,
}
