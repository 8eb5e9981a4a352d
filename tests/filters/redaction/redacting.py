"""Redactions as the tests ask for them: one key, the built-in catalogue, streams as bytes."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from pidgin_cli.config.catalogue import Catalogue, load_catalogue
from pidgin_cli.filters.redact import Naming, Redact, RedactOptions
from pidgin_cli.filters.redaction.families import FAMILIES
from pidgin_cli.filters.redaction.report import Report
from pidgin_cli.filters.redaction.taking import Seen
from pidgin_cli.filters.redaction.wanted import PatternSettings

CONTENT = RedactOptions(content=True)
MODELS = RedactOptions(hash_models=True)
DEFAULT = RedactOptions(content=True, hash_models=True)
FAMILIAR = RedactOptions(patterns=PatternSettings(families=frozenset(FAMILIES)))
EVERYTHING = RedactOptions(True, True, FAMILIAR.patterns)
ALL_OPTIONS = {
    "content": CONTENT,
    "models": MODELS,
    "default": DEFAULT,
    "patterns": FAMILIAR,
    "patterns and models": RedactOptions(hash_models=True, patterns=FAMILIAR.patterns),
    "everything": EVERYTHING,
}


@cache
def catalogue() -> Catalogue:
    return load_catalogue(environ={})


def literal(*texts: str) -> RedactOptions:
    return RedactOptions(patterns=PatternSettings(literals=texts))


def redactor(
    options: RedactOptions, key: bytes = b"k" * 32, report: Report | None = None
) -> Redact:
    return Redact(options, Naming(key, catalogue), report)


def redacted(
    data: bytes, options: RedactOptions, key: bytes = b"k" * 32, report: Report | None = None
) -> bytes:
    """Give a stream redacted, without the lines that are bad."""
    redact = redactor(options, key, report)
    return b"".join(redact.lines(data, heedless) + redact.rest())


def line_by_line(data: bytes, options: RedactOptions) -> bytes:
    """Give the same, each line taken in and settled before the next, as in a live pipe."""
    redact = redactor(options)
    given: list[bytes] = []
    for line in data.splitlines(keepends=True):
        given += redact.lines(line, heedless)
        given += redact.settle()
    return b"".join(given + redact.rest())


def events(data: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in data.splitlines()]


def data_of(data: bytes) -> dict[str, Any]:
    (event,) = events(data)
    payload: dict[str, Any] = event["data"]
    return payload


def deltas(data: bytes) -> list[str]:
    return [
        event["data"]["delta"] for event in events(data) if event["type"] == "response.streaming"
    ]


def contents(data: bytes) -> list[str]:
    return [
        event["data"]["content"] for event in events(data) if event["type"] == "response.completed"
    ]


def heedless(seen: Seen) -> None:
    """Leave bad lines out."""


def all_good(seen: Seen) -> None:
    """See that no line is bad."""
    assert list(seen.bad) == []
