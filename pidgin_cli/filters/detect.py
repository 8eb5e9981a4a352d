"""Detect: detections of recorded conversations made again, by the functions that run uses live."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from pidgin_cli.config.recorded import changed_settings
from pidgin_cli.config.settings import (
    ConversationSettings,
    Profile,
    WeightSettings,
    as_plain,
)
from pidgin_cli.events import payload
from pidgin_cli.events.codec import encode
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import NOTHING, SCHEMA_VERSION, Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.redaction import is_redacted
from pidgin_cli.filters.detections import ATTRACTORS, CONVERGENCE, Detector
from pidgin_cli.filters.resealing import Resealing

Subject = Literal["convergence", "attractor"]
SUBJECTS: dict[str, tuple[Subject, str]] = {
    "convergence.measured": ("convergence", CONVERGENCE),
    "attractor.detected": ("attractor", ATTRACTORS),
}
"""What a kind of detection is about, and the name of our detector that gives it."""

KEPT = 64
"""Messages a turn that are kept; no turn of ours has as many, and a foreign log may never end one.
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is detected otherwise than it was in the run; None as it was.

    Args:
        only: what is detected again, whether it was switched on or not; the rest is left alone.
        profile: of convergence.
        check_interval, threshold, window: of attractors.
    """

    only: frozenset[Subject] | None = None
    profile: Profile | None = None
    check_interval: int | None = None
    threshold: int | None = None
    window: int | None = None

    def over(self, settings: ConversationSettings) -> ConversationSettings:
        """Give the settings of a run with these over them."""
        convergence, attractor = settings.convergence, settings.attractor
        if self.profile is not None:
            convergence = convergence._replace(profile=self.profile, weights=WeightSettings())
        numbers = {name: getattr(self, name) for name in ("check_interval", "threshold", "window")}
        attractor = attractor._replace(**{k: v for k, v in numbers.items() if v is not None})
        if self.only is not None:
            convergence = convergence._replace(enabled="convergence" in self.only)
            attractor = attractor._replace(enabled="attractor" in self.only)
        return ConversationSettings(convergence, attractor)


class Detect:
    """The filter's core: takes events in, and gives them with detections made again.

    Detections of our own detectors are dropped and new ones put in; one that comes out as it was
    stays byte for byte, and so do all other lines. State is kept per experiment until it
    completes, and holds the messages of the turns that a detector looks at. `redacted` names the
    experiments whose words were taken out: their detections are left as they are.

    Args:
        settings: of experiments that do not say what they were run with.
    """

    def __init__(self, settings: ConversationSettings, changes: Changes = Changes()) -> None:
        self.redacted: dict[str, None] = {}
        self._settings = settings
        self._changes = changes
        self._open: dict[str, _Recomputation] = {}

    def feed(self, event: Event) -> list[Event]:
        """Take in the next event, and give what goes out for it."""
        name = event.experiment_id
        if name not in self._open:
            self._open[name] = _Recomputation(self._settings, self._changes)
        given = self._open[name].feed(event)
        if self._open[name].redacted:
            self.redacted[name] = None
        if event.type == "experiment.completed":
            del self._open[name]
        return given

    def finish(self) -> list[Event]:
        """Give nothing more: a turn that was not completed has no detections."""
        self._open.clear()
        return []


@dataclass(slots=True)
class _Recomputation:
    """One experiment: the fold so far, and the detections of the turn that are still to come."""

    settings: ConversationSettings
    changes: Changes
    redacted: bool = False
    _conversation: Conversation = field(default_factory=Conversation)
    _resealing: Resealing = field(default_factory=Resealing)
    _detector: Detector = field(init=False)
    _due: list[Draft] | None = None
    _before: Event | None = None
    _put_in: int = 0

    def __post_init__(self) -> None:
        self._detector = Detector(self.changes.over(self.settings))

    def feed(self, event: Event) -> list[Event]:
        self.redacted |= is_redacted(event)
        given = self._with_detections(event)
        self._fold(event)
        return self._resealing.feed(event, given)

    def _with_detections(self, event: Event) -> list[Event]:
        if not self.redacted and event.v == SCHEMA_VERSION:
            if event.type == "turn.completed":
                return [*map(self._made, self._all_due()), self._kept(event)]
            if self._is_ours(event):
                return self._in_place_of(event)
        return [self._kept(event)]

    def _is_ours(self, event: Event) -> bool:
        subject, detector = SUBJECTS.get(event.type, (None, ""))
        if subject is None or subject not in (self.changes.only or {subject}):
            return False
        return payload.text(payload.mapping(event.data, "detector"), "name") == detector

    def _in_place_of(self, event: Event) -> list[Event]:
        """Give what is due up to the detection that takes the place of this one."""
        due = self._all_due()
        kind = event.data.get("kind")
        for place, draft in enumerate(due):
            if (draft.type, draft.data.get("kind")) == (event.type, kind):
                self._due = due[place + 1 :]
                same = (draft.data, draft.turn_number) == (event.data, event.turn_number)
                before = [self._made(each) for each in due[:place]]
                return [*before, self._kept(event) if same else self._made(draft)]
        return []

    def _all_due(self) -> list[Draft]:
        if self._due is None:
            self._due = self._detector.turn(self._conversation)
        return self._due

    def _kept(self, event: Event) -> Event:
        self._before, self._put_in = event, 0
        return event

    def _made(self, draft: Draft) -> Event:
        """Give the draft an id and a time by the event before it: the same input, the same line."""
        before = self._before
        self._put_in += 1
        return Event(
            draft.type,
            self._conversation.experiment_id,
            _id_after(before, self._put_in),
            before.timestamp if before else 0.0,
            draft.turn_number,
            draft.agent_id,
            draft.data,
        )

    def _fold(self, event: Event) -> None:
        conversation = self._conversation
        conversation.apply(event)
        # Only what a detector looks at is kept, however long the conversation is.
        conversation.perspectives.clear()
        conversation.interventions.clear()
        conversation.requests.clear()
        match event.type:
            case "experiment.started":
                self._detector = Detector(self.changes.over(self._recorded(event)))
            case "turn.started":
                self._due = None
                span = self._detector.span
                first = conversation.turn_number - span
                del conversation.messages[: -span * KEPT]
                conversation.messages[:] = [
                    said for said in conversation.messages if said.turn_number > first
                ]
            case "turn.completed":
                self._due = []

    def _recorded(self, event: Event) -> ConversationSettings:
        settings = payload.mapping(event.data, "settings")
        recorded = {"conversation": payload.mapping(settings, "conversation")}
        defaults = {"conversation": as_plain(self.settings)}
        return changed_settings(recorded, NOTHING, defaults).conversation


def _id_after(before: Event | None, number: int) -> str:
    if before is None:
        return f"detected-{number}"
    stem = before.id or hashlib.sha256(encode(before)).hexdigest()[:32]
    if len(stem) > 100:
        stem = hashlib.sha256(stem.encode(errors="replace")).hexdigest()[:32]
    return f"{stem}-d{number}"
