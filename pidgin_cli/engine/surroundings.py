"""What an experiment is held with: services, a store, and who pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pidgin_cli.engine.ledger import Purse
from pidgin_cli.engine.responses import Calling
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.subscribers import complain


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a dialogue is held with.

    Args:
        min_free: bytes that must stay free on the disk of the store.
        report: tells a person what no event can tell.
        purse: what responses are paid from, where several experiments have one budget.
    """

    router: Router
    store: EventStore
    calling: Calling = Calling()
    min_free: int = 0
    report: Callable[[str], None] = complain
    purse: Purse | None = None
