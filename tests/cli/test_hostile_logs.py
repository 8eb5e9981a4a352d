"""Logs that mean harm, indexed and asked: they become rows or bad lines, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.events.codec import encode_object
from pidgin_cli.index.reports import REPORTS
from tests.cli.conftest import Program
from tests.index.stores import Store, laid_open


def line(kind: str, **data: Any) -> bytes:
    fields = {"type": kind, "experiment_id": "exp_1", "timestamp": 1.5, "agent_id": "agent_a"}
    return encode_object({**fields, "data": data})


HUGE = 2**64 - 1
DEEP: Any = "x"
for _ in range(900):
    DEEP = [DEEP]
MEAN = {
    "huge integers": line(
        "api.call.completed",
        response=HUGE,
        usage={"input_tokens": HUGE, "output_tokens": 2**63 - 1},
        status=HUGE,
        cost_usd=1e308,
        duration=HUGE,
    )
    * 3,
    "deep nesting": line("response.completed", content=DEEP)
    + line("experiment.failed", error=DEEP)
    + line("experiment.failed", error={"kind": DEEP, "message": DEEP})
    + line("experiment.started", agents=[{"model": DEEP}], labels={"a": DEEP}),
    "nested in vain": b'{"type":"a.b","experiment_id":"exp_1","data":' + b"[" * 5000 + b"\n",
    "NUL": line("response.completed", content="a\0b sentence") * 2,
    "wrong types": line("response.completed", content=7, tokens="x", duration=[], model={})
    + line("experiment.started", agents=7, labels=[1], initial_prompt={}, max_turns="x")
    + line("turn.completed", duration="x")
    + line("api.call.failed", error=7, response="x", retryable="y"),
    "a long message": line("response.completed", content="word " * 20_000 + "sentence"),
    "a long experiment id": line("response.completed").replace(b"exp_1", b"e" * 100_000),
    "far times": line("response.completed", content="x").replace(b"1.5", b"1e300")
    + line("turn.started").replace(b"1.5", b"-1e18"),
    "far turns": line("turn.started").replace(b'"agent_id"', b'"turn_number":%d,"a"' % HUGE),
    "many labels": line("experiment.started", labels={str(n): "x" for n in range(5000)}),
    "labels that hide one another": b'{"type":"experiment.started","experiment_id":"exp_1",'
    b'"data":{"labels":{"a":"1","a":"2"},"labels":{"b":"3"}}}\n',
    "the same line for ever": line("turn.started") * 3000,
}


@pytest.mark.parametrize("name", MEAN)
def test_it_is_indexed_and_answered_about(pidgin: Program, name: str) -> None:
    store = Store(pidgin.home.store)
    store.write("exp_1", MEAN[name])
    assert pidgin("index").status in (0, 3)
    store.write("exp_1", MEAN[name] + MEAN[name])
    assert pidgin("index").status in (0, 3)
    assert store.rebuilt() == laid_open(store.database)
    for report in REPORTS:
        for by in ((), ("--by", "model"), ("--by", "label:a")):
            outcome = pidgin("query", report, *by, "-f", "table")
            assert (0, "") == (outcome.status, outcome.err)
    assert pidgin("query", "search", "sentence").status == 0
    assert pidgin("query", "sql", "select * from overview, conversation, spending").status == 0
