"""Hears what others ask of the experiments that run here, and hands it to their controls."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from pidgin_cli.engine.control import Control
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.store.folder import CONTROL_SUFFIX, Folder
from pidgin_cli.store.inbox import Inbox, Request
from pidgin_cli.store.watch import POLL_INTERVAL, Watch

SAFETY_INTERVAL = 1.0
"""Seconds between two looks where the system tells of changes: not every file system does."""
BY_CONDUCT = "asked for with conduct"


@dataclass(slots=True)
class Conducted:
    """An experiment that runs here: where it is asked, and what it is told."""

    inbox: Inbox
    control: Control
    looking: asyncio.Lock


@dataclass(frozen=True, slots=True)
class Held:
    """An experiment whose lock is held, and the Unix seconds since when."""

    experiment_id: str
    since: float = field(default_factory=time.time)


class Conductor:
    """Reads the inboxes of running experiments. To be used in one event loop.

    Args:
        folder: of the store; None where nothing is kept, and nobody can ask.
    """

    def __init__(self, folder: Folder | None) -> None:
        self._folder = folder
        self._conducted: dict[str, Conducted] = {}
        self._watch: Watch | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looks: set[asyncio.Task[None]] = set()

    def attach(self, conversation: Conversation, control: Control, held: Held) -> None:
        """Hand on what is asked of an experiment since its lock is held.

        Of what a run that died was asked, words that were to be injected are; the rest is past.
        """
        if self._folder is None:
            return
        experiment_id = held.experiment_id
        inbox = Inbox(self._folder, experiment_id)
        self._conducted[experiment_id] = Conducted(inbox, control, asyncio.Lock())
        for request in inbox.take():
            left_over = request.timestamp < held.since
            if left_over and (request.act != "inject" or not conversation.experiment_id):
                continue
            if request.id in conversation.requests:
                continue
            carry_out(request, control)
        if self._timer is None:
            self._start(self._folder)

    def detach(self, experiment_id: str) -> list[Request]:
        """Take away the inbox of an experiment that was released; give what came too late."""
        conducted = self._conducted.pop(experiment_id, None)
        if not self._conducted:
            self._stop()
        return [] if conducted is None else conducted.inbox.close()

    def note(self, event: Event) -> None:
        """Take in an event that is recorded: what was asked for by it is done."""
        request = event.data.get("request")
        conducted = self._conducted.get(event.experiment_id)
        if request is not None and conducted is not None and conducted.inbox.done(request):
            self._look_at(event.experiment_id)

    def _start(self, folder: Folder) -> None:
        loop = asyncio.get_running_loop()
        self._watch = Watch(folder.root, closed_only=True)
        descriptor = self._watch.descriptor
        if descriptor is not None:
            loop.add_reader(descriptor, self._on_change, self._watch)
        self._poll(POLL_INTERVAL if descriptor is None else SAFETY_INTERVAL)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._watch is not None:
            if self._watch.descriptor is not None:
                asyncio.get_running_loop().remove_reader(self._watch.descriptor)
            self._watch.close()
            self._watch = None

    def _poll(self, interval: float) -> None:
        for experiment_id in self._conducted:
            self._look_at(experiment_id)
        self._timer = asyncio.get_running_loop().call_later(interval, self._poll, interval)

    def _on_change(self, watch: Watch) -> None:
        for name in watch.changed():
            experiment_id = name.removesuffix(CONTROL_SUFFIX)
            if experiment_id != name and experiment_id in self._conducted:
                self._look_at(experiment_id)

    def _look_at(self, experiment_id: str) -> None:
        conducted = self._conducted[experiment_id]
        if conducted.inbox.is_quiet:
            return
        look = asyncio.get_running_loop().create_task(self._look(conducted))
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _look(self, conducted: Conducted) -> None:
        async with conducted.looking:
            # Lines may be long, and their writers slow: the loop does not wait for them.
            for request in await asyncio.to_thread(conducted.inbox.take):
                carry_out(request, conducted.control)


def carry_out(request: Request, control: Control) -> None:
    """Hand a request to the control that it is for."""
    match request.act:
        case "pause":
            control.hold(BY_CONDUCT, request.id)
        case "resume":
            control.go_on(request.id)
        case "stop":
            control.stop(request=request.id)
        case "interrupt":
            control.interrupt(request.id)
        case "inject":
            control.inject(
                ConductorIntervention(
                    source=request.source,
                    content=request.content,
                    target=None if request.target is None else list(request.target),
                    request=request.id,
                )
            )
