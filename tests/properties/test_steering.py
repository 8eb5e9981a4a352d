"""Whatever is done to a conversation: resume(pause(x)) = x, and branch(x, n) begins as x did."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.lineage import parent_at
from pidgin_cli.engine.rerun import Rerun
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from tests.engine.bench import Bench, agents, of_type

# Each of them is a whole experiment, and more.
fewer = settings(max_examples=settings().max_examples // 5)

STYLES = st.sampled_from(["sim:terse", "sim:echo", "sim:spiral", "sim:chatty,length=8"])
SEEDS = st.integers(0, 99)
LEAVE = Pause("signal", "SIGTERM")
WORDS = ConductorIntervention(source="system", content="Talk of bees.", target=["agent_b"])
ACTS = {
    "interrupt": lambda control: control.interrupt(),
    "inject": lambda control: control.inject(WORDS),
    "leave": lambda control: control.leave(LEAVE),
    "stop": lambda control: control.stop(),
}
TURNS = 3


@contextmanager
def benches(*names: str) -> Iterator[list[Bench]]:
    with tempfile.TemporaryDirectory() as root:
        yield [Bench(Folder(Path(root) / name)) for name in names]


def acting(acts: dict[int, str]) -> Any:
    """Act at events by their number."""
    count = 0

    def steer(event: Event, control: Control) -> None:
        nonlocal count
        if count in acts:
            ACTS[acts[count]](control)
        count += 1

    return steer


def said(events: list[Event]) -> list[tuple[str, int, str]]:
    return [(m.agent_id, m.turn_number, m.content) for m in Conversation.of(events).messages]


@fewer
@given(a=STYLES, b=STYLES, seed=SEEDS, places=st.lists(st.integers(0, 60), max_size=3))
def test_pausing_and_resuming_however_often_changes_nothing(
    a: str, b: str, seed: int, places: list[int]
) -> None:
    with benches("whole", "paused") as (whole, paused):
        unbroken = whole.run(a, b, TURNS, seed=seed)
        last = paused.run(a, b, TURNS, seed=seed, steer=acting(dict.fromkeys(places[:1], "leave")))
        for place in places[1:]:
            if last[-1].type != "experiment.completed":
                last = paused.resume(acting({place: "leave"}))
        if last[-1].type != "experiment.completed":
            paused.resume()
        assert said(unbroken) == said(paused.replay())


@fewer
@given(a=STYLES, b=STYLES, seed=SEEDS, cut=st.floats(0.01, 1))
def test_a_crash_at_any_byte_and_resuming_changes_nothing(
    a: str, b: str, seed: int, cut: float
) -> None:
    with benches("whole", "crashed") as (whole, crashed):
        unbroken = whole.run(a, b, TURNS, seed=seed)
        log = whole.folder.log("exp_1").read_bytes()
        first, last = log.index(b"\n") + 1, log[:-1].rindex(b"\n")
        crashed.folder.make()
        crashed.folder.log("exp_1").write_bytes(log[: max(first, int(last * cut))])
        crashed.resume()
        assert said(unbroken) == said(crashed.replay())


@fewer
@given(a=STYLES, b=STYLES, other=STYLES, seed=SEEDS, turn=st.integers(0, TURNS))
def test_a_branch_shares_the_turns_before_it(
    a: str, b: str, other: str, seed: int, turn: int
) -> None:
    with benches("whole", "branch") as (whole, branch):
        events = whole.run(a, b, TURNS, seed=seed, steer=acting({9: "inject", 15: "interrupt"}))
        parent = parent_at(events, turn)
        branched = branch.run(
            turns=TURNS + 1, seed=seed + 1, agents=agents(a, other), parent=parent
        )
        shared = [message for message in said(events) if message[1] < turn]
        assert shared == said(branched)[: len(shared)]
        assert all(message[1] >= turn for message in said(branched)[len(shared) :])
        copied = [e.extra["copied_from"] for e in branched if "copied_from" in e.extra]
        assert copied == [e.id for e in events if e.id in set(copied)]
        own = [e for e in of_type(branched, "api.call.completed") if "copied_from" not in e.extra]
        assert Conversation.of(branched).usage.output_tokens == sum(
            e.data["usage"]["output_tokens"] for e in own
        )


@fewer
@given(
    a=STYLES,
    b=STYLES,
    seed=SEEDS,
    acts=st.dictionaries(st.integers(0, 60), st.sampled_from(sorted(ACTS)), max_size=3),
)
def test_what_follows_from_recorded_responses_follows_again(
    a: str, b: str, seed: int, acts: dict[int, str]
) -> None:
    with benches("first", "again") as (first, again):
        first.run(a, b, TURNS, seed=seed, steer=acting(acts))
        if Conversation.of(first.replay()).state == "paused":
            first.resume()
        rerun = Rerun(first.replay())
        events = reran(again, rerun)
        assert said(first.replay()) == said(events)
        assert [] == list(rerun.differences())


def reran(bench: Bench, rerun: Rerun) -> list[Event]:
    experiment: Experiment = rerun.experiment(bench.experiment("sim:echo", "sim:echo", 1))

    async def all_of_them() -> list[Event]:
        events = []
        calling = replace(bench.calling, watch=rerun.watch)
        with EventStore(bench.folder) as store:
            engine = DialogueEngine(Surroundings(rerun.router(), store, calling))
            async for event in engine.run(experiment, rerun.control):
                events.append(event)
                rerun.steer(event, rerun.control)
        return events

    return asyncio.run(asyncio.wait_for(all_of_them(), 60))


def test_a_branch_of_more_turns_than_there_are_is_refused() -> None:
    with benches("whole") as (whole,):
        events = whole.run("sim:terse", "sim:terse", 2)
    with pytest.raises(Exception, match="has 2 whole turns"):
        parent_at(events, 3)
