"""Tokens that calls used, and how they add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import ValidationError, convert

if TYPE_CHECKING:
    from pidgin_cli.events.experiment import UsageData

CHARACTERS_A_TOKEN = 4
"""Rule of thumb for English, for where nobody counted."""


def estimated_tokens(characters: int) -> int:
    """Give tokens of that many characters by the rule of thumb, rounded up."""
    return -(-characters // CHARACTERS_A_TOKEN)


@dataclass(slots=True, unsafe_hash=True)
class Usage:
    """Tokens of one call or of many. Input includes cached ones, output includes reasoning.

    Nobody changes one; a frozen class would only take longer to make one of each call.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Give both together."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )

    @property
    def total_tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens

    def data(self) -> UsageData:
        """Give the payload: the optional counts only where there are any."""
        data: UsageData = {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
        }
        if self.cached_tokens:
            data["cached_tokens"] = self.cached_tokens
        if self.cache_write_tokens:
            data["cache_write_tokens"] = self.cache_write_tokens
        if self.reasoning_tokens:
            data["reasoning_tokens"] = self.reasoning_tokens
        return data

    @classmethod
    def of(cls, data: object) -> Usage:
        """Read a payload; what is missing or no number counts as 0."""
        try:
            return convert(data, cls)
        except ValidationError:
            if not isinstance(data, Mapping):
                return cls()
        counts = map(data.get, cls.__slots__)
        return cls(*[count if type(count) is int else 0 for count in counts])
