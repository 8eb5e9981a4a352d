"""Options that belong together, declared as the annotated fields of a class."""

from __future__ import annotations

from typing import dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class OptionGroup:
    """What is typed: a field an option, by its name; the value that stands there is its default.

    A command is put together from several such classes at every start, each of which would take
    ten times as long to make as a dataclass.
    """

    def __init__(self, **typed: object) -> None:
        vars(self).update(typed)


def names_in(options: type[OptionGroup]) -> list[str]:
    """Give the names of the fields as help shows them: the class's own before those of others."""
    owners = (vars(owner) for owner in options.__mro__)
    return [*dict.fromkeys(name for owner in owners for name in owner.get("__annotations__", ()))]
