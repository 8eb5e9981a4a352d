"""Answering questions by the reports, and the summaries that programs ask for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from pidgin_cli.index.questions import (
    LABEL,
    Conditions,
    Question,
    check_dimension,
    check_selectors,
)
from pidgin_cli.index.reports import REPORTS, Report

_JSON = frozenset({"labels", "models", "components", "turns", "target", "kinds"})
"""Columns of reports that hold JSON where they hold text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows under their columns; the rows are given while they are read."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def answer(connection: sqlite3.Connection, name: str, question: Question) -> Answer:
    """Answer a question by a report, in the order of the logs, or of what is summed up by.

    Raises:
        UsageError: the report knows nothing of what was asked about.
    """
    report = REPORTS[name]
    by = question.by or report.by
    known = {"--agent": report.agent, "--turn": report.turn, "--type": report.type}
    check_selectors(name, question, known)
    conditions = _conditions(report, question)
    if question.type is not None:
        found = connection.execute(f"select distinct type from {report.source}")
        kinds = [kind for (kind,) in found if question.type(kind)]
        conditions.one_of(f"{report.source}.type", kinds)
    if by is None:
        columns = dict(report.rows)
        tail = f"order by {report.source}.place"
    else:
        key, expression = _dimension(report, by, conditions)
        columns = {key: expression, **report.sums}
        tail = f"group by 1 order by {expression} is null, 1"
    query = " ".join(
        (
            f"select {', '.join(columns.values())} from {_tables(report)}",
            conditions.sql(),
            tail,
            conditions.limit(question.limit),
        )
    )
    rows = connection.execute(query, conditions.values)
    return Answer(tuple(columns), _plain_rows(tuple(columns), rows))


def _tables(report: Report) -> str:
    if report.source == "experiments":
        return "experiments"
    return f"{report.source} join experiments on {report.source}.experiment = experiments.place"


def _conditions(report: Report, question: Question) -> Conditions:
    conditions = Conditions([] if report.condition is None else [report.condition])
    conditions.of_experiments(question.names)
    conditions.of_agents(f"{report.source}.agent_id", question.agents)
    conditions.in_turns(f"{report.source}.turn_number", question.turns)
    conditions.within(f"{report.source}.{report.time}", question.since, question.until)
    return conditions


def _dimension(report: Report, by: str, conditions: Conditions) -> tuple[str, str]:
    """Give name and SQL of that by which rows are summed up."""
    check_dimension(by, ("experiment", "model", "group", *(["agent"] if report.agent else [])))
    if by.startswith(LABEL):
        key = conditions.value(by.removeprefix(LABEL))
        labels = "labels where labels.experiment = experiments.place"
        return by, f"(select value from {labels} and key = {key})"
    expressions = {
        "experiment": "experiments.name",
        "group": "experiments.group_name",
        "model": report.model,
        "agent": f"{report.source}.agent_id",
    }
    return by, expressions[by]


def _plain_rows(
    columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    held = [place for place, column in enumerate(columns) if column in _JSON]
    for row in rows:
        values = list(row)
        for place in held:
            values[place] = _loaded(values[place])
        yield tuple(values)


def _loaded(value: Any) -> Any:
    try:
        return orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        return value
