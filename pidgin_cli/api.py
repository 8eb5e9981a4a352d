"""The public API: the rooms joined for programs, as the commands join them for people."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any, Literal, TextIO

from pidgin_cli.config.load import load_settings
from pidgin_cli.config.prompts import aware_agents
from pidgin_cli.config.settings import AgentSettings as Agent
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.dialogue import Surroundings
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment, Rules, participant
from pidgin_cli.errors import PidginError
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.ids import new_experiment_id
from pidgin_cli.providers.router import Router
from pidgin_cli.store import event_store
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.subscribers import Subscription

__all__ = [
    "Agent",
    "EventDialogueEngine",
    "EventStore",
    "Router",
    "TranscriptGenerator",
    "create_event_dialogue_engine",
    "create_event_store",
    "get_config",
    "setup_console_subscriber",
]


class EventStore(event_store.EventStore):
    """The store, with questions that are answered from the events themselves."""

    def query_convergence_trend(self, experiment_id: str) -> list[dict[str, Any]]:
        """Give each measurement, in order.

        A row has turn_number, timestamp, score (0–1), components, the baseline that chance would
        give (None in the first turns) and by_agent.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        return [
            {
                "turn_number": event.turn_number,
                "timestamp": event.timestamp,
                "score": event.data.get("score"),
                "components": event.data.get("components", {}),
                "baseline": event.data.get("baseline"),
                "by_agent": event.data.get("by_agent", {}),
            }
            for event in self.replay(experiment_id)
            if event.type == "convergence.measured"
        ]

    def query_interruptions(self, experiment_id: str) -> list[dict[str, Any]]:
        """Give turn_number, agent_id, timestamp, reason and content of each, in order.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        return [
            {
                "turn_number": event.turn_number,
                "agent_id": event.agent_id,
                "timestamp": event.timestamp,
                "reason": event.data.get("reason"),
                "content": event.data.get("content", ""),
            }
            for event in self.replay(experiment_id)
            if event.type == "response.interrupted"
        ]

    def get_experiment_summary(self, experiment_id: str) -> dict[str, Any]:
        """Give what came of an experiment: state, reason, counts, tokens, cost and duration.

        `state` is what the events say: an experiment that crashed reads `running`, as one does
        that still runs. Duration is in seconds; cost_usd is None where a price is not known.

        Raises:
            UnknownExperimentError: there is no such experiment.
        """
        conversation = Conversation.of(self.replay(experiment_id))
        return {
            "experiment_id": experiment_id,
            "state": conversation.state,
            "reason": conversation.reason,
            "agents": {agent.agent_id: agent.model for agent in conversation.agents},
            "turns": conversation.turns_completed,
            "messages": len(conversation.messages),
            "interruptions": conversation.interruptions,
            "interventions": len(conversation.interventions),
            "attractors": conversation.attractors,
            "convergence": conversation.convergence,
            "highest_convergence": conversation.highest_convergence,
            "usage": dict(conversation.usage.data()),
            "cost_usd": conversation.cost_usd,
            "duration": conversation.duration,
        }


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

    def export_for_analysis(
        self,
        experiment_id: str,
        format: Literal["parquet"] = "parquet",
        path: Path | None = None,
        *,
        overwrite: bool = False,
    ) -> Path:
        """Write the events as a table, and give the path of the file.

        Args:
            path: EXPERIMENT_ID.events.parquet in the working folder where it is None.

        Raises:
            UnknownExperimentError: there is no such experiment.
            UsageError: the format is not known, or the file is there already.
        """
        from pidgin_cli.errors import UsageError
        from pidgin_cli.export.parquet import write_parquet
        from pidgin_cli.tables.catalogue import EVENTS
        from pidgin_cli.tables.streams import table_rows

        if format != "parquet":
            raise UsageError(f"no format {format!r}: there is parquet")
        target = path or Path(f"{experiment_id}.events.parquet")
        rows = table_rows(EVENTS, self._store.replay(experiment_id))
        write_parquet(rows, EVENTS.columns, target, overwrite=overwrite)
        return target


def get_config(path: Path | str | None = None) -> Settings:
    """Give the settings of this process, as the commands see them.

    Args:
        path: a configuration file, as --config names one.

    Raises:
        ConfigError: a file or an environment variable is wrong.
    """
    return load_settings(explicit=None if path is None else Path(path)).settings


def create_event_store(config: Settings) -> EventStore:
    """Give the store that is configured. Close it, or use it in a `with` block."""
    storage = config.events.storage
    folder = Folder(storage.data_dir, storage.group_readable)
    return EventStore(folder, durability=storage.durability)


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
