"""One budget for many experiments: what the next call may use at most is set aside before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from pidgin_cli.config.study import Budget
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.limits import WorstCase
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.interventions import PauseReason
from pidgin_cli.store.reservations import Claim, Reservations
from pidgin_cli.store.spending import Spending, Spent

WAITING = 0.2
"""Seconds between two looks, while what others set aside may yet become free."""


class Purse(Protocol):
    """What a response is paid from."""

    async def reserve(
        self, conversation: Conversation, worst: WorstCase, control: Control
    ) -> Pause | None:
        """Set the most aside that the next response may use, or give why it is not to be made."""

    def settle(self, experiment_id: str) -> None:
        """Take back what was set aside: what was used is in the log."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A budget at one time: what the logs say is spent, and what is set aside beside that.

    Args:
        lost: the part set aside for calls whose process died before it was known what they used.
    """

    spent: Spent
    reserved: Spent
    lost: Spent


class Ledger:
    """The purse of a study, over all of its processes and all times that it was started.

    What was spent is what the logs say. What is under way is claimed in files of the store, and a
    claim ends when the log has the end of its call. Of a process that died, the call may have been
    made and paid for, and nobody knows: its claim stands.
    """

    def __init__(self, budget: Budget, spending: Spending, reservations: Reservations) -> None:
        self.exhausted = False
        self._budget = budget
        self._spending = spending
        self._reservations = reservations
        self._claims: dict[str, Claim] = {}

    async def reserve(
        self, conversation: Conversation, worst: WorstCase, control: Control
    ) -> Pause | None:
        """Set the most aside that the next response may use, or give why it is not to be made.

        While others have set something aside that may become free, it is waited for.
        """
        claim = Claim(
            conversation.experiment_id,
            conversation.next_response,
            worst.tokens,
            worst.cost_usd,
            conversation.longest_turn,
        )
        while not control.ending:
            async with self._reservations.exclusively():
                balance = self._balance()
                if self._refused(balance, claim) is None:
                    self._claims[claim.experiment_id] = claim
                    self._reservations.hold(self._claims)
                    return None
            # Nothing that may become free would help.
            for_good = self._refused(replace(balance, reserved=balance.lost), claim)
            if for_good is not None:
                self.exhausted = True
                return for_good
            await control.changed(WAITING)
        return None

    def is_spent(self) -> bool:
        """Say whether nothing is left, or a response was refused: no other need begin."""
        spent = self._spending.read()
        nothing_more = Claim("", -1, 0, 0.0, 0.0)
        self.exhausted |= self._refused(Balance(spent, Spent(), Spent()), nothing_more) is not None
        return self.exhausted

    def settle(self, experiment_id: str) -> None:
        """Take back what was set aside; others see it when they next look."""
        self._claims.pop(experiment_id, None)

    async def balance(self) -> Balance:
        """Give how the budget stands now."""
        async with self._reservations.exclusively():
            return self._balance()

    def close(self) -> None:
        """Take back everything that this process set aside."""
        self._claims.clear()
        self._reservations.close()

    def _balance(self) -> Balance:
        spent = self._spending.read()
        living = list(self._open(self._claims.values(), alive=True))
        lost: list[Claim] = []
        for held in self._reservations.others():
            claims = list(self._open(held.claims, alive=held.alive))
            (living if held.alive else lost).extend(claims)
            if not held.alive and not claims:
                held.path.unlink(missing_ok=True)
        total_lost = _total(lost)
        return Balance(spent, _total(living) + total_lost, total_lost)

    def _open(self, claims: Iterable[Claim], *, alive: bool) -> Iterator[Claim]:
        for claim in claims:
            log = self._spending.log(claim.experiment_id)
            was_started = log is not None and claim.response in log.started
            has_ended = log is not None and claim.response in log.ended
            if not has_ended and (alive or was_started):
                yield claim

    def _refused(self, balance: Balance, claim: Claim) -> Pause | None:
        gone = balance.spent + balance.reserved
        wants: tuple[tuple[float | None, float, float, str, PauseReason], ...] = (
            (self._budget.tokens, gone.tokens, claim.tokens, "tokens", "token_limit"),
            (self._budget.cost_usd, gone.cost_usd, claim.cost_usd, "dollars", "cost_limit"),
            (self._budget.time, gone.seconds, claim.seconds, "seconds", "time_limit"),
        )
        for limit, used, more, unit, reason in wants:
            if limit is not None and (used + more > limit or used >= limit):
                return Pause(
                    reason,
                    f"{amount(used)} of the study's {amount(limit)} {unit} are spent or set aside, "
                    f"and the next response may take {amount(more)}",
                )
        return None


def amount(value: float) -> str:
    """Give tokens, dollars or seconds as a person reads them: `2,000,000`, `0.1234`."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _total(claims: Iterable[Claim]) -> Spent:
    total = Spent()
    for claim in claims:
        total += Spent(claim.tokens, claim.cost_usd, claim.seconds)
    return total
