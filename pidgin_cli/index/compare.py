"""Comparing groups of experiments: means, spreads, and how far chance alone could move them."""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pidgin_cli.errors import UsageError
from pidgin_cli.index.queries import Answer
from pidgin_cli.index.questions import LABEL, Conditions, Question, check_dimension, check_selectors

RESAMPLES = 1000
"""How often a group is drawn again, with replacement, for an interval."""

SEED = 20_240_229
"""Seed of the drawing, so that the same experiments have the same interval."""

COLUMNS = (
    "metric",
    "group",
    "experiments",
    "mean",
    "spread",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
)
METRICS = {
    "turns": "turns",
    "tokens": "input_tokens + output_tokens",
    "cost_usd": "cost_usd",
    "final_convergence": "convergence",
    "attractor_rate": "attractors > 0",
}
"""What is compared, as SQL over the table of experiments."""

Groups = Mapping[str, Sequence[Sequence[float | None]]]
"""The values of each metric for every experiment of each group."""


def compare_by(connection: sqlite3.Connection, question: Question) -> Answer:
    """Compare the groups that a label, the group or the models make, the first one with each.

    Raises:
        UsageError: they make fewer than two, or something else was asked of them.
    """
    _check(question)
    by = question.by or ""
    check_dimension(by, ("model", "group"))
    conditions = Conditions()
    conditions.of_experiments(question.names)
    conditions.within("started", question.since, question.until)
    if by.startswith(LABEL):
        key = conditions.value(by.removeprefix(LABEL))
        labels = "labels where labels.experiment = experiments.place"
        expression = f"(select value from {labels} and key = {key})"
    else:
        expression = {"model": "models", "group": "group_name"}[by]
    query = f"select {expression}, {','.join(METRICS.values())} from experiments {conditions.sql()}"
    groups: dict[str, list[Sequence[float | None]]] = {}
    for name, *values in connection.execute(query, conditions.values):
        if name is not None:
            groups.setdefault(name, []).append(values)
    if len(groups) < 2:
        raise UsageError(f"--by {by} makes {len(groups)} groups of experiments; two are compared")
    return compared({name: groups[name] for name in sorted(groups)})


def compare_sets(
    connection: sqlite3.Connection, question: Question, sets: Mapping[str, Sequence[str]]
) -> Answer:
    """Compare sets of experiments, given by their names, the first one with each.

    Raises:
        UsageError: something was asked that whole experiments do not tell.
    """
    _check(question)
    groups = {}
    for word, names in sets.items():
        conditions = Conditions()
        conditions.of_experiments(tuple(names))
        conditions.within("started", question.since, question.until)
        query = f"select {','.join(METRICS.values())} from experiments {conditions.sql()}"
        groups[word] = connection.execute(query, conditions.values).fetchall()
    return compared(groups)


def compared(groups: Groups) -> Answer:
    """Give a row for each metric and group.

    An experiment without a value, such as one whose cost is not known, is not counted. The spread
    is the standard deviation of a sample; low and high bound the mean, and the difference to the
    mean of the first group, with 95 % by the bootstrap: the 2.5th and the 97.5th percentile of what
    drawing again gives.
    """
    rows: list[tuple[Any, ...]] = []
    for place, metric in enumerate(METRICS):
        first: tuple[float, list[float]] | None = None
        for number, (group, experiments) in enumerate(groups.items()):
            values = [float(value) for each in experiments if (value := each[place]) is not None]
            drawn = drawn_means(values, seed=SEED + number)
            rows.append(
                (metric, group, *_described(values, drawn), *_difference(first, values, drawn))
            )
            if number == 0 and values:
                first = _mean(values), drawn
    return Answer(COLUMNS, iter(rows))


def drawn_means(values: Sequence[float], *, seed: int) -> list[float]:
    """Give the means of as many resamples, each as large as the sample; none of fewer than two."""
    if len(values) < 2:
        return []
    chance = random.Random(seed)
    return [_mean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)]


def interval(drawn: Iterable[float]) -> tuple[float | None, float | None]:
    """Give the 2.5th and the 97.5th percentile."""
    ordered = sorted(drawn)
    if not ordered:
        return None, None
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.025, 0.975))
    return _rounded(low), _rounded(high)


def _check(question: Question) -> None:
    check_selectors("compare", question, {})
    if question.limit is not None:
        raise UsageError("query compare shows all that it compares; --limit is for other questions")


def _described(values: Sequence[float], drawn: Sequence[float]) -> tuple[Any, ...]:
    if not values:
        return 0, None, None, None, None
    mean = _mean(values)
    spread = None
    if len(values) > 1:
        spread = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
    return len(values), _rounded(mean), _rounded(spread), *interval(drawn)


def _difference(
    first: tuple[float, list[float]] | None, values: Sequence[float], drawn: Sequence[float]
) -> tuple[float | None, ...]:
    if first is None or not values:
        return None, None, None
    mean, means = first
    low, high = interval(b - a for a, b in zip(means, drawn, strict=False))
    return _rounded(_mean(values) - mean), low, high


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
