"""How events look: when there are colours, and which text is chosen."""

from __future__ import annotations

import pytest

from pidgin_cli.cli import rendering
from pidgin_cli.cli.rendering import Brief, Colour, JsonLines, RenderingOptions, Text, is_coloured


@pytest.mark.parametrize(
    ("choice", "environ", "expected"),
    [
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": ""}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_the_flag_goes_before_the_environment(
    choice: Colour, environ: dict[str, str], expected: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    # What is captured is no terminal.
    assert is_coloured(choice, environ) == expected


@pytest.mark.parametrize(
    ("form", "single", "expected"),
    [
        ("auto", True, JsonLines),
        ("jsonl", True, JsonLines),
        ("text", True, Text),
        ("text", False, Brief),
        ("jsonl", False, JsonLines),
    ],
)
def test_what_is_no_terminal_gets_events_unless_asked_otherwise(
    form: str, single: bool, expected: type, capfd: pytest.CaptureFixture[str]
) -> None:
    options = RenderingOptions(format=form)  # type: ignore[arg-type]
    assert type(options.rendering(single=single)) is expected


def test_a_terminal_that_is_dumb_gets_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "is_terminal", lambda descriptor: True)
    shown = [is_coloured("auto", {"TERM": term, **more}) for term, more in DUMB]
    assert shown == [True, False, True]


DUMB = [("xterm", {}), ("dumb", {}), ("dumb", {"FORCE_COLOR": "1"})]
