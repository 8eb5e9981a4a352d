"""Redaction: a stream of events from which what was asked for is gone, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from pidgin_cli.errors import BadLineError, PidginError
from pidgin_cli.events.codec import decode, encode, encode_value
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.seal import SEALED
from pidgin_cli.filters.pipeline import filtered
from pidgin_cli.filters.redaction.actions import experiments
from pidgin_cli.filters.redaction.allowed import ALLOWED
from pidgin_cli.filters.redaction.canonical import EXPERIMENT
from pidgin_cli.filters.redaction.deltas import Held
from pidgin_cli.filters.redaction.hashes import Hashes
from pidgin_cli.filters.redaction.models import ModelNames
from pidgin_cli.filters.redaction.passages import CLOSING, ENDING, STREAMING, Passage
from pidgin_cli.filters.redaction.payloads import Payloads
from pidgin_cli.filters.redaction.report import Place, Report
from pidgin_cli.filters.redaction.rules import Rules
from pidgin_cli.filters.redaction.shapes import LARGEST, Role
from pidgin_cli.filters.redaction.standing import Standing
from pidgin_cli.filters.redaction.taking import Seen, Taking
from pidgin_cli.filters.redaction.wanted import PatternSettings

if TYPE_CHECKING:
    from pidgin_cli.config.catalogue import Catalogue

HIDDEN_KIND = "event.redacted"
"""The type of an event whose own type is not known, and so may be text."""

_LATEST = 10.0 * LARGEST
"""Timestamps from here on do not pass; milliseconds do, as some write them."""
_VERSIONS = range(1000)


class RedactOptions(NamedTuple):
    """What is to go.

    Args:
        content: every text, by the allow-list.
        hash_models: the names of models and services, in prose too.
        patterns: what is looked for in whatever stays.
    """

    content: bool = False
    hash_models: bool = False
    patterns: PatternSettings = PatternSettings()

    def parts(self) -> dict[str, bool]:
        """Give which parts of a redaction are asked for, as a log is marked with them."""
        return {
            "content": self.content,
            "hash_models": self.hash_models,
            "patterns": not self.patterns.nothing,
        }


class Naming(NamedTuple):
    """What a redaction is made with: its key, and what is known of models.

    Args:
        key: the secret of all hashes.
        catalogue: reads what is known of models; asked when a name needs it.
        services: names of services that are configured.
    """

    key: bytes
    catalogue: Callable[[], Catalogue]
    services: frozenset[str] = frozenset()


def redact(events: Iterable[Event], options: RedactOptions, naming: Naming) -> Iterator[Event]:
    """Give the events redacted, in their order within each experiment.

    Of each response under way the newest delta is held until the next one or the response's end,
    and what came after it in its experiment with it.
    """
    return filtered(events, Redact(options, naming))


class Redact:
    """Redacts a stream: event by event, or, for a big one, block by block of its lines.

    Args:
        report: counts what is redacted; where it is given, every line takes the long way.
    """

    def __init__(
        self, options: RedactOptions, naming: Naming, report: Report | None = None
    ) -> None:
        names = partial(ModelNames, catalogue=naming.catalogue, services=naming.services)
        self._options = options
        self._rules = Rules(
            options.content,
            options.hash_models,
            options.patterns,
            Hashes(naming.key),
            names,
        )
        self._report = report or Report()
        self._payloads = Payloads(self._rules, self._report)
        self._counts = report is not None
        self._other_id = experiments(self._rules)
        self._passages: dict[bytes, Passage] = {}
        self._waiting: dict[bytes, Passage] = {}

    def prepare(self) -> None:
        """Make what lines need, for all processes that are to inherit this."""
        _ = self._standing

    def feed(self, event: Event) -> list[Event]:
        """Take in the next event, and give those that are ready."""
        passage = self._take(event, encode(event))
        passage.settle()
        return [decode(line) for line in passage.take_ready()]

    def finish(self) -> list[Event]:
        """Give what is still held when the stream has ended."""
        return [decode(line) for line in self.rest()]

    def end(self, experiment_id: str) -> list[Event]:
        """Give what is still held of one experiment, of which no more will come."""
        passage = self._passages.get(experiment_id.encode(errors="surrogatepass"))
        if passage is None:
            return []
        passage.end_all()
        return [decode(line) for line in passage.take_ready()]

    def resume(self, experiment_id: str, lines: Iterable[bytes]) -> None:
        """Take in what a log holds already, so that its digests go on to hold."""
        passage = self._passage(experiment_id.encode(errors="surrogatepass"))
        for line in lines:
            passage.taken.add(line)
            passage.given.add(line)

    def lines(
        self, block: bytes, tell: Callable[[Seen], None], canonical: int | None = None
    ) -> list[bytes]:
        """Take in whole lines, and give those that are ready, one or several in a piece.

        Args:
            block: lines with their newlines; only the last one of a stream may lack its own.
            tell: is told what was seen of them, when all are taken in.
            canonical: how many they are if all of them are canonical, where that is known.
        """
        taking = Taking(block, canonical)
        while taking.are_left:
            self._canonical_lines(taking)
            if taking.are_left:
                self._long_way(taking)
        tell(taking.seen())
        return taking.given

    def settle(self) -> list[bytes]:
        """Give the lines that need not wait for more input: all deltas but the newest."""
        given: list[bytes] = []
        for key, passage in list(self._waiting.items()):
            passage.settle()
            given += passage.take_ready()
            if not passage.waits:
                del self._waiting[key]
        return given

    def rest(self) -> list[bytes]:
        """Give the lines that are held when no more will come."""
        return [line for lines in self.rest_of_each().values() for line in lines]

    def rest_of_each(self) -> dict[bytes, list[bytes]]:
        """Give the same by experiment, in the order of their ids."""
        given = {}
        for key in sorted(self._waiting):
            passage = self._waiting[key]
            passage.end_all()
            given[key] = passage.take_ready()
        self._waiting.clear()
        return given

    @cached_property
    def _standing(self) -> Standing | None:
        # To make its expression takes as long as thousands of lines do: where none comes, there is
        # none, and processes that share the work inherit one.
        return None if self._counts else Standing(self._rules)

    def _canonical_lines(self, taking: Taking) -> None:
        """Take in the lines that are canonical, up to the first that is not."""
        standing = self._standing
        if standing is None:
            return
        end = taking.end_of_utf8()
        while True:
            found = standing.match(taking.block, taking.place, end)
            if found is None or found.end() == taking.place:
                break
            if not self._run(standing, found, taking):
                break

    def _run(self, standing: Standing, first: re.Match[bytes], taking: Taking) -> bool:
        """Take in canonical lines of one experiment; say whether there were any."""
        block, place, end = first.string, first.start(), first.endpos
        found: re.Match[bytes] | None = first
        experiment = first[EXPERIMENT]
        if self._other_id(experiment) is not None:
            return False
        passage = self._passage(experiment[1:-1])
        while found is not None and found[EXPERIMENT] == experiment:
            place = standing.take(found, passage)
            if place < found.end() or place == found.start():
                break
            found = standing.match(block, place, end)
        passage.taken.add(*taking.canonical(place))
        if passage.waits:
            self._waiting[experiment[1:-1]] = passage
        if passage.ready:
            taking.given.append(passage.take_together())
        return place > first.start()

    def _long_way(self, taking: Taking) -> None:
        line = taking.line()
        if line.isspace():
            return
        try:
            event = decode(line)
        except BadLineError as error:
            # What stands behind the colon may be a piece of the line.
            taking.leave_out(line, error.reason.partition(":")[0])
            return
        taking.given += self._take(event, event.line or line).take_ready()

    def _take(self, event: Event, line: bytes) -> Passage:
        key = event.experiment_id.encode(errors="surrogatepass")
        passage = self._passage(key)
        sealed = passage.taken.events if self._is_sealed(event, passage) else None
        passage.taken.add(line)
        try:
            self._pass(event, passage, sealed)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with the event, its text must not show
            passage.add(self._placeholder(event))
        if passage.waits:
            self._waiting[key] = passage
        if event.type == "experiment.completed":
            self._passages.pop(key, None)
            self._waiting.pop(key, None)
        return passage

    def _pass(self, event: Event, passage: Passage, sealed: int | None) -> None:
        known = event.v == SCHEMA_VERSION
        response = _number(event.data.get("response"))
        if known and event.type in CLOSING:
            passage.end_all()
        elif known and event.type in ENDING:
            passage.end(response)
        redacted = self._redacted(event, known=known)
        delta = redacted.data.get("delta")
        if known and event.type == STREAMING and not self._options.content and type(delta) is str:
            passage.hold(response, _held(redacted, delta, self._report.place))
            return
        if sealed is not None:
            seal = {"events": sealed, "digest": passage.digest()}
            redacted = redacted.changed(data={**redacted.data, **seal})
        passage.add(encode(redacted))

    def _redacted(self, event: Event, *, known: bool) -> Event:
        payloads, kind = self._payloads, event.type
        data = payloads.redacted(kind, event.data, known=known)
        if known and kind in SEALED:
            data = {key: value for key, value in data.items() if key not in ("events", "digest")}
        if known and kind == "experiment.started":
            data["redacted"] = self._mark(event.data.get("redacted"))
        agent_id, turn_number = event.agent_id, event.turn_number
        return Event(
            self._type(kind),
            payloads.string(kind, Role.EXPERIMENT, event.experiment_id, "experiment_id"),
            payloads.string(kind, Role.EVENT, event.id, "id"),
            event.timestamp if -_LATEST < event.timestamp < _LATEST else 0.0,
            turn_number if turn_number is None or abs(turn_number) < LARGEST else None,
            agent_id and payloads.string(kind, Role.AGENT, agent_id, "agent_id"),
            data,
            event.v if event.v in _VERSIONS else 0,
            payloads.extras(kind, event.extra),
        )

    def _type(self, kind: str) -> str:
        if kind in ALLOWED or kind == HIDDEN_KIND:
            return kind
        shown = self._payloads.string(kind, Role.TEXT, kind, "type")
        # Dots may hide where something begins.
        apart = kind.replace(".", " ")
        passes = shown == kind and self._rules.text(apart).text == apart
        return kind if passes else HIDDEN_KIND

    def _mark(self, earlier: object) -> dict[str, bool]:
        marked = earlier if isinstance(earlier, dict) else {}
        return {
            part: asked or marked.get(part) is True for part, asked in self._options.parts().items()
        }

    def _placeholder(self, event: Event) -> bytes:
        """Give an event that says nothing but where it stood.

        Raises:
            PidginError: not even that could be told without danger.
        """
        try:
            experiment_id = self._rules.string(Role.EXPERIMENT, event.experiment_id).text
            return encode(Event(HIDDEN_KIND, experiment_id, "", 0.0, None, None, {}))
        except Exception:  # noqa: BLE001 - the error may hold the text
            raise PidginError(
                "an event could not be redacted, and nothing of it is given"
            ) from None

    def _passage(self, key: bytes) -> Passage:
        passage = self._passages.get(key)
        if passage is None:
            passage = self._passages[key] = Passage(self._rules, self._report)
        # What comes out of one experiment does not depend on the others.
        self._rules.remembered = passage.remembered
        return passage

    def _is_sealed(self, event: Event, passage: Passage) -> bool:
        """Say whether the event seals its log, and the seal holds."""
        data = event.data
        return (
            event.type in SEALED
            and event.v == SCHEMA_VERSION
            and passage.holds(data.get("events"), data.get("digest"))
        )


def _number(response: object) -> bytes:
    """Give the number of a response as JSON has it, by which its events are joined."""
    return b"%d" % response if type(response) is int else b""


def _held(event: Event, delta: str, place: Place | None) -> Held:
    """Give an event whose delta is not settled yet."""
    mark = "\0"
    marked = event.changed(data={**event.data, "delta": mark})
    before, after = encode(marked).split(encode_value(mark))
    return Held(before, delta, after, place)
