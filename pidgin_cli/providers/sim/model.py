"""What the name of a simulated model may say, and which parameters it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError
from pidgin_cli.providers.asked import RefusedParameterError, are_texts, given

STYLES: Mapping[str, str] = {
    "chatty": "picks up what it heard and adds a thought",
    "terse": "answers in a few words",
    "echo": "gives back what it heard",
    "spiral": "begins like chatty and drifts into thanks, then short thanks, then emoji",
    "script:FILE": "says the lines of a file, one a turn",
}
WRITERS = frozenset({"chatty", "terse", "spiral"})
EVERY = WRITERS | {"echo", "script"}


@dataclass(frozen=True, slots=True)
class Range:
    """What may stand as an option or a parameter: a number from least to most, a bool, or texts."""

    kind: type[int] | type[float] | type[bool] | type[list[str]]
    least: float
    most: float
    meaning: str
    styles: frozenset[str] = EVERY

    def holds(self, value: object) -> bool:
        """Say whether the value is of this kind and within the range."""
        if self.kind is bool or isinstance(value, bool):
            return self.kind is bool and isinstance(value, bool)
        if self.kind is list:
            return are_texts(value)
        if not isinstance(value, int if self.kind is int else int | float):
            return False
        return self.least <= value <= self.most

    def described(self) -> str:
        """Say what is accepted, for a person."""
        if self.kind is bool:
            return "true or false"
        if self.kind is list:
            return "a list of texts that are not empty"
        number = "a whole number" if self.kind is int else "a number"
        if math.isinf(self.most):
            return number if math.isinf(self.least) else f"{number} of at least {self.least:.9g}"
        return f"{number} from {self.least:.9g} to {self.most:.9g}"


OPTIONS: Mapping[str, Range] = {
    "pace": Range(float, 0, 1_000_000, "tokens a second in real time, 0 for no waiting"),
    "failures": Range(float, 0, 1, "probability that an attempt fails before any content"),
    "breaks": Range(float, 0, 1, "probability that the stream breaks in the middle"),
    "context": Range(int, 1, math.inf, "size of the context in tokens"),
    "length": Range(int, 1, 100_000, "tokens a response, about", WRITERS | {"echo"}),
}

# A sim refuses a parameter that would change nothing, since a log that shows it would mislead.
PARAMETERS: Mapping[str, Range] = {
    "temperature": Range(float, 0, 2, "0 takes the first choice each time", WRITERS),
    "top_p": Range(float, 0, 1, "share of the choices that are open, from the first on", WRITERS),
    "max_tokens": Range(int, 1, math.inf, "output is cut here, reasoning included"),
    "seed": Range(int, -math.inf, math.inf, "in place of the experiment's seed"),
    "stop": Range(list, 0, 0, "texts, before the first of which a response ends"),
    "thinking": Range(bool, 0, 1, "whether reasoning comes first", WRITERS | {"echo"}),
}


@dataclass(frozen=True, slots=True)
class SimModel:
    """A simulated model: its style, the file of a script, and its options.

    Args:
        length: None where the style's own length stands.
    """

    style: str
    file: str | None = None
    pace: float = 0.0
    failures: float = 0.0
    breaks: float = 0.0
    context: int = 128_000
    length: int | None = None

    @property
    def served(self) -> str:
        """The name that the log shows."""
        return f"sim:{self.style}"


@dataclass(frozen=True, slots=True)
class SimParameters:
    """The parameters in force for a request."""

    temperature: float
    top_p: float
    seed: int
    thinking: bool
    max_tokens: int | None
    stop: Sequence[str]

    @classmethod
    def of(cls, asked: Mapping[str, Any], seed: int) -> SimParameters:
        """Fill in what was not asked; seed is the experiment's."""
        defaults = {"temperature": 1.0, "top_p": 1.0, "seed": seed, "thinking": False}
        return cls(**{"max_tokens": None, "stop": (), **defaults, **given(asked)})


def parse_model(name: str) -> SimModel:
    """Read `STYLE[,option=value]…`; the file of a script may contain commas.

    Options are taken from the right, as long as they are known ones.

    Raises:
        UsageError: there is no such style or option, or a value does not fit.
    """
    if name.startswith("script:"):
        file, options = _options_from_the_right(name.removeprefix("script:"))
        style = "script"
        if not file:
            raise UsageError("sim:script lacks its file: write sim:script:FILE")
    else:
        style, *options = name.split(",")
        file = None
        if style not in STYLES:
            raise UsageError(f"no simulated agent {style!r}; {_choices(style, STYLES)}")
    values: dict[str, Any] = {}
    for text in options:
        option, value = _option(text, style)
        if option in values:
            raise UsageError(f"sim:{style}: {option} is given twice")
        values[option] = value
    return SimModel(style, file, **values)


def check_parameters(model: SimModel, asked: Mapping[str, Any]) -> None:
    """See that each parameter is known, means something to this style, and is within its range.

    Raises:
        RefusedParameterError: one means nothing to this style.
        UsageError: one is not known, or not within its range.
    """
    for name, value in given(asked).items():
        known = _known(PARAMETERS, name, "parameter", model.style)
        if not known.holds(value):
            raise UsageError(f"{model.served}: {name} is {value!r}, must be {known.described()}")


def parameters_of(model: SimModel, asked: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """Give the parameters in force for this style; seed is the experiment's."""
    values = asdict(SimParameters.of(asked, seed))
    return {
        name: values[name]
        for name, row in PARAMETERS.items()
        if model.style in row.styles and values[name] not in (None, ())
    }


def _options_from_the_right(text: str) -> tuple[str, list[str]]:
    options: list[str] = []
    while True:
        head, comma, tail = text.rpartition(",")
        if not comma or tail.partition("=")[0] not in OPTIONS:
            return text, options
        options.append(tail)
        text = head


def _option(text: str, style: str) -> tuple[str, Any]:
    name, _, written = text.partition("=")
    known = _known(OPTIONS, name, "option", style)
    try:
        value: Any = known.kind(written)
    except ValueError:
        value = math.nan
    if not known.holds(value):
        raise UsageError(f"sim:{style}: {name} is {written!r}, must be {known.described()}")
    return name, value


def _known(table: Mapping[str, Range], name: str, what: str, style: str) -> Range:
    here = {key: row.meaning for key, row in table.items() if style in row.styles}
    if name in here:
        return table[name]
    if name in table:
        said = f"sim:{style}: {what} {name} changes nothing here; {_choices('', here)}"
        raise RefusedParameterError(name, said) if table is PARAMETERS else UsageError(said)
    raise UsageError(f"sim:{style}: no {what} {name!r}; {_choices(name, here)}")


def _choices(name: str, known: Mapping[str, str]) -> str:
    near = nearest(name, known)
    listed = "; ".join(f"{key} ({meaning})" for key, meaning in known.items())
    return f"did you mean {near}? There are {listed}" if near else f"there are {listed}"
