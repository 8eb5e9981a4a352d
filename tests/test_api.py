"""The public API: the text of its documentation is run as it stands."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import os
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

import pidgin_cli
from pidgin_cli import (
    Agent,
    EventStore,
    FileSubscriber,
    MetricsSubscriber,
    Router,
    TranscriptGenerator,
    create_event_dialogue_engine,
    create_event_store,
    get_config,
    setup_console_subscriber,
)
from pidgin_cli.errors import ConfigError, PidginError, UnknownExperimentError, UsageError
from tests.index.stores import Store
from tests.pipes.processes import Home, seal_in, seal_of, types_of
from tests.views.logs import LOGS, log

DOCUMENTED = """
    from pidgin_cli import (get_config, create_event_store, create_event_dialogue_engine,
                            TranscriptGenerator, setup_console_subscriber)
    config = get_config()
    event_store = create_event_store(config)
    setup_console_subscriber(event_store, verbose=True)
    engine = create_event_dialogue_engine(router, event_store, config)
    experiment_id = await engine.run_conversation(agent_a, agent_b, prompt, max_turns)
    transcripts = TranscriptGenerator(event_store)
    transcripts.generate_markdown(experiment_id); transcripts.generate_json(experiment_id)
    transcripts.export_for_analysis(experiment_id, format="parquet")
    event_store.query_convergence_trend(experiment_id); event_store.query_interruptions(experiment_id)
    event_store.get_experiment_summary(experiment_id)
