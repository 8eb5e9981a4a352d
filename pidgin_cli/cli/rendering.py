"""How events look on stdout: as their own lines, as a text to read, as one line each."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pidgin_cli.cli.options import CommonOptions
from pidgin_cli.cli.streams import STDOUT, is_terminal
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event

if TYPE_CHECKING:
    from pidgin_cli.views.wrapping import Wrapping

Colour = Literal["auto", "always", "never"]


class RenderingOptions(CommonOptions):
    """What the commands take that show events."""

    format: Annotated[
        Literal["auto", "jsonl", "text"],
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: text on a terminal, JSONL otherwise."
        ),
    ] = "auto"
    color: Annotated[
        Colour, typer.Option("--color", help="Colours in text; auto: on a terminal.")
    ] = "auto"

    @property
    def as_text(self) -> bool:
        """Whether a person is to read it."""
        return self.format == "text" or (self.format == "auto" and is_terminal(STDOUT))

    def rendering(self, *, single: bool) -> Rendering:
        """Give what was asked for; of several experiments, text has one line an event."""
        if not self.as_text:
            return JsonLines()
        if not single:
            return Brief()
        return Text(colour=is_coloured(self.color, os.environ))


class Rendering(ABC):
    """Makes bytes for stdout of events."""

    @abstractmethod
    def feed(self, event: Event) -> bytes:
        """Give what is to be written of the next event."""

    def finish(self) -> bytes:
        """Give what is to be written at the end."""
        return b""

    def watch(self, agent_id: str, response: int, text: str) -> bytes:
        """Give what is to be written of a response at once, before an event records it."""
        return b""

    def remark(self, words: str) -> bytes:
        """Give words of our own to a person who watches, on a line of their own."""
        return b""


class JsonLines(Rendering):
    """Events as the store has them, byte for byte."""

    def feed(self, event: Event) -> bytes:
        """Give the event's line."""
        return encode(event)


class Text(Rendering):
    """One conversation to read; a person at a terminal sees every word as it comes."""

    def __init__(self, *, colour: bool) -> None:
        from pidgin_cli.views.text import TextView

        self._view = TextView(colour=colour)
        self._wrapping = wrapping() if is_terminal(STDOUT) else None

    def feed(self, event: Event) -> bytes:
        """Give the text of the event."""
        return self._shown(self._view.feed(event))

    def finish(self) -> bytes:
        """Say where the conversation stands, if it has not ended."""
        return self._shown(self._view.finish())

    def watch(self, agent_id: str, response: int, text: str) -> bytes:
        """Give the words that are whole by now, if a terminal is to show them."""
        if self._wrapping is None:
            return b""
        return self._shown(self._view.live(agent_id, response, text))

    def remark(self, words: str) -> bytes:
        """Give the words between two words of a response, if a terminal is to show them."""
        if self._wrapping is None:
            return b""
        return self._wrapping.aside(self._view.remark(words)).encode(errors="replace")

    def _shown(self, text: str) -> bytes:
        if self._wrapping is not None:
            text = self._wrapping.feed(text)
        return text.encode(errors="replace")


class Brief(Rendering):
    """Several experiments at once: a line for each event that matters."""

    def feed(self, event: Event) -> bytes:
        """Give the line of the event, or nothing."""
        from pidgin_cli.views.brief import IMPORTANT, brief

        line = brief(event) if event.type in IMPORTANT else None
        return b"" if line is None else f"{line}\n".encode(errors="replace")


class Kept(Rendering):
    """Shows events as the store has kept them, whatever is said of them: nothing that is private.

    The store tells of each event by a call; what is watched was not redacted, and is not shown.
    """

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._waiting = b""

    def __call__(self, event: Event) -> None:
        """Take in an event that was kept."""
        self._waiting += self._rendering.feed(event)

    def feed(self, event: Event) -> bytes:
        """Give what is to be written of all events that have been kept by now."""
        waiting, self._waiting = self._waiting, b""
        return waiting

    def finish(self) -> bytes:
        """Give what is to be written at the end."""
        waiting, self._waiting = self._waiting, b""
        return waiting + self._rendering.finish()


class Silent(Rendering):
    """Nothing at all, where a table shows what happens."""

    def feed(self, event: Event) -> bytes:
        """Give nothing."""
        return b""


def wrapping() -> Wrapping:
    """Give what lets the lines of a conversation end between words on the terminal of stdout."""
    from pidgin_cli.views.text import INDENT
    from pidgin_cli.views.wrapping import Wrapping

    return Wrapping(_columns, INDENT)


def is_coloured(choice: Colour, environ: Mapping[str, str]) -> bool:
    """Decide on colours: the flag, then NO_COLOR and FORCE_COLOR, then what the terminal is."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return environ.get("TERM") != "dumb" and is_terminal(STDOUT)


def _columns() -> int:
    """Give how wide the terminal is at the moment, 0 where it does not say."""
    try:
        return os.get_terminal_size(STDOUT).columns
    except OSError:
        return 0
