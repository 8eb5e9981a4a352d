"""A person at the terminal of an experiment: keys that interrupt, pause, inject and quit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from pidgin_cli.cli.entry import Entry
from pidgin_cli.cli.keyboard import Keyboard
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import ConductorIntervention, InterventionSource
from pidgin_cli.views.visible import one_line

SPACE, ESCAPE = " ", "\x1b"
KEYS = "(the space bar interrupts a response, Ctrl-C pauses)\n"
MENU = "[c]ontinue, [i]nject, [q]uit? "
PAUSING = "a pause follows this response; Ctrl-C again stops at once"
SOURCES: Mapping[str, InterventionSource] = {"h": "human", "s": "system", "m": "mediator"}


class Asking(Enum):
    """What the next key is about."""

    NOTHING = auto()
    MENU = auto()
    SOURCE = auto()
    TARGET = auto()
    WORDS = auto()


class Session:
    """What is typed while one experiment runs, turned into wishes.

    Args:
        control: gives what steers the experiment, None while it does not run.
        agents: to whom words can be injected.
        remark: shows words beside the conversation, on a line of their own.
        quiet: whether nothing is said that nobody asked for.
    """

    def __init__(
        self,
        keyboard: Keyboard,
        control: Callable[[], Control | None],
        agents: Sequence[Agent],
        remark: Callable[[str], None],
        *,
        quiet: bool = False,
    ) -> None:
        self._keyboard = keyboard
        self._control = control
        self._agents = agents
        self._remark = remark
        self._quiet = quiet
        self._asking = Asking.NOTHING
        self._source: InterventionSource = "human"
        self._target: list[str] | None = None
        self._entry = Entry()

    def begin(self) -> None:
        """Listen to the keys from now on."""
        self._keyboard.listen(self.typed)
        if not self._quiet:
            self._keyboard.show(KEYS)

    def end(self) -> None:
        """Leave the terminal as it was; may be called twice."""
        self._keyboard.close()

    def seen(self, event: Event) -> None:
        """Take in an event that the person has been shown: a pause asks what is to be done."""
        match event.type:
            case "checkpoint.saved" | "conductor.intervention" if self._is_held():
                if self._asking in (Asking.NOTHING, Asking.MENU):
                    self._ask()
            case "experiment.resumed" if self._asking != Asking.NOTHING:
                self._asking = Asking.NOTHING
                self._keyboard.show("\n")

    def interrupt(self) -> bool:
        """Take in Ctrl-C; say whether the run is to go on all the same.

        The first one pauses; one that comes while something is asked for takes the question back.
        """
        control = self._control()
        if control is None or control.ending:
            return False
        if self._asking in (Asking.SOURCE, Asking.TARGET, Asking.WORDS):
            self._keyboard.show("\n")
            self._ask()
            return True
        if control.held is not None:
            return False
        control.hold("Ctrl-C")
        self._remark(PAUSING)
        return True

    def typed(self, text: str) -> None:
        """Take in what was typed."""
        control = self._control()
        if control is None or control.ending:
            return
        while text:
            if self._asking == Asking.WORDS:
                self._keyboard.show(self._entry.feed(text))
                if self._entry.done:
                    self._inject(control)
                return
            key, text = text[0], text[1:]
            self._key(key.lower(), control)

    def _key(self, key: str, control: Control) -> None:
        match self._asking:
            case Asking.NOTHING if key == SPACE:
                control.interrupt()
            case Asking.MENU:
                self._choose(key, control)
            case Asking.SOURCE if key in SOURCES:
                self._source = SOURCES[key]
                self._keyboard.show(f"{self._source}\n")
                self._ask_target()
            case Asking.TARGET if self._is_target(key):
                self._target = None if key == "a" else [self._agents[int(key) - 1].agent_id]
                self._keyboard.show("all\n" if key == "a" else f"{self._target}\n")
                self._ask_words()
            case Asking.SOURCE | Asking.TARGET if key == ESCAPE:
                self._keyboard.show("\n")
                self._ask()

    def _choose(self, key: str, control: Control) -> None:
        match key:
            case "c":
                self._asking = Asking.NOTHING
                self._keyboard.show("continue\n")
                control.go_on()
            case "i":
                self._asking = Asking.SOURCE
                self._keyboard.show("inject\nas [h]uman, [s]ystem, [m]ediator? ")
            case "q":
                self._asking = Asking.NOTHING
                self._keyboard.show("quit\n")
                control.leave(Pause("user", "quit at the terminal"))

    def _ask(self) -> None:
        self._asking = Asking.MENU
        self._keyboard.show(MENU)

    def _ask_target(self) -> None:
        self._asking = Asking.TARGET
        names = [f"[{n}] {one_line(a.shown_name)}" for n, a in enumerate(self._agents, 1)]
        self._keyboard.show(f"to [a]ll, {', '.join(names)}? ")

    def _is_target(self, key: str) -> bool:
        return key == "a" or key in [str(n) for n in range(1, len(self._agents) + 1)]

    def _ask_words(self) -> None:
        self._asking, self._entry = Asking.WORDS, Entry()
        self._keyboard.show("what is said; a line of a single . ends it, Ctrl-C takes it back\n")

    def _inject(self, control: Control) -> None:
        self._asking = Asking.MENU
        if not self._entry.text.strip():
            self._ask()
            return
        control.inject(
            ConductorIntervention(
                source=self._source, content=self._entry.text, target=self._target
            )
        )

    def _is_held(self) -> bool:
        control = self._control()
        return control is not None and control.held is not None and not control.ending
