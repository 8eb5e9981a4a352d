"""The dialogue engine: begins experiments, and takes up those that stopped."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from pidgin_cli.config.recorded import Changes
from pidgin_cli.config.settings import LimitSettings
from pidgin_cli.engine.conductor import Conductor, Held
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.dialogue import Dialogue
from pidgin_cli.engine.experiment import Experiment, Rules, opening
from pidgin_cli.engine.limits import check_limits
from pidgin_cli.engine.milestones import resumption
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.errors import UsageError
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event, nothing
from pidgin_cli.events.experiment import ResumeReason
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.redaction import unredacted
from pidgin_cli.providers.router import Router
from pidgin_cli.store.overview import overview

_RESUMABLE: dict[str, ResumeReason] = {
    "paused": "paused",
    "failed": "failed",
    "running": "crashed",
}


@dataclass(frozen=True, slots=True)
class Resumption:
    """An experiment that stopped, and is to go on.

    Args:
        changes: of its rules, from the dotted name of a setting to a value and what asks for it.
        max_turns: None where they stay as they were.
        force: whether it goes on also where another machine may still run it.
    """

    experiment_id: str
    changes: Changes = field(default_factory=nothing)
    max_turns: int | None = None
    force: bool = False

    @property
    def recorded_changes(self) -> Mapping[str, Any]:
        """The changes as the log has them."""
        turns = {} if self.max_turns is None else {"max_turns": self.max_turns}
        return {**turns, **{name: value for name, (value, _) in self.changes.items()}}


class DialogueEngine:
    """Runs experiments over one router and one store; several may run at once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._conductor = Conductor(surroundings.store.folder)

    def check(self, what: Experiment | Resumption) -> None:
        """See that an experiment can be asked for, before anything is made.

        The models and limits of what is resumed are checked when its log is read.

        Raises:
            UsageError: a model or a parameter is not known, a limit cannot be kept; or what is
                to go on has completed, or another machine may run it.
        """
        if isinstance(what, Experiment):
            check_agents(what.agents, what.rules.limits, self._surroundings.router)
        else:
            self._check_state(what)

    async def hold(
        self, what: Experiment | Resumption, control: Control | None = None
    ) -> AsyncGenerator[Event, None]:
        """Hold a new experiment, or one that goes on, as `run` and `resume` do."""
        events = (
            self.run(what, control) if isinstance(what, Experiment) else self.resume(what, control)
        )
        async with aclosing(events):
            async for event in events:
                yield event

    async def run(
        self, experiment: Experiment, control: Control | None = None
    ) -> AsyncGenerator[Event, None]:
        """Hold a new experiment and give its events, each after it is in the store.

        That of a branch begins with the turns of its parent.

        Raises:
            UsageError: a model or a parameter is not known, or a limit cannot be kept.
            ExperimentExistsError: there is one of that id.
            StoreError: the store cannot be written.
        """
        self.check(experiment)
        held = Held(experiment.experiment_id)
        self._surroundings.store.begin(experiment.experiment_id)
        begun = Begun(held, Conversation(), experiment.rules)
        history = () if experiment.parent is None else experiment.parent.history
        events = self._events(begun, [opening(experiment), *history], control or Control())
        async with aclosing(events):
            async for event in events:
                yield event

    async def resume(
        self, wanted: Resumption, control: Control | None = None
    ) -> AsyncGenerator[Event, None]:
        """Go on where an experiment was paused, failed or crashed, and give its further events.

        It goes on under the rules that it recorded.

        Raises:
            UsageError: it is completed, its words were redacted, another machine may run it, or a
                model is not known any more; nothing was written.
            LockedError: it is running.
        """
        store, experiment_id = self._surroundings.store, wanted.experiment_id
        self.check(wanted)
        held = Held(experiment_id)
        store.resume(experiment_id)
        try:
            replayed = store.replay(experiment_id)
            conversation = Conversation.of(unredacted(replayed, "resumed"))
            reason = resume_reason(conversation)
            rules = Rules.recorded(conversation, wanted.changes)
            check_agents(conversation.agents, rules.limits, self._surroundings.router)
        except BaseException:
            store.release(experiment_id)
            raise
        begun = Begun(held, conversation, rules)
        first = resumption(conversation, reason, wanted.recorded_changes)
        events = self._events(begun, [first], control or Control())
        async with aclosing(events):
            async for event in events:
                yield event

    async def _events(
        self, begun: Begun, first: Iterable[Draft], control: Control
    ) -> AsyncGenerator[Event, None]:
        """Give the events of an experiment whose lock is held, and free it at the end."""
        surroundings, experiment_id = self._surroundings, begun.held.experiment_id
        dialogue = Dialogue(begun.conversation, begun.rules, control, surroundings)
        try:
            self._conductor.attach(begun.conversation, control, begun.held)
            async with aclosing(dialogue.events(experiment_id, first)) as events:
                async for event in events:
                    self._conductor.note(event)
                    yield event
        finally:
            surroundings.store.release(experiment_id)
            for late in self._conductor.detach(experiment_id):
                surroundings.report(f"experiment {experiment_id} ended before {late.act} came")

    def _check_state(self, wanted: Resumption) -> None:
        folder = self._surroundings.store.folder
        if folder is None:
            return
        seen = overview(folder, wanted.experiment_id)
        if seen.state == "completed":
            raise _not_resumable(wanted.experiment_id, seen.state, seen.turns)
        if seen.state == "unknown" and not wanted.force:
            raise UsageError(
                f"experiment {wanted.experiment_id} was written on another machine, or before this "
                "one was started anew, and may still run there: --force takes it over"
            )


@dataclass(frozen=True, slots=True)
class Begun:
    """An experiment that is taken up: its lock, what has happened in it, and its rules."""

    held: Held
    conversation: Conversation
    rules: Rules


def check_agents(agents: Iterable[Agent], limits: LimitSettings, router: Router) -> None:
    """See that agents can be asked, and limits be kept.

    Raises:
        UsageError: a model or a parameter is not known, or a price that a limit needs.
    """
    for agent in agents:
        route = router.route(agent.model)
        route.provider.check(route.model, agent.parameters)
    check_limits(limits, agents, router)


def resume_reason(conversation: Conversation) -> ResumeReason:
    """Give after what an experiment goes on.

    Raises:
        UsageError: it is completed, or never began.
    """
    reason = _RESUMABLE.get(conversation.state)
    if reason is None:
        raise _not_resumable(
            conversation.experiment_id, conversation.state, conversation.turns_completed
        )
    return reason


def _not_resumable(experiment_id: str, state: str, turns: int) -> UsageError:
    return UsageError(
        f"experiment {experiment_id} is {state} and cannot be resumed; "
        f"--branch {experiment_id}@{turns} goes on from its end"
    )
