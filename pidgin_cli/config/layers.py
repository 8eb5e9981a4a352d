"""Settings of several files as one: the stronger over the weaker, then as their sections."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from pidgin_cli.config.interpret import Setting
from pidgin_cli.config.schema import hints_of, is_section, listed_kind, named_kind

Layer = dict[tuple[str, ...], Setting]


def laid_over(below: Layer, above: Iterable[Setting]) -> Layer:
    """Give both; lists and things with a name are replaced whole, all other keys one by one."""
    stronger = {setting.key.path: setting for setting in above}
    replaced = {setting.key.owner for setting in stronger.values()} - {None}
    kept = {path: setting for path, setting in below.items() if setting.key.owner not in replaced}
    return kept | stronger


def assembled(kind: Any, layer: Layer, path: tuple[str, ...] = ()) -> Any:
    """Give the section of that kind, with its own defaults where nothing is set."""
    if not any(key[: len(path)] == path for key in layer):
        return kind()
    values: dict[str, Any] = {}
    for name, hint in hints_of(kind).items():
        here = (*path, name)
        named = named_kind(hint)
        if is_section(hint):
            values[name] = assembled(hint, layer, here)
        elif named:
            names = dict.fromkeys(key[len(here)] for key in layer if key[: len(here)] == here)
            things = {chosen: _thing(named, layer, (*here, chosen)) for chosen in names}
            values[name] = MappingProxyType(things)
        elif listed_kind(hint) and any(key[: len(here)] == here for key in layer):
            values[name] = _items(hint, layer, here)
        elif here in layer:
            values[name] = layer[here].value
    return kind(**values)


def _items(hint: Any, layer: Layer, path: tuple[str, ...]) -> tuple[Any, ...]:
    places = dict.fromkeys(key[len(path)] for key in layer if key[: len(path)] == path)
    return tuple(_thing(listed_kind(hint), layer, (*path, place)) for place in places)


def _thing(kind: Any, layer: Layer, path: tuple[str, ...]) -> Any:
    if is_section(kind):
        return assembled(kind, layer, path)
    return _items(kind, layer, path) if listed_kind(kind) else layer[path].value
