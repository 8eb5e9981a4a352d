"""Which parameters may be asked of a service, and how one is refused that may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError


class RefusedParameterError(UsageError):
    """A parameter that is known to be refused where it is asked for.

    Args:
        parameter: its name; without it, the others may be taken.
    """

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{message} (or run with --omit-refused)")
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """What the value of a parameter must be.

    Args:
        described: for a person, as in `must be …`.
    """

    described: str
    holds: Callable[[Any], bool]


def _within(value: object, most: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= most


def are_texts(value: object) -> bool:
    """Say whether the value is a list of texts, at least one, none of them empty."""
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(each, str) and each for each in value)


PARAMETERS: Mapping[str, Parameter] = {
    "temperature": Parameter("a number from 0 to 2", lambda value: _within(value, 2)),
    "top_p": Parameter("a number from 0 to 1", lambda value: _within(value, 1)),
    "max_tokens": Parameter("an integer from 1", lambda value: type(value) is int and value > 0),
    "seed": Parameter("an integer", lambda value: type(value) is int),
    "thinking": Parameter("true or false", lambda value: type(value) is bool),
    "stop": Parameter("a list of texts that are not empty", are_texts),
}


def given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters that were set; None means that one was not."""
    return {name: value for name, value in parameters.items() if value is not None}


def check_parameters(
    where: str, parameters: Mapping[str, Any], refused: Mapping[str, str] | None = None
) -> None:
    """See that each parameter is known, has a place at this service, and has a value that fits.

    Args:
        where: the service or the model, as the message names it.
        refused: names of parameters that have no place there, with what to do about it.

    Raises:
        RefusedParameterError: one has no place there.
        UsageError: one is not known, or its value does not fit.
    """
    refused = {} if refused is None else refused
    taken = [name for name in PARAMETERS if name not in refused]
    for name, value in given(parameters).items():
        if name not in PARAMETERS:
            near = nearest(name, taken)
            hint = f"did you mean {near}? " if near else ""
            raise UsageError(f"{where}: no parameter {name!r}; {hint}there are {', '.join(taken)}")
        if name in refused:
            raise RefusedParameterError(name, f"{where} takes no {name}: {refused[name]}")
        if not PARAMETERS[name].holds(value):
            raise UsageError(f"{where}: {name} is {value!r}, must be {PARAMETERS[name].described}")
