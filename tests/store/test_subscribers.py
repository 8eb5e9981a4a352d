from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.store import subscribers
from pidgin_cli.store.subscribers import (
    FileSubscriber,
    MetricsSubscriber,
    Subscription,
    complain,
)

pytestmark = pytest.mark.timeout(60)
Line = Callable[..., bytes]


def happened(kind: str, **data: Any) -> Event:
    return Event(kind, "exp_1", "i", 1.0, 0, None, data)


def test_a_listener_that_is_too_far_behind_misses_some_and_is_told_so_once(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(subscribers, "PENDING", 10)
    complaints: list[str] = []
    heard: list[Event] = []
    stuck, freed = threading.Event(), threading.Event()

    def slow(event: Event) -> None:
        stuck.set()
        freed.wait(30)
        heard.append(event)

    subscription = Subscription(slow, complaints.append)
    events = [happened("odd.happened", n=number) for number in range(30)]
    subscription.offer(events[0])
    assert stuck.wait(30)
    for event in events[1:]:
        subscription.offer(event)
    freed.set()
    subscription.close(30)
    assert events[:11] == heard
    assert ["a subscriber is 10 events behind and misses some; replay has them"] == complaints


def test_a_dropped_listener_with_a_full_queue_is_let_go_of_at_once(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(subscribers, "PENDING", 2)
    offered = threading.Event()

    def broken(event: Event) -> None:
        offered.wait(30)
        raise ValueError

    subscription = Subscription(broken, lambda complaint: None)
    for _ in range(10):
        subscription.offer(happened("odd.happened"))
    offered.set()
    # Without end: nobody would ever take anything out of that queue.
    subscription.close(None)
    assert subscription.dropped


def test_a_complaint_goes_to_stderr(capsys: pytest.CaptureFixture[str]):
    complain("something is wrong")
    assert ("", "pidgin: something is wrong\n") == capsys.readouterr()


def test_a_complaint_that_nobody_can_hear_is_no_failure():
    program = "from pidgin_cli.store.subscribers import complain; complain('x'); print('on')"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=writing,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert b"on\n" == done.stdout


def test_a_file_is_given_every_line(tmp_path: Path, line: Line):
    lines = [line(text="x" * 100_000), line(), line()]
    (tmp_path / "log").write_bytes(b"before\n")
    subscriber = FileSubscriber(tmp_path / "log")
    for each in lines:
        subscriber(decode(each))
        assert (tmp_path / "log").read_bytes().endswith(each)
    subscriber.close()
    assert b"before\n" + b"".join(lines) == (tmp_path / "log").read_bytes()


def test_a_file_that_is_made_is_for_its_owner_alone(tmp_path: Path):
    before = os.umask(0)
    try:
        FileSubscriber(tmp_path / "log").close()
    finally:
        os.umask(before)
    assert 0o600 == stat.S_IMODE((tmp_path / "log").stat().st_mode)


def test_a_file_that_was_there_keeps_its_mode(tmp_path: Path):
    (tmp_path / "log").touch(0o644)
    (tmp_path / "log").chmod(0o644)
    FileSubscriber(tmp_path / "log").close()
    assert 0o644 == stat.S_IMODE((tmp_path / "log").stat().st_mode)


def test_what_happened_is_counted():
    metrics = MetricsSubscriber()
    usage = {"input_tokens": 10, "output_tokens": 3}
    for event in [
        happened("experiment.started"),
        happened("turn.started"),
        happened("api.call.started"),
        happened("api.call.failed", error={"kind": "overloaded"}),
        happened("api.call.failed", error={"kind": "cancelled"}, usage=usage),
        happened("api.call.completed", usage=usage, cost_usd=0.5),
        happened("api.call.completed", usage=usage, cost_usd=0.25),
        happened("api.call.completed", usage=usage),
        happened("response.completed", content="Hi", usage=usage, cost_usd=9),
        happened("response.interrupted", reason="user"),
        happened("attractor.detected"),
        happened("turn.completed", usage=usage, cost_usd=9),
        happened("turn.completed"),
        happened("experiment.completed", usage=usage, cost_usd=9),
        happened("experiment.started"),
        happened("experiment.failed"),
        happened("odd.happened"),
    ]:
        metrics(event)
    assert {
        "experiments_started": 2,
        "experiments_completed": 1,
        "experiments_failed": 1,
        "turns": 2,
        "interruptions": 1,
        "attractors": 1,
        "failed_calls": 1,
    } == dict(metrics.counts)
    assert (Usage(40, 12), 0.75) == (metrics.usage, metrics.cost_usd)


def test_before_anything_happened_everything_counts_as_none():
    metrics = MetricsSubscriber()
    assert (7, {0}) == (len(metrics.counts), set(metrics.counts.values()))
    assert (Usage(), 0.0) == (metrics.usage, metrics.cost_usd)
