"""The public API: the rooms joined for programs, as the commands join them for people."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, TextIO

import orjson

from pidgin_cli.config.load import load_settings
from pidgin_cli.config.prompts import aware_agents
from pidgin_cli.config.settings import AgentSettings as Agent
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment, Rules, participant
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.errors import PidginError
from pidgin_cli.events.event import Event
from pidgin_cli.events.ids import new_experiment_id
from pidgin_cli.events.usage import Usage
from pidgin_cli.filters.privacy import sound_patterns, store_filter
from pidgin_cli.providers.router import Router
from pidgin_cli.store import event_store
from pidgin_cli.store.folder import Folder, is_archive
from pidgin_cli.store.subscribers import FileSubscriber, MetricsSubscriber, Subscription
from pidgin_cli.tables.table import Column, Row, Table

__all__ = [
    "Agent",
    "EventDialogueEngine",
    "EventStore",
    "FileSubscriber",
    "MetricsSubscriber",
    "Router",
    "TranscriptGenerator",
    "create_event_dialogue_engine",
    "create_event_store",
    "get_config",
    "setup_console_subscriber",
]


class EventStore(event_store.EventStore):
    """The store, with questions that its index answers, or else the events themselves."""

    def query_convergence_trend(self, experiment_id: str) -> list[dict[str, Any]]:
        """Give each measurement, in order.

        A row has turn_number, timestamp, score (0–1), components, the baseline that chance would
        give (None in the first turns) and by_agent.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        columns = ("turn_number", "timestamp", "score", "components", "baseline", "by_agent")
        return self._query("convergence", experiment_id, columns)

    def query_interruptions(self, experiment_id: str) -> list[dict[str, Any]]:
        """Give turn_number, agent_id, timestamp, reason and content of each, in order.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        columns = ("turn_number", "agent_id", "timestamp", "reason", "content")
        return self._query("interruptions", experiment_id, columns)

    def query_attractors(self, experiment_id: str) -> list[dict[str, Any]]:
        """Give turn_number, timestamp, kind, description, confidence, turns and action, in order.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        columns = (
            "turn_number",
            "timestamp",
            "kind",
            "description",
            "confidence",
            "turns",
            "action",
        )
        return self._query("attractors", experiment_id, columns)

    def get_experiment_summary(self, experiment_id: str) -> dict[str, Any]:
        """Give what came of an experiment: state, reason, counts, tokens, cost and duration.

        `state` is what the events say: completed, failed, paused, or `open`, which is one that
        runs as well as one that crashed. Duration is in seconds; cost_usd is None where a price
        is not known.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        columns = (
            "state",
            "reason",
            "agents",
            "turns",
            "messages",
            "interruptions",
            "interventions",
            "attractors",
            "convergence",
            "highest_convergence",
            "cost_usd",
            "duration",
        )
        tokens = Usage.__slots__
        (row,) = self._query("experiments", experiment_id, (*columns, *tokens))
        agents = {agent.get("agent_id"): agent.get("model") for agent in row["agents"] or ()}
        return {
            "experiment_id": experiment_id,
            **{column: row[column] for column in columns},
            "agents": agents,
            "usage": dict(Usage(*(row[name] or 0 for name in tokens)).data()),
        }

    def _query(self, name: str, experiment_id: str, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Give some columns of an experiment's rows of a table."""
        from pidgin_cli.tables.catalogue import TABLES

        table = TABLES[name]
        rows = self._rows(table, experiment_id)
        places = {column: table.column_names.index(column) for column in columns}
        return [
            {column: _loaded(table.columns[place], row[place]) for column, place in places.items()}
            for row in rows
        ]

    def _rows(self, table: Table, experiment_id: str) -> list[Row]:
        from pidgin_cli.tables.streams import table_rows
        from pidgin_cli.tables.tabulation import Tabulation

        path = None if self.folder is None else self.folder.find(experiment_id)
        if self.folder is not None and path is not None:
            from pidgin_cli.index.database import IndexFile
            from pidgin_cli.index.lookup import rows_of
            from pidgin_cli.index.sources import LogFile

            log = LogFile(experiment_id, path, is_archive(path))
            rows = rows_of(IndexFile.of_store(self.folder.root), table, log)
            if rows is not None:
                return rows
        rows = list(table_rows(table, self.replay(experiment_id)))
        if not rows and table.name == "experiments":
            # Nothing was written yet, or nothing that could be read.
            rows = [row for _, _, row in Tabulation(experiment_id, 0).open_rows()]
        return rows


def _loaded(column: Column, value: Any) -> Any:
    """Give what a column holds, which in some of them is JSON."""
    return orjson.loads(value) if column.json and value is not None else value


