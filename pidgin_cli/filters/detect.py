"""Detections: what pidgin notices by itself in a conversation when a turn ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from pidgin_cli.config.settings import (
    AttractorSettings,
    ConvergenceSettings,
    ConversationSettings,
)
from pidgin_cli.events.conversation import Conversation, Spoken
from pidgin_cli.events.detections import (
    DetectorData,
    attractor_detected,
    convergence_measured,
)
from pidgin_cli.events.kind import Draft
from pidgin_cli.measures.attractor import Remark
from pidgin_cli.measures.attractors import ATTRACTORS_VERSION, attractors
from pidgin_cli.measures.convergence import CONVERGENCE_VERSION, convergence

CONVERGENCE_DETECTOR: DetectorData = {"name": "pidgin.convergence", "version": CONVERGENCE_VERSION}
ATTRACTOR_DETECTOR: DetectorData = {"name": "pidgin.attractors", "version": ATTRACTORS_VERSION}


def turn_detections(conversation: Conversation, settings: ConversationSettings) -> list[Draft]:
    """Give the detections of the turn under way, after its last response and before its end.

    First the convergence of what was said in the turn, then the attractors. Depends on the fold
    and the settings alone, so that a recomputation from the log gives the same. Looks at the
    messages of the window only: a turn costs the same however long the conversation is. Interrupted
    messages count as they stand. An attractor that goes on is given again at every look.
    """
    return [
        *_convergence(conversation, settings.convergence),
        *_attractors(conversation, settings.attractor),
    ]


def _convergence(conversation: Conversation, settings: ConvergenceSettings) -> Iterator[Draft]:
    if not settings.enabled:
        return
    said = {spoken.agent_id: spoken.content for spoken in _last_turns(conversation, 1)}
    if len(said) < 2:
        return
    measured = convergence(list(said.values()))
    yield convergence_measured(
        {
            "score": measured.score,
            "components": measured.components,
            "detector": CONVERGENCE_DETECTOR,
        },
        conversation.turn_number,
    )


def _attractors(conversation: Conversation, settings: AttractorSettings) -> Iterator[Draft]:
    if not settings.enabled or (conversation.turn_number + 1) % settings.check_interval:
        return
    remarks = [
        Remark(spoken.agent_id, spoken.turn_number, spoken.content)
        for spoken in _last_turns(conversation, settings.window)
    ]
    for attractor in attractors(remarks, threshold=settings.threshold):
        yield attractor_detected(
            {
                "kind": attractor.kind,
                "description": attractor.description,
                "confidence": attractor.confidence,
                "turns": list(attractor.turns),
                "detector": ATTRACTOR_DETECTOR,
                "action": settings.action,
            },
            conversation.turn_number,
        )


def _last_turns(conversation: Conversation, count: int) -> list[Spoken]:
    """Give the messages of the last turns, the one under way included, in order."""
    first = conversation.turn_number - count + 1
    return [
        *takewhile(lambda spoken: spoken.turn_number >= first, reversed(conversation.messages))
    ][::-1]
