"""Families: what people hide most often, as tables of expressions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pidgin_cli.filters.redaction.kind import Kind

FAMILIES: Mapping[str, tuple[Kind, ...]] = {
    "email": (Kind("email", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", words=("@",)),),
}
"""By the name that --builtin takes."""


def kinds_of(families: Collection[str]) -> Iterator[Kind]:
    """Give the kinds of these families, in the order of the tables."""
    for family, kinds in FAMILIES.items():
        if family in families:
            yield from kinds
