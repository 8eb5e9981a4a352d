"""Values that nobody may see: they are carried, and shown as nothing but that they are there."""

from __future__ import annotations

from typing import Final

HIDDEN: Final = "(hidden)"


class Secret:
    """A key, or a header that may hold one; whatever prints it prints `(hidden)`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")
