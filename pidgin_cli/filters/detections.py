"""Detections: what pidgin notices by itself in a conversation when a turn ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from pidgin_cli.config.settings import (
    AttractorSettings,
    ConvergenceSettings,
    ConversationSettings,
    as_plain,
)
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.detections import (
    AgentMeasures,
    ConvergenceMeasured,
    DetectorData,
    attractor_detected,
    convergence_measured,
)
from pidgin_cli.events.kind import Draft
from pidgin_cli.measures.attractor import Remark
from pidgin_cli.measures.attractors import ATTRACTORS_VERSION, attractors
from pidgin_cli.measures.compression import compression
from pidgin_cli.measures.convergence import (
    CONVERGENCE_VERSION,
    PROFILES,
    Weights,
    baseline,
    convergence,
)
from pidgin_cli.measures.drift import length_drift
from pidgin_cli.measures.phrases import mimicry, repetition
from pidgin_cli.measures.reading import Reading

CONVERGENCE = "pidgin.convergence"
ATTRACTORS = "pidgin.attractors"

MEMORY = 6
"""Turns before the one that is measured, with which it is compared."""
PACKED = 3
"""Messages of an agent that are packed together, which takes longer than all other measures."""
UNANSWERED = 2
"""A message so many turns back, or more, is not what anybody answers now."""


class Detector:
    """Judges the turns of one conversation, in their order.

    What it gives depends on the fold and the settings alone, so that a recomputation from the log
    gives the same. It looks at the messages of a window only, and reads each of them once: a turn
    costs the same however long the conversation is. Interrupted messages count as they stand.
    """

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._span = max(MEMORY + 1, settings.attractor.window)
        self._remarks: dict[tuple[int, int, str], Remark] = {}

    @property
    def span(self) -> int:
        """How many turns it looks at, the one under way included."""
        return self._span

    def turn(self, conversation: Conversation) -> list[Draft]:
        """Give the detections of the turn under way, after its last response, before its end.

        First the convergence of what was said in the turn, then the attractors. An attractor that
        goes on is given again at every look.
        """
        remarks = self._last_turns(conversation)
        turn_number = conversation.turn_number
        return [
            *_convergence(remarks, turn_number, self._settings.convergence),
            *_attractors(remarks, turn_number, self._settings.attractor),
        ]

    def _last_turns(self, conversation: Conversation) -> list[Remark]:
        """Give the messages of the last turns, the one under way included, in order."""
        first = conversation.turn_number - self._span + 1
        newest = takewhile(lambda said: said.turn_number >= first, reversed(conversation.messages))
        known, self._remarks = self._remarks, {}
        for said in reversed(list(newest)):
            key = (said.turn_number, said.response, said.agent_id)
            self._remarks[key] = known.get(key) or Remark(
                said.agent_id, said.turn_number, said.content
            )
        return list(self._remarks.values())


def _convergence(
    remarks: Sequence[Remark], turn_number: int, settings: ConvergenceSettings
) -> Iterator[Draft]:
    now = {remark.agent_id: remark for remark in remarks if remark.turn_number == turn_number}
    if not settings.enabled or len(now) < 2:
        return
    weights = weights_of(settings)
    measured = convergence([remark.reading for remark in now.values()], weights)
    data = ConvergenceMeasured(
        score=measured.score,
        components=measured.components,
        by_agent={agent_id: _measures(remark, remarks) for agent_id, remark in now.items()},
        detector=DetectorData(
            name=CONVERGENCE, version=CONVERGENCE_VERSION, profile=settings.profile
        ),
    )
    chance = baseline(_unanswered(now, remarks), weights)
    if chance is not None:
        data["baseline"] = chance
    yield convergence_measured(data, turn_number)


def weights_of(settings: ConvergenceSettings) -> Weights:
    """Give the weights that these settings mean."""
    if settings.profile != "custom":
        return PROFILES[settings.profile]
    weights: Mapping[str, float] = as_plain(settings.weights)
    return {name: weight for name, weight in weights.items() if weight}


def _unanswered(
    now: Mapping[str, Remark], remarks: Sequence[Remark]
) -> Iterator[tuple[Reading, Reading]]:
    """Give each message of the turn with those that others said some turns before."""
    for agent_id, remark in now.items():
        for earlier in remarks:
            back = remark.turn_number - earlier.turn_number
            if UNANSWERED <= back <= MEMORY and earlier.agent_id != agent_id:
                yield remark.reading, earlier.reading


def _measures(remark: Remark, remarks: Sequence[Remark]) -> AgentMeasures:
    """Measure a message against what was said before it, in the turns of the memory."""
    first = remark.turn_number - MEMORY
    before = [*takewhile(lambda each: each is not remark, remarks)]
    before = [each for each in before if each.turn_number >= first]
    own = [each for each in before if each.agent_id == remark.agent_id]
    heard = [each for each in before if each.agent_id != remark.agent_id]
    said = remark.reading
    return AgentMeasures(
        mimicry=mimicry(said.phrases, (each.reading.phrases for each in heard)),
        repetition=repetition(said.phrases, (each.reading.phrases for each in own)),
        compression=compression(each.content for each in (*own[-PACKED + 1 :], remark)),
        length_drift=length_drift(said.length, [each.reading.length for each in own]),
    )


def _attractors(
    remarks: Sequence[Remark], turn_number: int, settings: AttractorSettings
) -> Iterator[Draft]:
    if not settings.enabled or (turn_number + 1) % settings.check_interval:
        return
    first = turn_number - settings.window + 1
    seen = [remark for remark in remarks if remark.turn_number >= first]
    for attractor in attractors(seen, threshold=settings.threshold):
        yield attractor_detected(
            {
                "kind": attractor.kind,
                "description": attractor.description,
                "confidence": attractor.confidence,
                "turns": list(attractor.turns),
                "detector": DetectorData(name=ATTRACTORS, version=ATTRACTORS_VERSION),
                "action": settings.action,
            },
            turn_number,
        )
