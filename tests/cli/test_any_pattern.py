"""What a person types or configures is never a pattern of `re`, and never takes long."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.events.codec import encode_object
from tests.cli.conftest import Program

CATASTROPHIC = "(q+)+$"
"""Takes `re` twice as long with every letter of a text such as this."""
SLOW = "q" * 200 + "!"
GLOB = "*q" * 30 + "$"
CONFIGURED = f"""
events: {{privacy: {{enabled: true, redact_patterns: ['{CATASTROPHIC}']}}}}
"""
TYPED = {
    "redact --regex": ("redact", "--regex", CATASTROPHIC),
    "redact --pattern": ("redact", "--pattern", CATASTROPHIC),
    "redact --ignore-case": ("redact", "-i", "--pattern", CATASTROPHIC),
    "redact with all else": ("redact", "--regex", CATASTROPHIC, "--hash-models", "--builtin=email"),
    "redact --check": ("redact", "--check", "--regex", CATASTROPHIC),
    "redact as configured": ("redact", "--config", "patterns.yaml"),
    "run as configured": ("run", "-t", "1", "-p", SLOW, "--config", "patterns.yaml"),
    "run --stop-phrase": ("run", "-t", "1", "-p", SLOW, "--stop-phrase", CATASTROPHIC),
    "run, texts": ("run", "-t", "1", "-p", CATASTROPHIC, "--system-a", CATASTROPHIC),
    "run, names": ("run", "-t", "1", "--name-a", CATASTROPHIC, "--group", CATASTROPHIC),
    "run, labels": ("run", "-t", "1", "--label", f"{CATASTROPHIC}={CATASTROPHIC}"),
    "run -a": ("run", "-t", "1", "-a", CATASTROPHIC),
    "list --group": ("list", "--group", CATASTROPHIC),
    "query search": ("query", "search", CATASTROPHIC),
    "query search --raw": ("query", "search", "--raw", CATASTROPHIC),
    "query --by": ("query", "usage", "--by", f"label:{CATASTROPHIC}"),
    "tail --alert": ("tail", "-", "--alert", CATASTROPHIC, "--exec", "true"),
    **{
        f"{command} {option} {pattern[:6]}": (command, *source, option, pattern)
        for command, *source in (
            ("replay", "-"),
            ("tail", "-"),
            ("export", "-", "-f", "jsonl"),
            ("query", "errors", "-"),
        )
        for option, pattern in (("--type", CATASTROPHIC), ("--type", GLOB), ("--agent", GLOB))
    },
}
REFUSED = {"run -a": 2, "query search --raw": 2}


@pytest.fixture(autouse=True)
def _configured(pidgin: Program) -> None:
    Path("patterns.yaml").write_text(CONFIGURED)
    pidgin("run", "-q", "-t", "1", "--id", "exp_1", "-p", SLOW)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every pattern that `re` is given from now on."""
    patterns: list[str] = []
    compile_pattern = re._compile  # type: ignore[attr-defined]

    def listen(pattern: Any, flags: int) -> Any:
        patterns.append(str(getattr(pattern, "pattern", pattern)))
        return compile_pattern(pattern, flags)

    monkeypatch.setattr(re, "_compile", listen)
    return patterns


def log() -> bytes:
    event = {"type": SLOW, "experiment_id": "exp_2", "timestamp": 1.5, "agent_id": SLOW}
    return encode_object({**event, "data": {"content": SLOW, "model": SLOW, SLOW: SLOW}})


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", TYPED)
def test_it_is_read_as_it_was_meant(pidgin: Program, compiled: list[str], what: str) -> None:
    outcome = pidgin(*TYPED[what], input=log())
    assert [] == [pattern for pattern in compiled if CATASTROPHIC in pattern]
    assert (REFUSED.get(what, 0), False) == (outcome.status, "internal error" in outcome.err)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("nested", ["(q+)+$", "(q|q)+$", "(q|qq)+$", "(.*q){20}$", "(q*)*b"])
def test_a_pattern_that_could_take_for_ever_finds_what_it_matches(
    pidgin: Program, nested: str
) -> None:
    text = "q" * 100_000
    missing = pidgin("redact", "--regex", nested, input=log().replace(b"q!", text.encode() + b"!"))
    assert (0, "") == (missing.status, missing.err)
    found = pidgin("redact", "--check", "--regex", "(q+)+$", input=log().replace(b"!", b""))
    assert 1 == found.status
