"""What every store must hold; the tests of a store inherit it and say how one is made."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator

import pytest

from pidgin_cli.errors import ExperimentExistsError, UnknownExperimentError, UsageError
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore

LONG = 30.0
"""Seconds after which a test would have failed."""


def draft(number: int = 0) -> Draft:
    return Draft("response.streaming", {"response": 0, "index": number, "delta": "x"}, 0, "agent_a")


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)


class Deaf:
    """A listener that is stuck in the first thing it hears."""

    def __init__(self) -> None:
        self.stuck = threading.Event()
        self.freed = threading.Event()
        self.heard = 0

    def __call__(self, event: Event) -> None:
        self.stuck.set()
        self.freed.wait(LONG)
        self.heard += 1


class StoreContract:
    """Inherited by the tests of each store, which fill in what stands here."""

    def make(self, report: Callable[[str], None], clock: Callable[[], float]) -> EventStore:
        raise NotImplementedError

    @pytest.fixture
    def complaints(self) -> list[str]:
        return []

    @pytest.fixture
    def times(self) -> list[float]:
        """What the clock says, one after another; the last one for ever."""
        return [1000.0]

    @pytest.fixture
    def store(self, complaints: list[str], times: list[float]) -> Iterator[EventStore]:
        def clock() -> float:
            return times.pop(0) if len(times) > 1 else times[0]

        with self.make(complaints.append, clock) as store:
            yield store

    def test_an_event_is_given_its_id_time_and_line(self, store: EventStore):
        store.begin("exp_1")
        event = store.append("exp_1", draft(7))
        assert re.fullmatch(r"[0-9a-f]{16}-000000", event.id)
        expected = Event(
            "response.streaming", "exp_1", event.id, 1000.0, 0, "agent_a", draft(7).data
        )
        assert expected == event
        assert b"\n" == encode(event)[-1:]

    def test_ids_of_an_experiment_have_no_gaps(self, store: EventStore):
        ids = [store.append("exp_1", draft()).id.rpartition("-") for _ in range(100)]
        assert [f"{number:06d}" for number in range(100)] == [count for _, _, count in ids]
        assert 1 == len({writer for writer, _, _ in ids})

    def test_experiments_have_ids_and_seals_of_their_own(self, store: EventStore):
        for experiment_id in ("exp_1", "exp_2", "exp_1"):
            event = store.append(experiment_id, draft())
        other = store.append("exp_2", Draft("checkpoint.saved", {}))
        assert "000001" == event.id.rpartition("-")[2] == other.id.rpartition("-")[2]
        assert 1 == other.data["events"]

    def test_time_never_goes_back(self, store: EventStore, times: list[float]):
        times[:] = [5.0, 3.0, 6.0, -1.0]
        stamped = [store.append("exp_1", draft()).timestamp for _ in range(5)]
        assert [5.0, 5.0, 6.0, 6.0, 6.0] == stamped

    def test_a_sealed_event_counts_and_hashes_all_before_it(self, store: EventStore):
        lines = [encode(store.append("exp_1", draft(number))) for number in range(3)]
        for kind in ("checkpoint.saved", "experiment.completed"):
            sealed = store.append("exp_1", Draft(kind, {}))
            digest = "sha256:" + hashlib.sha256(b"".join(lines)).hexdigest()
            assert {"events": len(lines), "digest": digest} == sealed.data
            lines.append(encode(sealed))

    def test_an_experiment_begins_once(self, store: EventStore):
        store.begin("exp_1")
        with pytest.raises(ExperimentExistsError):
            store.begin("exp_1")
        store.append("exp_1", draft())
        with pytest.raises(ExperimentExistsError):
            store.begin("exp_1")

    @pytest.mark.parametrize("bad", ["", "../x", "/x", "a\0b", "latest", "all", ".x"])
    def test_a_bad_id_is_refused(self, store: EventStore, bad: str):
        for use in (store.begin, lambda bad: store.append(bad, draft())):
            with pytest.raises(UsageError):
                use(bad)

    def test_what_is_unknown_cannot_be_resumed_or_replayed(self, store: EventStore):
        for use in (store.resume, store.replay):
            with pytest.raises(UnknownExperimentError, match=r"no (experiment|log of) exp_9"):
                use("exp_9")

    def test_releasing_what_is_not_held_is_nothing(self, store: EventStore):
        store.release("exp_9")
        store.append("exp_1", draft())
        store.release("exp_1")
        store.release("exp_1")

    def test_who_subscribes_hears_everything_from_then_on_in_order(self, store: EventStore):
        store.append("exp_1", draft())
        first, second = Ear(), Ear()
        store.subscribe(first)
        events = [store.append("exp_1", draft(1))]
        store.subscribe(second)
        events += [store.append("exp_2", draft(number)) for number in range(50)]
        store.close()
        assert (events, events[1:]) == (first.heard, second.heard)

    def test_who_unsubscribes_hears_what_came_before_and_no_more(self, store: EventStore):
        ear = Ear()
        subscription = store.subscribe(ear)
        events = [store.append("exp_1", draft(number)) for number in range(50)]
        store.unsubscribe(subscription)
        assert events == ear.heard
        store.append("exp_1", draft())
        store.unsubscribe(subscription)
        assert events == ear.heard

    def test_a_listener_may_unsubscribe_itself(self, store: EventStore, complaints: list[str]):
        heard: list[Event] = []

        def once(event: Event) -> None:
            heard.append(event)
            store.unsubscribe(subscription)

        subscription = store.subscribe(once)
        first = store.append("exp_1", draft())
        store.close()
        assert ([first], []) == (heard, complaints)

    def test_a_listener_may_append_to_the_store(self, store: EventStore):
        ear, answered = Ear(), threading.Event()

        def answer(event: Event) -> None:
            if event.experiment_id == "exp_1":
                store.append("exp_2", draft())
                answered.set()

        store.subscribe(ear)
        store.subscribe(answer)
        store.append("exp_1", draft())
        assert answered.wait(LONG)
        store.close()
        assert ["exp_1", "exp_2"] == [event.experiment_id for event in ear.heard]

    def test_a_listener_that_raises_is_reported_and_heard_no_more(
        self, store: EventStore, complaints: list[str]
    ):
        calls: list[Event] = []

        def broken(event: Event) -> None:
            calls.append(event)
            raise ZeroDivisionError("no")

        ear = Ear()
        store.subscribe(broken)
        store.subscribe(ear)
        events = [store.append("exp_1", draft(number)) for number in range(100)]
        store.close()
        assert events == ear.heard
        assert events[:1] == calls
        assert ["a subscriber was dropped: ZeroDivisionError: no"] == complaints

    def test_a_listener_that_ends_its_thread_is_reported_as_well(
        self, store: EventStore, complaints: list[str]
    ):
        def leaving(event: Event) -> None:
            raise SystemExit(3)

        store.subscribe(leaving)
        store.append("exp_1", draft())
        store.close()
        assert ["a subscriber was dropped: SystemExit: 3"] == complaints

    def test_a_listener_that_is_stuck_holds_nobody_up(self, store: EventStore):
        deaf, ear = Deaf(), Ear()
        stuck = store.subscribe(deaf)
        store.subscribe(ear)
        events = [store.append("exp_1", draft(number)) for number in range(1000)]
        assert deaf.stuck.wait(LONG)
        store.unsubscribe(stuck, timeout=0.01)
        store.subscribe(deaf)
        store.append("exp_1", draft())
        store.close(timeout=0.01)
        assert 0 == deaf.heard
        deaf.freed.set()
        assert events == ear.heard[:1000]

    def test_threads_that_append_at_once_lose_nothing(self, store: EventStore):
        ear = Ear()
        store.subscribe(ear)
        barrier = threading.Barrier(8)

        def write(writer: int) -> None:
            barrier.wait(LONG)
            for number in range(100):
                store.append(f"exp_{number % 2}", Draft("odd.happened", {"n": number, "w": writer}))

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        store.close()
        for experiment in (0, 1):
            heard = [event for event in ear.heard if event.experiment_id == f"exp_{experiment}"]
            counts = [event.id.rpartition("-")[2] for event in heard]
            assert [f"{number:06d}" for number in range(400)] == counts
            for writer in range(8):
                said = [event.data["n"] for event in heard if event.data["w"] == writer]
                assert list(range(experiment, 100, 2)) == said

    def test_threads_that_subscribe_at_once_are_all_heard(self, store: EventStore):
        ears = [Ear() for _ in range(16)]
        barrier = threading.Barrier(16)

        def subscribe(ear: Ear) -> None:
            barrier.wait(LONG)
            store.subscribe(ear)

        threads = [threading.Thread(target=subscribe, args=(ear,)) for ear in ears]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        event = store.append("exp_1", draft())
        store.close()
        assert [[event]] * 16 == [ear.heard for ear in ears]
