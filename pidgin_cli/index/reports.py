"""The reports: what each shows of every row, and how rows are summed up, as a table of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_TOTAL = "cast(total({}) as integer)"
_PAIR = "experiments.models"
_AGENTS_MODEL = """(
    select json_extract(value, '$.model') from json_each(experiments.agents)
    where json_extract(value, '$.agent_id') = {}.agent_id)"""
_LABELS = """(
    select json_group_object(key, value) from labels
    where labels.experiment = experiments.place)"""


def instant(column: str) -> str:
    """Give the SQL of a time as RFC 3339 in UTC, with milliseconds."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, 'unixepoch')"


@dataclass(frozen=True, slots=True)
class Report:
    """One report: columns are given as SQL, by their names.

    Args:
        source: a table or view whose rows belong to experiments, or `experiments` itself.
        rows: columns of the report where every row is shown.
        sums: columns where rows are summed up.
        by: by what they always are, where nothing else is said; None to show every row.
        time: the column that --since and --until are about.
        agent: whether rows belong to agents.
        turn: whether rows belong to turns.
        type: whether rows belong to types of events.
        model: the SQL of the model that a row is about.
        condition: of all rows.
    """

    source: str
    rows: Mapping[str, str]
    sums: Mapping[str, str]
    by: str | None = None
    time: str = "timestamp"
    agent: bool = False
    turn: bool = True
    type: bool = False
    model: str = _PAIR
    condition: str | None = None


_CALLS: dict[str, str] = {
    "calls": "sum(outcome = 'completed')",
    "failed_calls": "sum(outcome = 'failed')",
}
REPORTS: dict[str, Report] = {
    "summary": Report(
        "experiments",
        rows={
            "experiment": "experiments.name",
            "state": "state",
            "reason": "reason",
            "group": "group_name",
            "labels": _LABELS,
            "models": "models",
            "turns": "turns",
            "messages": "messages",
            "interruptions": "interruptions",
            "interventions": "interventions",
            "attractors": "attractors",
            "convergence": "convergence",
            "highest_convergence": "highest_convergence",
            "input_tokens": "input_tokens",
            "output_tokens": "output_tokens",
            "cost_usd": "cost_usd",
            "duration": "duration",
            "started": instant("started"),
        },
        sums={
            "experiments": "count(*)",
            "completed": "sum(state = 'completed')",
            "failed": "sum(state = 'failed')",
            "turns": "sum(turns)",
            "messages": "sum(messages)",
            "interruptions": "sum(interruptions)",
            "interventions": "sum(interventions)",
            "attractors": "sum(attractors)",
            "mean_convergence": "round(avg(convergence), 4)",
            "highest_convergence": "max(highest_convergence)",
            "input_tokens": _TOTAL.format("input_tokens"),
            "output_tokens": _TOTAL.format("output_tokens"),
            "cost_usd": "total(cost_usd)",
            "unpriced": "sum(cost_usd is null)",
        },
        time="started",
        turn=False,
    ),
    "convergence": Report(
        "convergence",
        rows={
            "experiment": "experiments.name",
            "turn_number": "convergence.turn_number",
            "time": instant("convergence.timestamp"),
            "score": "convergence.score",
            "baseline": "convergence.baseline",
            "components": "convergence.components",
        },
        sums={
            "experiments": "count(distinct convergence.experiment)",
            "measurements": "count(*)",
            "mean": "round(avg(convergence.score), 4)",
            "lowest": "min(convergence.score)",
            "highest": "max(convergence.score)",
        },
    ),
    "interruptions": Report(
        "interruptions",
        rows={
            "experiment": "experiments.name",
            "turn_number": "interruptions.turn_number",
            "time": instant("interruptions.timestamp"),
            "agent_id": "interruptions.agent_id",
            "reason": "interruptions.reason",
            "chars_received": "interruptions.chars_received",
            "duration": "interruptions.duration",
            "content": "interruptions.content",
        },
        sums={
            "experiments": "count(distinct interruptions.experiment)",
            "interruptions": "count(*)",
            "by_user": "sum(interruptions.reason = 'user')",
            "mean_chars_received": "round(avg(interruptions.chars_received), 1)",
        },
        agent=True,
        model=_AGENTS_MODEL.format("interruptions"),
    ),
    "attractors": Report(
        "attractors",
        rows={
            "experiment": "experiments.name",
            "turn_number": "attractors.turn_number",
            "time": instant("attractors.timestamp"),
            "kind": "attractors.kind",
            "confidence": "attractors.confidence",
            "turns": "attractors.turns",
            "action": "attractors.action",
            "description": "attractors.description",
        },
        sums={
            "experiments": "count(distinct attractors.experiment)",
            "attractors": "count(*)",
            "kinds": "json_group_array(distinct attractors.kind)",
            "mean_confidence": "round(avg(attractors.confidence), 4)",
        },
    ),
    "interventions": Report(
        "interventions",
        rows={
            "experiment": "experiments.name",
            "turn_number": "interventions.turn_number",
            "time": instant("interventions.timestamp"),
            "source": "interventions.source",
            "target": "interventions.target",
            "content": "interventions.content",
        },
        sums={
            "experiments": "count(distinct interventions.experiment)",
            "interventions": "count(*)",
            "by_human": "sum(interventions.source = 'human')",
            "by_system": "sum(interventions.source = 'system')",
            "by_mediator": "sum(interventions.source = 'mediator')",
        },
    ),
    "usage": Report(
        "api_calls",
        rows={},
        sums={
            **_CALLS,
            "input_tokens": _TOTAL.format("api_calls.input_tokens"),
            "output_tokens": _TOTAL.format("api_calls.output_tokens"),
            "cached_tokens": _TOTAL.format("api_calls.cached_tokens"),
            "cache_write_tokens": _TOTAL.format("api_calls.cache_write_tokens"),
            "reasoning_tokens": _TOTAL.format("api_calls.reasoning_tokens"),
            "estimated": "sum(coalesce(usage_estimated, 0))",
            "seconds": "round(total(api_calls.duration), 3)",
        },
        by="experiment",
        time="started",
        agent=True,
        model="api_calls.model",
        condition="not copied",
    ),
    "cost": Report(
        "api_calls",
        rows={},
        sums={
            **_CALLS,
            "tokens": _TOTAL.format("api_calls.input_tokens")
            + " + "
            + _TOTAL.format("api_calls.output_tokens"),
            "cost_usd": "round(total(api_calls.cost_usd), 6)",
            "unpriced": "sum(outcome = 'completed' and api_calls.cost_usd is null)",
        },
        by="experiment",
        time="started",
        agent=True,
        model="api_calls.model",
        condition="not copied",
    ),
    "errors": Report(
        "errors",
        rows={
            "experiment": "experiments.name",
            "turn_number": "errors.turn_number",
            "time": instant("errors.timestamp"),
            "agent_id": "errors.agent_id",
            "type": "errors.type",
            "provider": "errors.provider",
            "model": "errors.model",
            "status": "errors.status",
            "retryable": "errors.retryable",
            "kind": "errors.error_kind",
            "message": "errors.error_message",
        },
        sums={
            "experiments": "count(distinct errors.experiment)",
            "errors": "count(*)",
            "failed_experiments": "sum(errors.type = 'experiment.failed')",
            "kinds": "json_group_array(distinct errors.error_kind)",
        },
        agent=True,
        type=True,
        model="coalesce(errors.model, experiments.models)",
    ),
}