"""  # noqa: E501 - as it stands in the documentation


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIDGIN_DATA_DIR", str(home.store))
    monkeypatch.delenv("PIDGIN_CONFIG", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def store(home: Home) -> Iterator[EventStore]:
    with create_event_store(get_config()) as store:
        yield store


def held(store: EventStore, a: str, b: str, turns: int | None, **more: Any) -> str:
    engine = create_event_dialogue_engine(Router(), store, get_config())
    return asyncio.run(engine.run_conversation(Agent(a), Agent(b), "Hello", turns, **more))


def test_the_documented_text_runs_as_it_is_written(home: Home) -> None:
    code = compile(
        textwrap.dedent(DOCUMENTED), "documented", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    )
    names: dict[str, Any] = {
        "router": Router(),
        "agent_a": Agent("sim:chatty"),
        "agent_b": Agent("sim:spiral"),
        "prompt": "Discuss emergence",
        "max_turns": 3,
    }

    async def run() -> None:
        await eval(code, names)

    stderr = io.StringIO()
    with contextlib.redirect_stderr(stderr):
        asyncio.run(run())
        names["event_store"].close()
    experiment_id = names["experiment_id"]
    log = home.logs()[experiment_id]
    assert types_of(log).count("turn.completed") == 3
    assert seal_in(log) == seal_of(log)
    assert stderr.getvalue().count("\n") == log.count(b"\n")
    assert (home.root / f"{experiment_id}.events.parquet").stat().st_size > 0


def test_every_public_name_is_there() -> None:
    for name in pidgin_cli.__all__:
        assert getattr(pidgin_cli, name) is not None


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        pidgin_cli.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_a_summary_says_what_came_of_it(store: EventStore) -> None:
    experiment_id = held(store, "sim:chatty", "sim:echo", 2, seed=7)
    summary = store.get_experiment_summary(experiment_id)
    duration, usage = summary.pop("duration"), summary.pop("usage")
    scores = [each["score"] for each in store.query_convergence_trend(experiment_id)]
    assert summary == {
        "experiment_id": experiment_id,
        "state": "completed",
        "reason": "max_turns",
        "agents": {"agent_a": "sim:chatty", "agent_b": "sim:echo"},
        "turns": 2,
        "messages": 4,
        "interruptions": 0,
        "interventions": 0,
        "attractors": 0,
        "convergence": scores[-1],
        "highest_convergence": max(scores),
        "cost_usd": 0.0,
    }
    assert duration > 0
    assert usage["output_tokens"] > 0


def test_the_trend_of_convergence_has_a_row_for_each_turn(store: EventStore) -> None:
    trend = store.query_convergence_trend(held(store, "sim:spiral", "sim:spiral", 4))
    assert [row["turn_number"] for row in trend] == [0, 1, 2, 3]
    assert all(0 <= row["score"] <= 1 and row["components"] for row in trend)
    assert [row["timestamp"] for row in trend] == sorted(row["timestamp"] for row in trend)


def test_a_measurement_is_told_as_its_event_has_it(store: EventStore) -> None:
    experiment_id = held(store, "sim:spiral", "sim:echo", 1)
    (measured,) = (
        event for event in store.replay(experiment_id) if event.type == "convergence.measured"
    )
    expected = {
        "turn_number": 0,
        "timestamp": measured.timestamp,
        "score": measured.data["score"],
        "components": measured.data["components"],
        "baseline": None,
        "by_agent": measured.data["by_agent"],
    }
    assert [expected] == store.query_convergence_trend(experiment_id)


def test_interruptions_are_told_with_what_had_come(store: EventStore) -> None:
    with pytest.raises(PidginError):
        held(store, "sim:chatty,breaks=1", "sim:echo", 2)
    assert store.folder is not None
    (experiment_id,) = store.folder.experiment_ids()
    (row,) = store.query_interruptions(experiment_id)
    assert (row["turn_number"], row["agent_id"], row["reason"]) == (0, "agent_a", "error")
    assert row["content"] != ""


def test_a_conversation_that_fails_raises_with_its_id_and_reason(
    store: EventStore, home: Home
) -> None:
    (home.root / "script").write_text('{"content":"","errors":[{"kind":"x","retryable":false}]}')
    with pytest.raises(PidginError, match=r"experiment exp_\w+ failed: simulated: x"):
        held(store, "sim:script:script", "sim:echo", 2)


def test_turns_are_as_configured_where_nothing_is_said(home: Home) -> None:
    (home.root / "pidgin.yaml").write_text("defaults: {max_turns: 2}\n")
    with create_event_store(get_config()) as store:
        experiment_id = held(store, "sim:terse", "sim:terse", None)
        assert store.get_experiment_summary(experiment_id)["turns"] == 2


def test_a_model_that_is_not_known_makes_nothing(store: EventStore, home: Home) -> None:
    with pytest.raises(UsageError):
        held(store, "sim:nobody", "sim:echo", 2)
    assert home.logs() == {}


def test_a_configuration_can_be_named(home: Home) -> None:
    (home.root / "mine.yaml").write_text("defaults: {max_turns: 3}\n")
    assert get_config("mine.yaml").defaults.max_turns == 3
    with pytest.raises(ConfigError):
        get_config(home.root / "missing.yaml")


def test_a_pattern_that_means_nothing_is_told_with_its_place(home: Home) -> None:
    (home.root / "mine.yaml").write_text("events:\n  privacy: {redact_patterns: ['(']}\n")
    with pytest.raises(ConfigError, match=r"^mine.yaml:2: events.privacy.redact_patterns: regex"):
        get_config("mine.yaml")


def test_several_conversations_at_once_share_a_store(store: EventStore, home: Home) -> None:
    engine = create_event_dialogue_engine(Router(), store, get_config())

    async def all_of_them() -> list[str]:
        talks = [
            engine.run_conversation(Agent("sim:chatty"), Agent("sim:terse"), "Hi", 2)
            for _ in range(5)
        ]
        return await asyncio.gather(*talks)

    experiment_ids = asyncio.run(all_of_them())
    assert sorted(home.logs()) == sorted(experiment_ids)
    for data in home.logs().values():
        assert types_of(data).count("turn.completed") == 2
        assert seal_in(data) == seal_of(data)


def test_transcripts_are_views_of_the_log(store: EventStore) -> None:
    experiment_id = held(store, "sim:chatty", "sim:echo", 2)
    transcripts = TranscriptGenerator(store)
    document = transcripts.generate_json(experiment_id)
    said = [event.data["content"] for event in store.replay(experiment_id) if event.type == SAID]
    assert [message["content"] for message in document["messages"]] == said
    assert orjson.loads(orjson.dumps(document)) == document
    assert transcripts.generate_markdown(experiment_id).count("\n## ") >= 2


SAID = "response.completed"


def test_an_experiment_that_is_not_there_is_an_error_of_every_question(store: EventStore) -> None:
    transcripts = TranscriptGenerator(store)
    for question in (
        store.get_experiment_summary,
        store.query_convergence_trend,
        store.query_interruptions,
        transcripts.generate_markdown,
        transcripts.generate_json,
        transcripts.generate_timeline_html,
        transcripts.export_for_analysis,
    ):
        with pytest.raises(UnknownExperimentError):
            question("exp_nowhere")


def test_a_timeline_is_the_page_that_the_command_gives(store: EventStore, home: Home) -> None:
    experiment_id = held(store, "sim:chatty", "sim:echo", 2)
    given = home.run("transcript", experiment_id, "-f", "html").out.decode()
    assert TranscriptGenerator(store).generate_timeline_html(experiment_id) == given


def test_a_document_is_the_one_that_the_command_gives(store: EventStore, home: Home) -> None:
    experiment_id = held(store, "sim:chatty", "sim:echo", 2)
    given = orjson.loads(home.run("transcript", experiment_id, "-f", "json").out)
    assert TranscriptGenerator(store).generate_json(experiment_id) == given


@pytest.mark.parametrize(
    ("format", "name", "arguments"),
    [
        ("parquet", "events.parquet", ["-f", "parquet"]),
        ("csv", "events.csv", ["-f", "csv"]),
        ("jsonl", "events.jsonl", ["-f", "jsonl"]),
        ("messages", "agent_a.jsonl", ["-f", "messages", "--as", "agent_a"]),
    ],
)
def test_an_export_is_the_file_that_the_command_gives(
    store: EventStore, home: Home, format: Any, name: str, arguments: list[str]
) -> None:
    experiment_id = held(store, "sim:chatty", "sim:echo", 2)
    path = TranscriptGenerator(store).export_for_analysis(experiment_id, format)
    assert path == Path(f"{experiment_id}.{name}")
    assert home.run("export", experiment_id, *arguments).out == path.read_bytes()


def test_a_table_that_is_not_there_is_refused(store: EventStore, home: Home) -> None:
    experiment_id = held(store, "sim:terse", "sim:echo", 1)
    with pytest.raises(UsageError, match="no table 'rows': there are experiments, labels"):
        TranscriptGenerator(store).export_for_analysis(experiment_id, table="rows")
    assert [] == list(home.root.glob("*.parquet"))


def test_a_table_goes_where_it_is_told_and_overwrites_nothing(
    store: EventStore, home: Home
) -> None:
    experiment_id = held(store, "sim:terse", "sim:terse", 1)
    transcripts = TranscriptGenerator(store)
    path = home.root / "table.parquet"
    assert transcripts.export_for_analysis(experiment_id, path=path) == path
    before = path.read_bytes()
    with pytest.raises(UsageError):
        transcripts.export_for_analysis(experiment_id, path=path)
    assert path.read_bytes() == before
    assert transcripts.export_for_analysis(experiment_id, path=path, overwrite=True) == path
    with pytest.raises(UsageError):
        transcripts.export_for_analysis(experiment_id, format="xlsx")  # type: ignore[arg-type]


@pytest.mark.parametrize("verbose", [True, False])
def test_the_console_hears_what_matters_or_everything(store: EventStore, verbose: bool) -> None:
    stream = io.StringIO()
    setup_console_subscriber(store, verbose=verbose, stream=stream)
    experiment_id = held(store, "sim:terse", "sim:terse", 2)
    recorded = len(list(store.replay(experiment_id)))
    store.close()
    lines = stream.getvalue().splitlines()
    # Begun, two turns, ended.
    assert len(lines) == (recorded if verbose else 4)
    assert all(experiment_id in line for line in lines)


def test_subscribers_keep_a_file_of_ones_own_and_count(store: EventStore, home: Home) -> None:
    file, metrics = FileSubscriber(home.root / "mine.jsonl"), MetricsSubscriber()
    store.subscribe(file)
    store.subscribe(metrics)
    experiment_id = held(store, "sim:terse", "sim:terse", 2)
    store.close()
    file.close()
    assert home.logs()[experiment_id] == (home.root / "mine.jsonl").read_bytes()
    assert (metrics.counts["experiments_completed"], metrics.counts["turns"]) == (1, 2)


def test_listeners_that_raise_or_sleep_change_nothing_of_the_log(store: EventStore) -> None:
    import threading

    never = threading.Event()

    def raises(event: object) -> None:
        raise ValueError("on purpose")

    def sleeps(event: object) -> None:
        never.wait(0.01)

    store.subscribe(raises)
    store.subscribe(sleeps)
    with contextlib.redirect_stderr(io.StringIO()):
        experiment_id = held(store, "sim:chatty", "sim:chatty", 3)
    types = [event.type for event in store.replay(experiment_id)]
    assert types.count("turn.completed") == 3
    never.set()


@pytest.mark.parametrize("name", LOGS)
def test_questions_have_the_same_answers_with_an_index_and_without(
    home: Home, store: EventStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment_id = f"exp_{name}"
    home.write_log(experiment_id, log(name))
    os.utime(home.log(experiment_id), (1_700_000_000, 1_700_000_000))
    from_events = answers(store, experiment_id)
    time.sleep(0.12)
    Store(home.store).index()
    if name != "empty":
        monkeypatch.setattr(store, "replay", None)
    assert from_events == answers(store, experiment_id)


def test_an_index_that_is_behind_the_log_is_not_asked(home: Home, store: EventStore) -> None:
    whole = log("complete")
    home.write_log("exp_complete", whole[: len(whole) // 2].rpartition(b"\n")[0] + b"\n")
    Store(home.store).index()
    home.write_log("exp_complete", whole)
    assert "completed" == store.get_experiment_summary("exp_complete")["state"]


def test_attractors_can_be_asked_for(home: Home, store: EventStore) -> None:
    home.write_log("exp_complete", log("complete"))
    expected = {
        "turn_number": 1,
        "timestamp": 1234567897.5,
        "kind": "gratitude_spiral",
        "description": "both only thank each other",
        "confidence": 0.834,
        "turns": [0, 1],
        "action": "log",
    }
    assert [expected] == store.query_attractors("exp_complete")


def answers(store: EventStore, experiment_id: str) -> list[Any]:
    return [
        store.query_convergence_trend(experiment_id),
        store.query_interruptions(experiment_id),
        store.query_attractors(experiment_id),
        store.get_experiment_summary(experiment_id),
    ]
