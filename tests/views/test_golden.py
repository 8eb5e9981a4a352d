"""Every view of every small log, against the files in tests/cases/views."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson
import pytest

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.views.brief import brief
from pidgin_cli.views.document import document
from pidgin_cli.views.markdown import markdown
from pidgin_cli.views.sent_views import SentMarkdown
from pidgin_cli.views.text import text
from pidgin_cli.views.timeline import TimelineView
from pidgin_cli.views.view import Choice, one_by_one
from tests.views.logs import LOGS, log

CASES = Path(__file__).parent.parent / "cases" / "views"


WITH_THOUGHTS = Choice(reasoning=True)


def as_document(events: Iterable[Event]) -> str:
    return orjson.dumps(document(events, WITH_THOUGHTS), option=orjson.OPT_INDENT_2).decode() + "\n"


def as_brief(events: Iterable[Event]) -> str:
    return "".join(f"{brief(event)}\n" for event in events)


def as_article(events: Iterable[Event]) -> str:
    return "".join(one_by_one(events, lambda: TimelineView(WITH_THOUGHTS), "\n"))


def as_sent(events: Iterable[Event]) -> str:
    return "".join(one_by_one(events, lambda: SentMarkdown("agent_a"), "\n"))


VIEWS: dict[str, Callable[[Iterable[Event]], str]] = {
    "expected.md": lambda events: "".join(markdown(events, WITH_THOUGHTS)),
    "expected.txt": lambda events: "".join(text(events, WITH_THOUGHTS)),
    "expected.json": as_document,
    "expected.html": as_article,
    "expected.agent_a.md": as_sent,
    "expected.brief": as_brief,
}


def events_of(case: str) -> Iterator[Event]:
    return map(decode, (CASES / case / "log.jsonl").read_bytes().split(b"\n")[:-1])


def compare(path: Path, shown: bytes, *, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(shown)
    assert path.read_bytes() == shown


@pytest.mark.parametrize("case", LOGS)
def test_the_log_is_what_its_drafts_give(case: str, update: bool) -> None:
    compare(CASES / case / "log.jsonl", log(case), update=update)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("case", LOGS)
def test_a_view_of_a_log_is_as_expected(case: str, name: str, update: bool) -> None:
    compare(CASES / case / name, VIEWS[name](events_of(case)).encode(), update=update)


@pytest.fixture(params=["Pacific/Auckland", "America/New_York"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_the_same_in_every_time_zone(name: str) -> None:
    assert (CASES / "complete" / name).read_text() == VIEWS[name](events_of("complete"))
