"""The limits of a run as they are typed, and what is done when one is reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.config.nearest import nearest
from pidgin_cli.config.recorded import Changes
from pidgin_cli.errors import UsageError

ACTIONS = ("stop", "pause", "log", "off")
_LIMITS = {"tokens": "tokens", "cost": "cost_usd", "time": "time", "stop-phrase": "stop_phrase"}
_WATCHED = {
    "context": "context_management",
    "convergence": "conversation.convergence",
    "attractor": "conversation.attractor",
}
RULES = (*_LIMITS, *_WATCHED)


class LimitOptions(OptionGroup):
    """Options of what an experiment may use up, and of what ends it."""

    max_tokens: Annotated[
        int | None,
        typer.Option(
            "--max-tokens", min=1, help="Tokens in and out of each experiment; of a study, of all."
        ),
    ] = None
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost", metavar="USD", help="Dollars of each experiment; of a study, of all."
        ),
    ] = None
    max_time: Annotated[
        str | None,
        typer.Option(
            "--max-time",
            metavar="TIME",
            help="Such as 90s, 30m or 2h, of each; of a study, of all.",
        ),
    ] = None
    stop_phrase: Annotated[
        str | None,
        typer.Option("--stop-phrase", metavar="TEXT", help="Ends it when an agent says it."),
    ] = None
    convergence: Annotated[
        float | None,
        typer.Option(
            "--convergence", min=0, max=1, help="Score from which the agents have converged."
        ),
    ] = None
    on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="RULE=ACTION",
            help="What is done at tokens, cost, time, stop-phrase, context, convergence or "
            "attractor: stop, pause, log or off; may be given several times.",
        ),
    ] = None

    def changes(self) -> Changes:
        """Give what was typed as settings.

        Raises:
            UsageError: there is no such rule or action.
        """
        typed = {
            "limits.tokens": (self.max_tokens, "--max-tokens"),
            "limits.cost_usd": (self.max_cost, "--max-cost"),
            "limits.time": (self.max_time, "--max-time"),
            "limits.stop_phrase": (self.stop_phrase, "--stop-phrase"),
            "conversation.convergence.threshold": (self.convergence, "--convergence"),
        }
        changes: dict[str, tuple[Any, str]] = {
            name: value for name, value in typed.items() if value[0] is not None
        }
        for each in self.on or ():
            changes.update((name, (value, "--on")) for name, value in _acted(each))
        return changes


def _acted(typed: str) -> Iterator[tuple[str, Any]]:
    rule, _, action = typed.partition("=")
    if action not in ACTIONS:
        raise UsageError(f"--on {typed!r} is not RULE=ACTION with one of {', '.join(ACTIONS)}")
    if rule in _LIMITS:
        name = _LIMITS[rule]
        yield (f"limits.{name}", None) if action == "off" else (f"limits.actions.{name}", action)
    elif rule in _WATCHED:
        yield f"{_WATCHED[rule]}.enabled", action != "off"
        if action != "off":
            yield f"{_WATCHED[rule]}.action", action
    else:
        near = nearest(rule, RULES)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(RULES)}"
        raise UsageError(f"--on {typed!r}: no rule {rule!r}; {hint}")
