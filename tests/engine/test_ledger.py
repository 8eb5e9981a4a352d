from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from pidgin_cli.config.study import Budget
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.ledger import Balance, Ledger, amount
from pidgin_cli.engine.limits import WorstCase
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.reservations import Reservations
from pidgin_cli.store.spending import Spending, Spent

IDS = ["exp_1", "exp_2", "exp_3"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "store")
    folder.make()
    return folder


@pytest.fixture
def ledger_of(folder: Folder, request: pytest.FixtureRequest) -> Callable[..., Ledger]:
    def made(**budget: Any) -> Ledger:
        ledger = Ledger(Budget(**budget), Spending(folder, IDS), Reservations(folder, "s"))
        request.addfinalizer(ledger.close)
        return ledger

    return made


def reserve(
    ledger: Ledger, experiment_id: str, tokens: int = 0, cost: float = 0.0, control: Any = None
) -> Pause | None:
    conversation = Conversation(experiment_id)
    worst = WorstCase(tokens, cost)
    return asyncio.run(ledger.reserve(conversation, worst, control or Control()))


def write(folder: Folder, experiment_id: str, *events: tuple[str, dict[str, Any]]) -> None:
    with folder.log(experiment_id).open("ab") as file:
        for kind, data in events:
            event = {"type": kind, "experiment_id": experiment_id, "data": data}
            file.write(orjson.dumps(event) + b"\n")


def started(folder: Folder, experiment_id: str) -> None:
    write(folder, experiment_id, ("api.call.started", {"response": 0}))


def completed(folder: Folder, experiment_id: str, tokens: int, cost: float = 0.0) -> None:
    data = {"response": 0, "usage": {"input_tokens": tokens}, "cost_usd": cost}
    started(folder, experiment_id)
    write(folder, experiment_id, ("api.call.completed", data))


def test_what_fits_is_set_aside(ledger_of: Callable[..., Ledger]):
    ledger = ledger_of(tokens=100)
    assert reserve(ledger, "exp_1", 60) is None
    assert reserve(ledger, "exp_2", 40) is None
    assert Balance(Spent(), Spent(100), Spent()) == asyncio.run(ledger.balance())


@pytest.mark.parametrize(
    ("budget", "reason", "unit"),
    [
        ({"tokens": 100}, "token_limit", "100 tokens"),
        ({"cost_usd": 1.0}, "cost_limit", "1 dollars"),
    ],
)
def test_what_would_pass_the_budget_is_refused(
    folder: Folder, ledger_of: Callable[..., Ledger], budget: Any, reason: str, unit: str
):
    completed(folder, "exp_1", 60, 0.6)
    ledger = ledger_of(**budget)
    assert reserve(ledger, "exp_2", 40, 0.4) is None
    ledger.settle("exp_2")
    refused = reserve(ledger, "exp_2", 41, 0.41)
    assert refused is not None
    assert (refused.reason, unit in refused.detail) == (reason, True)
    assert ledger.exhausted


def test_time_that_is_over_is_refused(folder: Folder, ledger_of: Callable[..., Ledger]):
    for at in (0.0, 50.0):
        with folder.log("exp_1").open("ab") as file:
            event = {"type": "turn.started", "experiment_id": "exp_1", "timestamp": at}
            file.write(orjson.dumps(event) + b"\n")
    assert reserve(ledger_of(time=51.0), "exp_2") is None
    refused = reserve(ledger_of(time=50.0), "exp_2")
    assert refused is not None
    assert refused.reason == "time_limit"


def test_a_claim_of_another_process_is_waited_for(folder: Folder, ledger_of: Callable[..., Ledger]):
    other, ledger = ledger_of(tokens=100), ledger_of(tokens=100)
    assert reserve(other, "exp_1", 60) is None

    async def waits_for_the_end() -> Pause | None:
        asking = asyncio.ensure_future(
            ledger.reserve(Conversation("exp_2"), WorstCase(50), Control())
        )
        await asyncio.sleep(0.3)
        assert not asking.done()
        completed(folder, "exp_1", 30)
        return await asyncio.wait_for(asking, 5)

    assert asyncio.run(waits_for_the_end()) is None


def test_a_call_that_used_all_that_was_set_aside_leaves_nothing(
    folder: Folder, ledger_of: Callable[..., Ledger]
):
    other, ledger = ledger_of(tokens=100), ledger_of(tokens=100)
    assert reserve(other, "exp_1", 60) is None
    completed(folder, "exp_1", 60)
    assert reserve(ledger, "exp_2", 50) is not None


def test_who_is_to_leave_waits_no_longer(ledger_of: Callable[..., Ledger]):
    other, ledger = ledger_of(tokens=100), ledger_of(tokens=100)
    assert reserve(other, "exp_1", 60) is None
    control = Control()

    async def leaves() -> Pause | None:
        asyncio.get_running_loop().call_later(0.05, control.leave, Pause("signal", "SIGTERM"))
        return await ledger.reserve(Conversation("exp_2"), WorstCase(50), control)

    assert asyncio.run(asyncio.wait_for(leaves(), 5)) is None
    assert not ledger.exhausted


def died_with_a_claim(ledger_of: Callable[..., Ledger]) -> None:
    child = os.fork()
    if not child:
        reserve(ledger_of(tokens=100), "exp_1", 60)
        os._exit(0)
    os.waitpid(child, 0)


def test_a_call_that_a_crash_cut_may_have_been_paid_for(
    folder: Folder, ledger_of: Callable[..., Ledger]
):
    died_with_a_claim(ledger_of)
    started(folder, "exp_1")
    ledger = ledger_of(tokens=100)
    assert asyncio.run(ledger.balance()).lost == Spent(60)
    assert reserve(ledger, "exp_2", 50) is not None


@pytest.mark.parametrize("made", [completed, None])
def test_what_the_dead_set_aside_is_free_where_it_is_known_what_became_of_it(
    folder: Folder, ledger_of: Callable[..., Ledger], made: Any
):
    died_with_a_claim(ledger_of)
    if made is not None:
        completed(folder, "exp_1", 10)
    ledger = ledger_of(tokens=100)
    assert asyncio.run(ledger.balance()).reserved == Spent()
    assert [path.name for path in folder.root.glob("*.ledger")] == ["s.ledger"]


def test_where_all_is_spent_nothing_more_need_begin(
    folder: Folder, ledger_of: Callable[..., Ledger]
):
    completed(folder, "exp_1", 60)
    assert not ledger_of(tokens=61).is_spent()
    assert ledger_of(tokens=60).is_spent()


def test_amounts_are_read_at_a_glance() -> None:
    assert ["2,000,000", "0.1234", "4", "0"] == [*map(amount, (2e6, 0.12341, 4.0, 0))]
