"""The dialogue engine: begins experiments, and takes up those that stopped."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.dialogue import Dialogue, Surroundings
from pidgin_cli.engine.experiment import Experiment, Rules, opening
from pidgin_cli.engine.milestones import resumption
from pidgin_cli.errors import UsageError
from pidgin_cli.events.conversation import Agent, Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.experiment import ResumeReason

_RESUMABLE: dict[str, ResumeReason] = {
    "paused": "paused",
    "failed": "failed",
    "running": "crashed",
}


class DialogueEngine:
    """Runs experiments over one router and one store; several may run at once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def check(self, experiment: Experiment) -> None:
        """See that an experiment can be asked for, before anything is made.

        Raises:
            UsageError: a model or a parameter is not known.
        """
        self._check(experiment.agents)

    def _check(self, agents: Iterable[Agent]) -> None:
        for agent in agents:
            route = self._surroundings.router.route(agent.model)
            route.provider.check(route.model, agent.parameters)

    async def run(
        self, experiment: Experiment, control: Control | None = None
    ) -> AsyncGenerator[Event, None]:
        """Hold a new experiment and give its events, each after it is in the store.

        Raises:
            UsageError: a model or a parameter is not known.
            ExperimentExistsError: there is one of that id.
            StoreError: the store cannot be written.
        """
        self.check(experiment)
        store = self._surroundings.store
        store.begin(experiment.experiment_id)
        try:
            dialogue = Dialogue(
                Conversation(), experiment.rules, control or Control(), self._surroundings
            )
            events = dialogue.events(experiment.experiment_id, opening(experiment))
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            store.release(experiment.experiment_id)

    async def resume(
        self, experiment_id: str, rules: Rules, control: Control | None = None
    ) -> AsyncGenerator[Event, None]:
        """Go on where an experiment was paused, failed or crashed, and give its further events.

        Raises:
            UsageError: it is completed, or a model is not known any more; nothing was written.
            LockedError: it is running.
        """
        store = self._surroundings.store
        store.resume(experiment_id)
        try:
            conversation = Conversation.of(store.replay(experiment_id))
            reason = _RESUMABLE.get(conversation.state)
            if reason is None:
                raise UsageError(f"experiment {experiment_id} is {conversation.state}")
            self._check(conversation.agents)
            dialogue = Dialogue(conversation, rules, control or Control(), self._surroundings)
            events = dialogue.events(experiment_id, resumption(conversation, reason))
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            store.release(experiment_id)
