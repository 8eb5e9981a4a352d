"""`pidgin query`: its reports, searches, comparisons and SQL, as they are typed."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from pidgin_cli.index.lock import one_at_a_time
from pidgin_cli.index.reports import REPORTS
from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.index.stores import Store, laid_open
from tests.pipes.processes import Outcome
from tests.views.logs import log

Rows = list[dict[str, Any]]


@pytest.fixture
def store(pidgin: Program) -> Store:
    """A store with one log of each kind, named by what became of it."""
    store = Store(pidgin.home.store)
    for name in ("complete", "crashed", "failed", "interrupted", "paused", "resumed"):
        store.write(f"exp_{name}", log(name))
    return store


def asked(pidgin: Program, *arguments: str, input: bytes = b"") -> Rows:
    outcome = pidgin("query", *arguments, "-f", "jsonl", input=input)
    assert (0, "") == (outcome.status, outcome.err)
    return [orjson.loads(line) for line in outcome.out.splitlines()]


def only(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_a_summary_says_what_came_of_an_experiment(pidgin: Program, store: Store) -> None:
    expected = {
        "experiment": "exp_complete",
        "state": "completed",
        "reason": "max_turns",
        "group": "pilot",
        "labels": {"tone": "calm"},
        "models": ["chatty", "terse"],
        "turns": 2,
        "messages": 4,
        "interruptions": 0,
        "interventions": 1,
        "attractors": 1,
        "convergence": 0.5,
        "highest_convergence": 0.5,
        "input_tokens": 120,
        "output_tokens": 48,
        "cost_usd": 0.02,
        "duration": 8.5,
        "started": "2009-02-13T23:31:30.000Z",
    }
    assert [expected] == asked(pidgin, "summary", "exp_comp")


def test_without_a_source_all_experiments_are_meant(pidgin: Program, store: Store) -> None:
    expected = [
        ("exp_complete", "completed"),
        ("exp_crashed", "open"),
        ("exp_failed", "failed"),
        ("exp_interrupted", "completed"),
        ("exp_paused", "paused"),
        ("exp_resumed", "completed"),
    ]
    assert expected == only(asked(pidgin, "summary"), "experiment", "state")


def test_convergence_shows_every_measurement(pidgin: Program, store: Store) -> None:
    rows = asked(pidgin, "convergence")
    expected = [("exp_complete", 0, 0.25), ("exp_complete", 1, 0.5)]
    assert expected == only(rows, "experiment", "turn_number", "score")
    assert [("exp_complete", 1)] == only(
        asked(pidgin, "convergence", "--turn", "1.."), "experiment", "turn_number"
    )


def test_interruptions_show_what_had_come(pidgin: Program, store: Store) -> None:
    rows = asked(pidgin, "interruptions")
    expected = [
        ("exp_interrupted", "agent_a", "user", "Let me tell you everything ab"),
        ("exp_interrupted", "agent_b", "timeout", "Well, I wou"),
    ]
    assert expected == only(rows, "experiment", "agent_id", "reason", "content")
    assert [("chatty", 1, 1), ("terse", 1, 0)] == only(
        asked(pidgin, "interruptions", "--by", "model"), "model", "interruptions", "by_user"
    )


def test_attractors_and_interventions_are_shown(pidgin: Program, store: Store) -> None:
    assert [("exp_complete", "gratitude_spiral", [0, 1])] == only(
        asked(pidgin, "attractors"), "experiment", "kind", "turns"
    )
    assert [
        ("exp_complete", "mediator", ["agent_b"]),
        ("exp_resumed", "human", None),
    ] == only(asked(pidgin, "interventions"), "experiment", "source", "target")


def test_usage_and_cost_are_summed_up(pidgin: Program, store: Store) -> None:
    assert [("exp_complete", 4, 1, 120, 48)] == only(
        asked(pidgin, "usage", "exp_complete"),
        "experiment",
        "calls",
        "failed_calls",
        "input_tokens",
        "output_tokens",
    )
    assert [("agent_a", 2, 84, 0.01), ("agent_b", 2, 84, 0.01)] == only(
        asked(pidgin, "cost", "exp_complete", "--by", "agent"),
        "agent",
        "calls",
        "tokens",
        "cost_usd",
    )
    assert [("calm", 168), (None, 378)] == only(
        asked(pidgin, "cost", "--by", "label:tone"), "label:tone", "tokens"
    )
    assert [("pilot", 4), (None, 9)] == only(
        asked(pidgin, "usage", "--by", "group"), "group", "calls"
    )


def test_errors_are_calls_that_failed_and_experiments_that_did(
    pidgin: Program, store: Store
) -> None:
    expected = [
        ("exp_complete", "api.call.failed", "overloaded", 529),
        ("exp_failed", "api.call.failed", "overloaded", 529),
        ("exp_failed", "experiment.failed", "overloaded", 529),
    ]
    assert expected == only(asked(pidgin, "errors"), "experiment", "type", "kind", "status")
    rows = asked(pidgin, "errors", "--type", "experiment.*")
    assert [("exp_failed",)] == only(rows, "experiment")


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_sums_up_by_every_dimension_and_in_every_format(
    pidgin: Program, store: Store, report: str
) -> None:
    for by in ("model", "group", "experiment", "label:tone", "label:it's"):
        assert pidgin("query", report, "--by", by).status == 0
    for form in ("table", "jsonl", "json", "csv", "tsv"):
        outcome = pidgin("query", report, "-f", form)
        assert (0, "", True) == (outcome.status, outcome.err, bool(outcome.out))


def test_times_select_rows(pidgin: Program, store: Store) -> None:
    assert [] == asked(pidgin, "summary", "--since", "2009-02-14")
    assert 6 == len(asked(pidgin, "summary", "--until", "2009-02-14"))
    rows = asked(pidgin, "convergence", "--since", "1234567895", "--until", "1234567899")
    assert [(1,)] == only(rows, "turn_number")


def test_a_limit_shows_no_more_rows(pidgin: Program, store: Store) -> None:
    assert 2 == len(asked(pidgin, "summary", "--limit", "2"))


def test_groups_and_several_sources_can_be_asked_about(pidgin: Program, store: Store) -> None:
    assert [("exp_complete",)] == only(asked(pidgin, "summary", "group:pilot"), "experiment")
    rows = asked(pidgin, "summary", "exp_failed", "exp_paused", "exp_failed")
    assert [("exp_failed",), ("exp_paused",)] == only(rows, "experiment")


def test_files_elsewhere_and_stdin_are_indexed_for_the_answer(pidgin: Program) -> None:
    Path("a.jsonl").write_bytes(log("complete") + log("failed"))
    rows = asked(pidgin, "summary", "a.jsonl", "-", input=log("paused"))
    expected = [("exp_complete", 2), ("exp_failed", 0), ("exp_paused", 1)]
    assert expected == only(rows, "experiment", "turns")
    assert not pidgin.home.store.exists()


def test_search_finds_the_best_first(pidgin: Program, store: Store) -> None:
    rows = asked(pidgin, "search", "ANTS plans")
    expected = [("exp_complete", 0, "agent_a")]
    assert expected == only(rows, "experiment", "turn_number", "agent_id")
    assert "[Ants] build\nwhat no ant [plans]." in rows[0]["snippet"]
    assert [] == asked(pidgin, "search", '"plans ants"')
    assert [] == asked(pidgin, "search", "ants", "exp_failed")
    assert [] == asked(pidgin, "search", "ants", "--agent", "agent_b")


def test_search_shows_what_was_found_before_what_is_cut_off(pidgin: Program, store: Store) -> None:
    outcome = pidgin("query", "search", "ants", "-f", "csv")
    head = b"experiment,turn_number,agent_id,snippet,time,model,rank"
    assert head == outcome.out.splitlines()[0]


def test_search_by_raw_text_is_a_query_of_fts5(pidgin: Program, store: Store) -> None:
    assert 1 == len(asked(pidgin, "search", "--raw", "ant* NOT nothing"))
    outcome = pidgin("query", "search", "--raw", 'ants AND "')
    assert (2, True) == (outcome.status, "is no query of FTS5" in outcome.err)


def test_comparing_gives_means_and_intervals(pidgin: Program, store: Store) -> None:
    rows = asked(pidgin, "compare", "exp_complete", "all")
    turns = [row for row in rows if row["metric"] == "turns"]
    assert [("exp_complete", 1, 2.0, None), ("all", 6, 1.0, -1.0)] == only(
        turns, "group", "experiments", "mean", "difference"
    )
    assert turns[1]["low"] <= 1.0 <= turns[1]["high"]
    assert rows == asked(pidgin, "compare", "exp_complete", "all")


def test_comparing_by_a_label(pidgin: Program, store: Store) -> None:
    for name, tone in (("exp_1", "calm"), ("exp_2", "loud")):
        pidgin("run", "-t", "1", "--id", name, "--label", f"tone={tone}")
    rows = asked(pidgin, "compare", "--by", "label:tone")
    assert [("calm", 2), ("loud", 1)] == only(
        [row for row in rows if row["metric"] == "turns"], "group", "experiments"
    )


def test_sql_selects(pidgin: Program, store: Store) -> None:
    statement = "select name, turns from experiments where turns >= :n order by 1"
    expected = [{"name": "exp_complete", "turns": 2}, {"name": "exp_resumed", "turns": 2}]
    assert expected == asked(pidgin, "sql", statement, "-p", "n=2")
    Path("q.sql").write_text(statement)
    assert expected == asked(pidgin, "sql", "@q.sql", "-p", "n=2")


def test_an_index_that_is_being_updated_is_read_as_it_is(pidgin: Program, store: Store) -> None:
    pidgin("index")
    store.write("exp_new", log("complete"))
    with one_at_a_time(store.database):
        outcome = pidgin("query", "sql", "select count(*) as n from experiments")
        assert "" == pidgin("query", "sql", "select 1 as n", "--quiet").err
    said = f"pidgin: another process brings {store.database} up to date: it is read as it is\n"
    assert Outcome(0, b'{"n":6}\n', said) == outcome
    assert 7 == len(asked(pidgin, "summary"))


@pytest.mark.parametrize("options", [[], ["--no-update"], ["--db", "store/index.db"]])
def test_an_index_that_is_just_being_made_is_waited_for(
    pidgin: Program, store: Store, options: list[str]
) -> None:
    pidgin("index")
    made = store.database.rename(store.database.with_name("made"))
    with one_at_a_time(store.database):
        threading.Timer(0.3, made.rename, [store.database]).start()
        outcome = pidgin("query", *options, "sql", "select count(*) as n from experiments")
    path = options[1] if len(options) == 2 else store.database
    said = f"pidgin: another process is just making {path}: it is waited for\n"
    assert Outcome(0, b'{"n":6}\n', said) == outcome


def test_an_index_that_another_process_gave_up_to_make_is_made(
    pidgin: Program, store: Store
) -> None:
    with ExitStack() as stack:
        stack.enter_context(one_at_a_time(store.database))
        threading.Timer(0.3, stack.close).start()
        outcome = pidgin("query", "sql", "select count(*) as n from experiments", "-q")
    assert Outcome(0, b'{"n":6}\n', "") == outcome


def test_an_index_that_nobody_makes_any_more_is_waited_for_no_longer(
    pidgin: Program, store: Store
) -> None:
    with ExitStack() as stack:
        stack.enter_context(one_at_a_time(store.database))
        threading.Timer(0.3, stack.close).start()
        outcome = pidgin("query", "summary", "--no-update", "-q")
    said = f"pidgin: no index {store.database}; 'pidgin index' makes it\n"
    assert Outcome(2, b"", said) == outcome


def test_no_update_reads_what_is_there(pidgin: Program, store: Store) -> None:
    pidgin("index")
    store.write("exp_new", log("complete"))
    assert 6 == len(asked(pidgin, "summary", "--no-update"))


def test_a_database_can_be_named_and_is_read_as_it_is(pidgin: Program, store: Store) -> None:
    pidgin("index", "--db", "f.db", "-", input=log("complete") + log("failed"))
    assert [("exp_failed",)] == only(
        asked(pidgin, "summary", "--db", "f.db", "exp_f"), "experiment"
    )
    assert 2 == len(asked(pidgin, "summary", "--db", "f.db", "all"))
    assert 1 == len(asked(pidgin, "summary", "--db", "f.db", "latest"))
    assert 1 == len(asked(pidgin, "summary", "--db", "f.db", "group:pilot"))


def test_a_damaged_index_is_made_anew_before_it_is_asked(pidgin: Program, store: Store) -> None:
    pidgin("index")
    store.database.write_bytes(store.database.read_bytes()[:5000])
    assert 6 == len(asked(pidgin, "summary"))


MANY = ",".join(f"w{number}" for number in range(2000))
LARGE = {
    ("search", "! " * 2000): 1,
    ("search", "word " * 20_000): 0,
    ("usage", "--agent", f"{MANY},agent_a"): 6,
    ("errors", "--type", f"{MANY},api.*"): 2,
    ("errors", "--type", "*a" * 30 + "*b"): 0,
    ("errors", "--type", "*a" * 40_000): 0,
    ("usage", "--turn", ",".join(map(str, range(2000)))): 6,
    ("summary", "--limit", "9" * 30): 6,
    ("search", "sentence", "--limit", "9" * 30): 1,
}


@pytest.mark.parametrize("arguments", LARGE, ids=lambda arguments: " ".join(arguments)[:30])
def test_as_much_can_be_asked_as_fits_a_command_line(
    pidgin: Program, store: Store, arguments: tuple[str, ...]
) -> None:
    assert LARGE[arguments] == len(asked(pidgin, *arguments))


def test_types_are_selected_as_everywhere_else(pidgin: Program, store: Store) -> None:
    for pattern in ("api.*", "[!e]*", "[ea]*", "*.fail??", "api.call.failed,[x]", "[!a]*", "API.*"):
        selected = [
            orjson.loads(line)["type"]
            for name in ("complete", "crashed", "failed", "interrupted", "paused", "resumed")
            for line in pidgin("replay", f"exp_{name}", "--type", pattern).out.splitlines()
        ]
        expected = [kind for kind in selected if kind in ("api.call.failed", "experiment.failed")]
        assert expected == [row["type"] for row in asked(pidgin, "errors", "--type", pattern)]


HOSTILE = "k'; drop table labels; -- \" * ?"


def test_names_and_labels_that_read_like_sql_are_values(pidgin: Program) -> None:
    pidgin("run", "-q", "-t", "1", "--id", "one", "--label", f"{HOSTILE}={HOSTILE}")
    pidgin("run", "-q", "-t", "1", "--id", "two", "--group", HOSTILE)
    by_label = asked(pidgin, "summary", "--by", f"label:{HOSTILE}")
    assert [(HOSTILE, 1), (None, 1)] == only(by_label, f"label:{HOSTILE}", "experiments")
    by_group = asked(pidgin, "summary", f"group:{HOSTILE}", "--by", "group")
    assert [(HOSTILE, 1)] == only(by_group, "group", "experiments")


WRITES = (
    "drop table events",
    "insert into labels values (1, 'a', 'b')",
    "replace into labels values (1, 'a', 'b')",
    "update experiments set name = 'x' returning name",
    "delete from messages",
    "with x as (select 1) delete from messages",
    "insert into messages_fts (messages_fts) values ('delete-all')",
    "create table x as select 1",
    "create temp table x (y)",
    "create virtual table x using fts5 (y)",
    "create view x as select 1",
    "create trigger x after insert on labels begin select 1; end",
    "alter table labels rename to x",
    "attach 'x.db' as x",
    "attach ':memory:' as x",
    "detach main",
    "vacuum into 'x.db'",
    "reindex",
    "analyze",
    "begin immediate",
    "savepoint x",
    "pragma journal_mode = delete",
    "pragma writable_schema = 1",
    "pragma user_version = 7",
    "pragma application_id = 7",
    "pragma wal_checkpoint(truncate)",
    "select * from pragma_writable_schema",
    "select * from pragma_journal_mode",
    "select * from pragma_user_version(7)",
)
FUNCTIONS = ("load_extension('x')", "load_extension('x', 'y')", "writefile('x.db', 'x')")

REFUSED = {
    ("nothing",): "asks nothing; ask summary,",
    ("summry",): "did you mean summary? Ask summary,",
    ("search",): "query search takes a text, and then the SOURCEs",
    ("search", " "): "nothing to search for",
    ("search", "a", "--by", "model"): "--type and --by say nothing",
    ("sql",): "query sql takes one statement in quotes, or @FILE",
    ("sql", "select 1", "more"): "query sql takes one statement in quotes, or @FILE",
    ("sql", "select 1; select 2"): "one statement at a time",
    **{("sql", statement): "query sql only reads" for statement in WRITES},
    **{("sql", f"select {function}"): "query sql" for function in FUNCTIONS},
    ("sql", "selec 1"): 'near "selec": syntax error',
    ("sql", "select :n"): "query sql:",
    ("sql", "select 1", "-p", "n"): "-p 'n' is not NAME=VALUE",
    ("sql", "@missing.sql"): "cannot read missing.sql",
    ("sql", ""): "query sql takes a statement that selects",
    ("compare",): "compare takes --by label:KEY",
    ("compare", "exp_failed"): "compare takes --by label:KEY",
    ("compare", "--by", "label:odd"): "makes 0 groups of experiments",
    ("compare", "--by", "model", "--agent", "agent_a"): "does not tell one from another by --agent",
    ("compare", "--by", "model", "--turn", "1"): "does not tell one from another by --turn",
    ("compare", "--by", "model", "--type", "api.*"): "does not tell one from another by --type",
    ("compare", "--by", "model", "--limit", "1"): "query compare shows all",
    ("compare", "--by", "odd"): "--by 'odd' is none of model, group and label:KEY",
    ("summary", "--by", "label:"): "--by 'label:' is none of",
    ("summary", "--by", "agent"): "--by 'agent' is none of experiment, model, group",
    ("summary", "--agent", "agent_a"): "query summary does not tell one from another by --agent",
    ("usage", "--type", "api.*"): "query usage does not tell one from another by --type",
    ("summary", "odd"): "no experiment 'odd'",
    ("summary", "--db", "missing.db"): "no index missing.db",
    ("summary", "--db", "notes.txt"): "notes.txt is no index of pidgin",
    ("summary", "--db", "."): ". is a folder; name a database file in it",
    ("summary", "--raw"): "--raw is for query search",
    ("search", "a", "-p", "n=1"): "-p is for query sql",
    ("sql", "select 1", "--turn", "1"): "query sql gives what its statement asks for",
    ("sql", "select 1", "--limit", "1"): "query sql gives what its statement asks for",
    ("usage", "--turn", "5..1"): "--turn '5..1' ends before it begins; write 1..5",
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_what_nobody_can_answer_is_refused(
    pidgin: Program, store: Store, arguments: tuple[str, ...]
) -> None:
    store.index()
    before = laid_open(store.database)
    Path("notes.txt").write_text("no database " * 100)
    outcome = pidgin("query", *arguments)
    assert (b"", True) == (outcome.out, REFUSED[arguments] in outcome.err), outcome.err
    assert outcome.status in (1, 2)
    assert before == laid_open(store.database)
    assert not Path("x.db").exists()


def test_a_statement_that_takes_too_long_is_ended(pidgin: Program, store: Store) -> None:
    endless = "with recursive x(i) as (select 1 union all select i + 1 from x) select max(i) from x"
    outcome = pidgin("query", "sql", endless, "--timeout", "0.2")
    assert (1, True) == (outcome.status, "took longer than 0.2 s" in outcome.err)


def test_a_store_that_is_not_there_is_not_made(pidgin: Program) -> None:
    outcome = pidgin("query", "summary")
    assert (2, True) == (outcome.status, "no experiments in" in outcome.err)
    assert [] == pidgin.home.everything()


def test_hostile_logs_are_answered_about(pidgin: Program) -> None:
    Store(pidgin.home.store).write("exp_hostile", log("hostile"))
    for report in REPORTS:
        for form in ("table", "jsonl", "csv"):
            outcome = pidgin("query", report, "-f", form)
            assert (0, "") == (outcome.status, outcome.err)
            assert form != "table" or not set(outcome.out) & {0x1B, 0x07, 0x0D}


def test_every_option_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    ours = set(options_of("query")) - {"--config", "--data-dir", "--quiet", "--update", "--help"}
    aliases = {"--format": '"-f"', "--parameter": '"-p"'}
    assert [] == [name for name in ours if aliases.get(name, name) not in text]
