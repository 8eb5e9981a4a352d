"""Holding one conversation: the steps of the state machine carried out, and every one recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.experiment import Rules, Scheduled, scheduled
from pidgin_cli.engine.limits import ending, reached
from pidgin_cli.engine.milestones import completed, failed, paused, resumption, turn_ended
from pidgin_cli.engine.speaking import Speaking
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.engine.turns import (
    Complete,
    EndTurn,
    Pause,
    Speak,
    StartTurn,
    Step,
    next_step,
)
from pidgin_cli.events.conversation import ASKED_BY_LAST_TURN, Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import conductor_intervention
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import SEALED
from pidgin_cli.events.turns import TurnStarted, turn_started
from pidgin_cli.filters.detections import Detector
from pidgin_cli.providers.base import ProviderError


class Dialogue:
    """One experiment while this process runs it. The store holds its lock.

    Args:
        conversation: what has happened so far; it is kept up to date.
    """

    def __init__(
        self,
        conversation: Conversation,
        rules: Rules,
        control: Control,
        surroundings: Surroundings,
    ) -> None:
        self._conversation = conversation
        self._rules = rules
        self._control = control
        self._router = surroundings.router
        self._store = surroundings.store
        self._calling = surroundings.calling
        self._min_free = surroundings.min_free
        self._speaking = Speaking(conversation, rules, control, surroundings)
        self._detector = Detector(rules.conversation)
        self._over = False
        self._scheduled: list[Scheduled] = []
        self._turn_began = self._calling.monotonic()

    async def events(
        self, experiment_id: str, opening: Iterable[Draft]
    ) -> AsyncGenerator[Event, None]:
        """Give every event once it is in the store, from the opening to the last word.

        Raises:
            StoreError: an event could not be recorded, and so nothing more happens.
        """
        async with aclosing(self._drafts(opening)) as drafts:
            async for draft in drafts:
                sealing = draft.type in SEALED
                if sealing:
                    await asyncio.to_thread(self._store.sync, experiment_id)
                event = self._store.append(experiment_id, draft)
                if sealing:
                    await asyncio.to_thread(self._store.sync, experiment_id)
                self._conversation.apply(event)
                yield event

    async def _drafts(self, opening: Iterable[Draft]) -> AsyncGenerator[Draft, None]:
        for draft in opening:
            yield draft
        self._scheduled = scheduled(self._conversation.started)
        try:
            while not self._over:
                async with aclosing(self._next_drafts()) as drafts:
                    async for draft in drafts:
                        yield draft
        except Exception as error:
            yield failed(self._conversation, error)
            if not isinstance(error, ProviderError):
                raise

    async def _next_drafts(self) -> AsyncGenerator[Draft, None]:
        """Give what the next step brings, or what those who steer wish before it."""
        steering = self._steering()
        if steering is not None:
            async with aclosing(steering) as drafts:
                async for draft in drafts:
                    yield draft
            return
        step, noted = self._allowed(next_step(self._conversation, self._rules))
        match step:
            case StartTurn(turn_number):
                self._turn_began = self._calling.monotonic()
                data = TurnStarted(limits_reached=noted) if noted else TurnStarted()
                yield turn_started(data, turn_number)
            case Speak(turn_number, agent_id):
                for draft in self._due(turn_number, agent_id):
                    yield draft
                async with aclosing(self._speaking.drafts(turn_number, agent_id)) as drafts:
                    async for draft in drafts:
                        yield draft
                self._over = self._speaking.over
            case EndTurn(turn_number):
                for draft in self._detections():
                    yield draft
                for draft in self._injections():
                    yield draft
                yield turn_ended(self._conversation, turn_number, self._turn_duration())
                self._ask_after_turn()
            case Pause() as pause if self._control.attended and pause.reason in ASKED_BY_LAST_TURN:
                # What is used up stays used up; this is past when somebody says so.
                self._control.hold_for(pause)
            case Pause() as pause:
                for draft in paused(self._conversation, pause):
                    yield draft
                self._over = True
            case Complete(reason):
                yield completed(self._conversation, reason)
                self._over = True

    def _allowed(self, step: Step) -> tuple[Step, list[str]]:
        """Give the step, or the end that a limit asks for before it, and the limits to be noted."""
        conversation = self._conversation
        if not isinstance(step, StartTurn | Speak):
            return step, []
        spoken = conversation.spoken if conversation.turn_open else ()
        speakers = [
            agent
            for agent in conversation.speakers(step.turn_number)
            if agent.agent_id not in spoken
        ]
        found = reached(conversation, speakers, self._rules, self._router)
        end = ending(found, turn_open=conversation.turn_open)
        return end or step, [each.limit for each in found if each.action == "log"]

    def _ask_after_turn(self) -> None:
        goes_on = isinstance(next_step(self._conversation, self._rules), StartTurn)
        if self._control.manual and goes_on:
            self._control.hold("after every turn, as was asked for")

    def _due(self, turn_number: int, agent_id: str) -> Iterator[Draft]:
        """Give what was to be put in before this response; what is in the log is not again."""
        for each in self._scheduled:
            is_made = each.intervention.get("request") in self._conversation.requests
            if each.turn == turn_number and each.before in (None, agent_id) and not is_made:
                yield conductor_intervention(each.intervention, turn_number)

    def _steering(self) -> AsyncGenerator[Draft, None] | None:
        control = self._control
        if control.ending or control.injections or control.held or self._disk_is_full():
            return self._steered()
        return None

    async def _steered(self) -> AsyncGenerator[Draft, None]:
        control = self._control
        for draft in self._injections():
            yield draft
        if control.leaving is not None:
            for draft in paused(self._conversation, control.leaving):
                yield draft
            self._over = True
        elif control.stopping is not None:
            yield completed(self._conversation, control.stopping, control.stop_request)
            self._over = True
        elif control.held is not None:
            async with aclosing(self._held(control.held)) as drafts:
                async for draft in drafts:
                    yield draft
        elif self._disk_is_full():
            for draft in paused(self._conversation, Pause("disk", self._disk_detail())):
                yield draft
            self._over = True

    async def _held(self, pause: Pause) -> AsyncGenerator[Draft, None]:
        """Wait, with the lock, until somebody says to go on or to end."""
        began = self._calling.monotonic()
        for draft in paused(self._conversation, pause):
            yield draft
        while self._control.held is not None and not self._control.ending:
            if not self._control.injections:
                await self._control.changed()
            for draft in self._injections():
                yield draft
        self._turn_began += self._calling.monotonic() - began
        if not self._control.ending:
            yield resumption(self._conversation, "paused", request=self._control.resume_request)

    def _detections(self) -> list[Draft]:
        """Give what is to be seen at the end of a turn, without what a crash left in the log."""
        seen = {(e.type, e.data.get("kind")) for e in self._conversation.turn_detections}
        found = self._detector.turn(self._conversation)
        return [draft for draft in found if (draft.type, draft.data.get("kind")) not in seen]

    def _injections(self) -> Iterator[Draft]:
        """Give what was injected, one by one: a request that was carried out is not again."""
        turn_number = self._conversation.turn_number if self._conversation.turn_open else None
        while self._control.injections:
            intervention = self._control.injections.popleft()
            if intervention.get("request") not in self._conversation.requests:
                yield conductor_intervention(intervention, turn_number)

    def _turn_duration(self) -> float:
        return round(self._calling.monotonic() - self._turn_began, 6)

    def _disk_is_full(self) -> bool:
        folder = self._store.folder
        return folder is not None and folder.free_bytes() < self._min_free

    def _disk_detail(self) -> str:
        return f"less than {self._min_free} bytes are free on the disk of the events"
