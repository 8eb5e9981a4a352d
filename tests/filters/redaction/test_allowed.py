from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from pidgin_cli.events.kinds import KINDS
from pidgin_cli.filters.redaction.allowed import ALLOWED
from pidgin_cli.filters.redaction.shapes import Each, Fields, Shape, Tree


def keys_of(hint: Any, path: str) -> Iterator[str]:
    """Give every key of a payload, and of the payloads in it."""
    if is_typeddict(hint):
        for name, inner in get_type_hints(hint).items():
            yield f"{path}.{name}"
            yield from keys_of(inner, f"{path}.{name}")
    elif get_origin(hint) is not None:
        for inner in get_args(hint):
            yield from keys_of(inner, path)


def listed(shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, Fields):
        for name, inner in shape.shapes.items():
            yield f"{path}.{name}"
            yield from listed(inner, f"{path}.{name}")
    elif isinstance(shape, Tree):
        yield from (f"{path}.{name}" for name in shape.keys)
    elif isinstance(shape, Each):
        yield from listed(shape.shape, path)


def test_every_kind_is_on_the_list() -> None:
    assert ALLOWED.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_on_the_list(kind: str) -> None:
    assert set(keys_of(KINDS[kind].payload, kind)) <= set(listed(ALLOWED[kind], kind))
