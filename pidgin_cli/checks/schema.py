"""Schemas: whether the payload of an event is what its kind says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pidgin_cli.checks.finding import Finding, Line
from pidgin_cli.events.event import SCHEMA_VERSION
from pidgin_cli.events.kinds import KINDS

Problems = Iterator[str]
Rule = Callable[[str, Any], Problems]
"""Gives what is wrong with the value of a place that it is told the name of."""

_SHOWN = 40


class Schema:
    """Compares the envelope and the payload of each event with what its kind says.

    Unknown kinds and unknown keys are fine; those of another version are not looked into.
    """

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what is wrong with its event."""
        event = line.event
        if event is None:
            return [Finding.at(line, "line", line.reason)] if line.reason else ()
        if not event.id:
            return [Finding.at(line, "schema", "it has no id")]
        if event.v != SCHEMA_VERSION:
            return [Finding.at(line, "version", f"version {event.v} is not known here")]
        rule = _rule_of(event.type)
        if rule is None:
            return ()
        return [Finding.at(line, "schema", problem) for problem in rule("data", event.data)]

    def finish(self) -> Iterable[Finding]:
        """Give nothing: each event stands for itself."""
        return ()


@cache
def _rule_of(kind: str) -> Rule | None:
    return _rule(KINDS[kind].payload) if kind in KINDS else None


def _rule(hint: Any) -> Rule:
    """Give the rule of a type as the payloads use them."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return _anything
    if is_typeddict(hint):
        return _Object(_keys(hint))
    if origin in (Union, UnionType):
        return _either([_rule(each) for each in inner])
    if origin is Literal:
        return _one_of(inner)
    if origin is list:
        return _each(_rule(inner[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _values(_rule(inner[1]))
    return _of_type(hint)


def _keys(hint: Any) -> Mapping[str, tuple[bool, Rule]]:
    """Give for each key whether it has to be there, and its rule."""
    keys = {}
    for name, kind in get_type_hints(hint, include_extras=True).items():
        optional = get_origin(kind) is NotRequired
        keys[name] = not optional, _rule(get_args(kind)[0] if optional else kind)
    return keys


@dataclass(frozen=True, slots=True)
class _Object:
    keys: Mapping[str, tuple[bool, Rule]]

    def __call__(self, place: str, value: Any) -> Problems:
        if not isinstance(value, Mapping):
            yield _wrong(place, value, "an object")
            return
        for name, (required, rule) in self.keys.items():
            if name in value:
                yield from rule(f"{place}.{name}", value[name])
            elif required:
                yield f"{place} has no {name}"


_NAMES: Mapping[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NoneType: "null",
}
_TYPES: Mapping[Any, tuple[type, ...]] = {float: (float, int)}


def _of_type(hint: Any) -> Rule:
    types, name = _TYPES.get(hint, (hint,)), _NAMES[hint]

    def rule(place: str, value: Any) -> Problems:
        # By type itself, because True is an int.
        if type(value) not in types:
            yield _wrong(place, value, name)

    return rule


def _one_of(allowed: tuple[Any, ...]) -> Rule:
    def rule(place: str, value: Any) -> Problems:
        if value not in allowed:
            yield _wrong(place, value, f"one of {', '.join(map(str, allowed))}")

    return rule


def _either(rules: list[Rule]) -> Rule:
    def rule(place: str, value: Any) -> Problems:
        problems = [list(each(place, value)) for each in rules]
        # The first one is what is meant; null is the other.
        yield from () if [] in problems else problems[0]

    return rule


def _each(inner: Rule) -> Rule:
    def rule(place: str, value: Any) -> Problems:
        if not isinstance(value, list):
            yield _wrong(place, value, "a list")
            return
        for number, item in enumerate(value):
            yield from inner(f"{place}[{number}]", item)

    return rule


def _values(inner: Rule) -> Rule:
    def rule(place: str, value: Any) -> Problems:
        if not isinstance(value, Mapping):
            yield _wrong(place, value, "an object")
            return
        for name, item in value.items():
            yield from inner(f"{place}.{name}", item)

    return rule


def _anything(place: str, value: Any) -> Problems:
    return iter(())


def _wrong(place: str, value: Any, wanted: str) -> str:
    shown = repr(value)
    return f"{place} is {shown if len(shown) <= _SHOWN else f'{shown[:_SHOWN]}…'}, not {wanted}"
