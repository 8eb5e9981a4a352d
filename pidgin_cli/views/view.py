"""What a view is, what its reader asks for, and several experiments of one stream, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from pidgin_cli.events.event import Event


class Choice(NamedTuple):
    """What a reader asks for.

    Args:
        wanted: says which events are shown; None means all. The fold takes in all of them either
            way, so that names, figures and the summary are those of the whole log.
        reasoning: whether the thinking that came with a response is shown.
    """

    wanted: Callable[[Event], bool] | None = None
    reasoning: bool = False

    def shows(self, event: Event) -> bool:
        """Say whether an event is shown."""
        return self.wanted is None or self.wanted(event)


EVERYTHING = Choice()
EXCERPT = "an excerpt: what was not selected is left out; the summary is of the whole"
"""Stands in a view that was asked for a part."""


Text = TypeVar("Text", str, bytes)
Text_co = TypeVar("Text_co", str, bytes, covariant=True)


class View(Protocol[Text_co]):
    """Makes text of the events of one experiment, piece by piece, in their order.

    It is bytes where it is made of what stands in logs as bytes already.
    """

    def feed(self, event: Event) -> Text_co:
        """Give what the next event adds, nothing where it adds nothing."""

    def finish(self) -> Text_co:
        """Give what stands at the end."""


_LAST_WORDS = frozenset({"experiment.completed", "experiment.failed", "checkpoint.saved"})


@dataclass(slots=True)
class _Begun(Generic[Text]):
    """An experiment that is not shown to its end: what it gave, and whether it has a last word."""

    view: View[Text]
    pieces: list[Text] = field(default_factory=list)
    ended: bool = False

    def take(self, event: Event) -> None:
        """Take in the next event of this experiment."""
        self.pieces.append(self.view.feed(event))
        self.ended = event.type in _LAST_WORDS

    def given(self, nothing: Text) -> Text:
        """Give what has come and was not given yet."""
        pieces, self.pieces = self.pieces, []
        return nothing.join(pieces)


def one_by_one(
    events: Iterable[Event], new_view: Callable[[], View[Text]], separator: Text
) -> Iterator[Text]:
    """Give the view of each experiment of a stream whole, in the order in which they began.

    The first one is given as its events come. What others add meanwhile is held, as text, until
    those before them have ended; one that failed or paused has ended once another one goes on.
    """
    begun: dict[str, _Begun[Text]] = {}
    before = nothing = separator[:0]
    for event in events:
        mine = begun.get(event.experiment_id)
        if mine is None:
            mine = begun[event.experiment_id] = _Begun(new_view())
        while (first := next(iter(begun.values()))) is not mine and first.ended:
            yield before + first.given(nothing) + first.view.finish()
            del begun[next(iter(begun))]
            before = separator
        mine.take(event)
        if mine is first and (piece := mine.given(nothing)):
            yield before + piece
            before = nothing
    for rest in begun.values() or [_Begun(new_view())]:
        yield before + rest.given(nothing) + rest.view.finish()
        before = separator
