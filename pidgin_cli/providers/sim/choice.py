"""Choices of a simulated agent: random, repeatable, and bent by temperature and top_p."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from pidgin_cli.providers.base import Request
from pidgin_cli.providers.sim.model import SimParameters

T = TypeVar("T")


def dice(request: Request, seed: int, purpose: str) -> random.Random:
    """Give the randomness that one turn of one agent has for one purpose.

    It comes from the seed, the turn and the agent alone, so that a conversation which is resumed
    goes on with the words it would have had. Only .random() of it is used: what the other methods
    draw may change from one Python to the next.
    """
    return random.Random(f"{seed}/{request.turn_number}/{request.agent_id}/{purpose}")


class Choice:
    """Picks from lists whose first item is the likeliest one to a cold mind.

    A choice has the position top_p · u^(1/temperature), u being uniform in 0–1, and falls on the
    item at that share of the list. A temperature of 1 is uniform, 0 always takes the first item,
    and 2 leans towards the end; top_p leaves only that share of each list, from the first item on.
    """

    __slots__ = ("_exponent", "_random", "_top_p")

    def __init__(self, uniform: Callable[[], float], temperature: float, top_p: float) -> None:
        self._random = uniform
        self._exponent = 1 / temperature if temperature else None
        self._top_p = top_p

    @classmethod
    def of(cls, request: Request, parameters: SimParameters, purpose: str) -> Self:
        """Give the choices of this turn for one purpose: text, reasoning."""
        uniform = dice(request, parameters.seed, purpose).random
        return cls(uniform, parameters.temperature, parameters.top_p)

    def position(self) -> float:
        """Give the next position, from 0 to below 1."""
        drawn = self._random()
        if self._exponent is None:
            return 0.0
        return float(self._top_p * drawn**self._exponent)

    def pick(self, items: Sequence[T]) -> T:
        """Give one of the items."""
        return items[min(int(self.position() * len(items)), len(items) - 1)]

    def pick_new(self, items: Sequence[T], used: set[T]) -> T:
        """Give one that was not used yet, any one when all were, and note it as used."""
        unused = [item for item in items if item not in used]
        item = self.pick(unused or items)
        used.add(item)
        return item

    def chance(self, probability: float) -> bool:
        """Say yes with this probability; a cold mind says yes whenever it may."""
        return self.position() < probability