class EventDialogueEngine:
    """Holds conversations and records them in a store."""

    def __init__(self, engine: DialogueEngine, router: Router, settings: Settings) -> None:
        self._engine = engine
        self._router = router
        self._settings = settings

    async def run_conversation(
        self,
        agent_a: Agent,
        agent_b: Agent,
        prompt: str,
        max_turns: int | None = None,
        *,
        seed: int | None = None,
    ) -> str:
        """Hold one conversation to its end, and give the id of its experiment.

        Args:
            max_turns: as configured where it is None.
            seed: of everything random in it; one of chance where it is None.

        Raises:
            UsageError: a model or a parameter is not known.
            PidginError: the experiment failed; its log says how, as far as it came.
        """
        settings = self._settings
        first, second = aware_agents([agent_a, agent_b], settings.prompts)
        experiment = Experiment(
            experiment_id=new_experiment_id(),
            agents=(
                participant("agent_a", first, self._router),
                participant("agent_b", second, self._router),
            ),
            initial_prompt=prompt,
            max_turns=settings.defaults.max_turns if max_turns is None else max_turns,
            seed=secrets.randbelow(2**32) if seed is None else seed,
            rules=Rules.of(settings),
        )
        failure = None
        async for event in self._engine.run(experiment):
            if event.type == "experiment.failed":
                failure = event.data["error"]["message"]
        if failure is not None:
            raise PidginError(f"experiment {experiment.experiment_id} failed: {failure}")
        return experiment.experiment_id


class TranscriptGenerator:
    """Makes views of recorded experiments."""

    def __init__(self, store: event_store.EventStore) -> None:
        self._store = store

    def generate_markdown(self, experiment_id: str) -> str:
        """Give the conversation as Markdown.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        from pidgin_cli.views.markdown import markdown

        return "".join(markdown(self._store.replay(experiment_id)))

    def generate_json(self, experiment_id: str) -> dict[str, Any]:
        """Give metadata, messages, interventions, metrics and events, ready for JSON.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        from pidgin_cli.views.document import document

        return document(self._store.replay(experiment_id))

    def generate_timeline_html(self, experiment_id: str) -> str:
        """Give the conversation as one page of HTML that needs nothing else.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        from pidgin_cli.views.page import page
        from pidgin_cli.views.timeline import TimelineView
        from pidgin_cli.views.view import one_by_one

        articles = one_by_one(self._store.replay(experiment_id), TimelineView, "")
        return "".join(page(articles, experiment_id))

    def export_for_analysis(
        self,
        experiment_id: str,
        format: Literal["parquet", "csv", "jsonl", "messages"] = "parquet",
        path: Path | None = None,
        *,
        table: str = "events",
        agent_id: str = "agent_a",
        overwrite: bool = False,
    ) -> Path:
        """Write a table of the experiment, or one agent's side of it, and give the file's path.

        Args:
            path: EXPERIMENT_ID.TABLE.FORMAT in the working folder where it is None; of messages
                EXPERIMENT_ID.AGENT_ID.jsonl.
            table: what a row is, as in the index.
            agent_id: whose side messages are told from.

        Raises:
            UnknownExperimentError: there is no such experiment.
            UsageError: format or table are not known, or the file is there already.
        """
        from pidgin_cli.export.chat import chats
        from pidgin_cli.files.whole import whole_file

        events = self._store.replay(experiment_id)
        if format == "messages":
            name, pieces = f"{agent_id}.jsonl", chats(events, agent_id)
        else:
            name, pieces = f"{table}.{format}", _table(events, table, format)
        target = path or Path(f"{experiment_id}.{name}")
        with whole_file(target, overwrite=overwrite) as file:
            file.writelines(pieces)
        return target


def _table(events: Iterator[Event], table: str, form: Any) -> Iterator[bytes]:
    from pidgin_cli.errors import UsageError
    from pidgin_cli.export.conversion import all_items
    from pidgin_cli.export.labels import LabelColumns, Labelled, label_names
    from pidgin_cli.export.tabular import FORMATS, tabular
    from pidgin_cli.tables.catalogue import TABLES

    if form not in FORMATS:
        raise UsageError(f"no format {form!r}: there are {', '.join(FORMATS)} and messages")
    if table not in TABLES:
        raise UsageError(f"no table {table!r}: there are {', '.join(TABLES)}")
    first = list(islice(events, 1))
    names = label_names(first)
    rows = all_items(Labelled(TABLES[table], names), chain(first, events))
    return tabular(rows, LabelColumns(names).columns(TABLES[table]), form)


def get_config(path: Path | str | None = None) -> Settings:
    """Give the settings of this process, as the commands see them.

    Args:
        path: a configuration file, as --config names one.

    Raises:
        ConfigError: a file or an environment variable is wrong.
    """
    loaded = load_settings(explicit=None if path is None else Path(path))
    sound_patterns(loaded.settings.events.privacy, loaded.given)
    return loaded.settings


def create_event_store(config: Settings) -> EventStore:
    """Give the store that is configured. Close it, or use it in a `with` block."""
    storage = config.events.storage
    folder = Folder(storage.data_dir, storage.group_readable)
    return EventStore(folder, durability=storage.durability, through=store_filter(config))


def create_event_dialogue_engine(
    router: Router, store: event_store.EventStore, config: Settings
) -> EventDialogueEngine:
    """Give an engine that finds models by the router and records in the store."""
    surroundings = Surroundings(router, store, min_free=config.events.storage.min_free)
    return EventDialogueEngine(DialogueEngine(surroundings), router, config)


def setup_console_subscriber(
    store: event_store.EventStore, verbose: bool = False, stream: TextIO | None = None
) -> Subscription:
    """Write a line for each event that matters, or for all when verbose, to stderr or a stream."""
    from pidgin_cli.views.brief import IMPORTANT, brief

    def write(event: Event) -> None:
        line = brief(event) if verbose or event.type in IMPORTANT else None
        if line is not None:
            print(line, file=stream or sys.stderr, flush=True)

    return store.subscribe(write)
