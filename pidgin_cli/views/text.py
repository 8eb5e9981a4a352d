"""A conversation as plain text, as it goes: for a terminal, a log, or a whole file at once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from pidgin_cli.events.event import Event
from pidgin_cli.views.figures import bar, counted, moment
from pidgin_cli.views.notes import cut_words, note, response_figures, target_words
from pidgin_cli.views.progress import Cut, Progress, Step
from pidgin_cli.views.speakers import full_model, full_name, speaker, speaker_model
from pidgin_cli.views.summary import Pair, ending, last_words, outcome
from pidgin_cli.views.view import EVERYTHING, EXCERPT, Choice
from pidgin_cli.views.visible import one_line, visible

INDENT = "  "
"""Stands before every line that somebody said, so that no words can pass for a line of the view."""

_LAST_WORDS = frozenset({"experiment.completed", "experiment.failed"})
"""Shown whatever was selected: they give the figures of the whole."""
_SCORES = 20
"""Measurements of convergence that the line of bars behind the newest one looks back on."""
_LINE_BEGINS = re.compile(r"(?<=\n)(?=[^\n])")
_DIM = "2"
_COLOURS = ("36", "33", "35", "32", "34", "31", "96", "93")

Key = tuple[str, int | None]


def text(events: Iterable[Event], choice: Choice = EVERYTHING) -> Iterator[str]:
    """Give a whole log of one experiment as text, in its order; holds one response."""
    view = TextView(choice, streamed=False)
    for event in events:
        yield view.feed(event)
    yield view.finish()


class TextView:
    """The text of one experiment, piece by piece, as its events come.

    Args:
        colour: whether rules are dim and every agent has a colour, with ANSI sequences.
        streamed: whether a response is shown as it comes, and not once it has ended.
    """

    def __init__(
        self, choice: Choice = EVERYTHING, *, colour: bool = False, streamed: bool = True
    ) -> None:
        self._choice = choice
        self._colour = colour
        self._streamed = streamed
        self._progress = Progress()
        self._conversation = self._progress.conversation
        self._bars: deque[str] = deque(maxlen=_SCORES)
        self._turn: int | None = None
        self._titled = False
        self._speaking: Key | None = None
        self._live: Key | None = None
        self._line_open = False

    def feed(self, event: Event) -> str:
        """Give what is to be shown of the next event, "" if nothing."""
        step = self._progress.take(event)
        if step is None:
            return ""
        began, self._titled = not self._titled, True
        pieces = [self._cut(step.cut)] if step.cut is not None else []
        shown = self._choice.shows(event)
        if began and not (shown and event.type == "experiment.started"):
            pieces.append(f"experiment {one_line(event.experiment_id)}\n")
        if began and self._choice.wanted is not None:
            pieces.append(self._dim(f"[{EXCERPT}]"))
        if shown or event.type in _LAST_WORDS:
            pieces.append(_SHOWN.get(event.type, TextView._note)(self, step))
        return "".join(pieces)

    def live(self, agent_id: str, response: int, text: str) -> str:
        """Give text of a response as it comes; its response.streaming then shows nothing."""
        self._live = (agent_id, response)
        return self._say(self._live, text)

    def remark(self, words: str) -> str:
        """Give a line that is none of the conversation, without its end."""
        return self._painted(f"[{words}]", _DIM)

    def finish(self) -> str:
        """Give what is to be shown when no event will come any more, "" after a last word."""
        if self._conversation.state in ("completed", "failed"):
            return ""
        if self._conversation.first_timestamp is None:
            return "no events\n"
        under_way = self._progress.under_way
        cut = self._cut(under_way) if under_way is not None or self._speaking else ""
        return cut + self._closing()

    def _start(self, step: Step) -> str:
        conversation = self._conversation
        lines = [f"experiment {conversation.experiment_id}, {moment(step.event.timestamp)}"]
        for agent in conversation.agents:
            lines.append(f"{full_name(agent)}: {full_model(agent.model, agent.provider)}")
        head = "\n".join(one_line(line) for line in lines)
        prompt = indented(conversation.initial_prompt.strip("\n"))
        head = f"{self._close_line()}{head}\n"
        return f"{head}prompt:\n{prompt}\n" if prompt else head

    def _end(self, step: Step) -> str:
        came_late = not self._conversation.started
        return self._closing(last_words(step.event.data) if came_late else ())

    def _closing(self, told: Iterable[Pair] = ()) -> str:
        """Give the last lines: how it ended, and its figures, those that were told before ours."""
        figures = {**dict(outcome(self._conversation)), **dict(told)}
        turns = counted(int(figures["turns"]), "turn")
        parts = [turns, figures["duration"], f"tokens {figures['tokens']}"]
        parts.append(f"cost {figures['cost']}")
        if "left out" in figures:
            parts.append(f"left out {figures['left out']}")
        rule = self._rule(one_line(ending(self._conversation)))
        return f"{self._close_line()}{rule}{', '.join(parts)}\n"

    def _start_turn(self, step: Step) -> str:
        return self._heading(step.event.turn_number or 0)

    def _heading(self, turn_number: int | None) -> str:
        if turn_number is None or turn_number == self._turn:
            return ""
        self._turn = turn_number
        return f"{self._close_line()}{self._rule(f'turn {turn_number}')}"

    def _stream(self, step: Step) -> str:
        event = step.event
        key = (event.agent_id or "", event.data.get("response"))
        if key == self._live or not self._streamed:
            return ""
        return self._heading(event.turn_number) + self._say(key, event.data.get("delta", ""))

    def _end_response(self, step: Step) -> str:
        """Show what was not shown yet of a response that ended, and how it ended."""
        event = step.event
        key = (event.agent_id or "", event.data.get("response"))
        shown = self._heading(event.turn_number)
        if key != self._speaking:
            shown += self._think(event) + self._say(key, event.data.get("content", ""))
        shown += self._close_line()
        self._speaking = self._live = None
        if event.type == "response.completed":
            figures = ", ".join(response_figures(event.data))
            return shown + self._dim(f"[{figures}]") if figures else shown
        words = cut_words(event.data)
        return shown + self._dim(f"[{words}; no message]" if step.message is None else f"[{words}]")

    def _cut(self, cut: Cut | None) -> str:
        """Show that a response ended without a word, and what came of it if that was not yet."""
        shown = ""
        if cut is not None and not self._streamed and self._choice.shows(cut.began):
            response = cut.response
            if content := "".join(response.pieces):
                shown = self._heading(cut.began.turn_number)
                shown += self._say((response.agent_id, response.response), content)
        if self._speaking is None:
            return ""
        self._speaking = self._live = None
        return shown + self._close_line() + self._dim("[cut off here; no message]")

    def _think(self, event: Event) -> str:
        """Show the thinking that came with a response, before what it said."""
        reasoning = event.data.get("reasoning", "").strip("\n")
        if not reasoning or not self._choice.reasoning:
            return ""
        thoughts = indented(reasoning)
        return f"\n{self._speaker(event.agent_id or '')}, thinking\n{thoughts}\n"

    def _intervene(self, step: Step) -> str:
        data = step.event.data
        label = f"intervention by {data.get('source', 'somebody')} to {target_words(data)}"
        content = indented(data.get("content", ""))
        head = self._heading(step.event.turn_number) + self._close_line()
        return f"{head}\n{one_line(label)}\n{content}\n"

    def _note(self, step: Step, figure: str = "") -> str:
        words = note(step.event)
        if words is None:
            return ""
        head = self._heading(step.event.turn_number) + self._close_line()
        return head + self._dim(f"· {one_line(words)}{figure}")

    def _measure(self, step: Step) -> str:
        """Show a score, and behind it the last ones as a line of bars."""
        score = step.event.data.get("score")
        if score is None:
            return self._note(step)
        self._bars.append(bar(score))
        return self._note(step, f"  {''.join(self._bars)}")

    def _say(self, key: Key, words: str) -> str:
        shown = ""
        if key != self._speaking:
            self._speaking = key
            shown = f"{self._close_line()}\n{self._speaker(key[0])}\n"
        if not words:
            return shown
        shown += indented(words, at_line_start=not self._line_open)
        self._line_open = not words.endswith("\n")
        return shown

    def _speaker(self, agent_id: str) -> str:
        name = speaker(self._conversation, agent_id)
        model = speaker_model(self._conversation, agent_id)
        label = one_line(f"{name} ({model})" if model else name)
        ids = [agent.agent_id for agent in self._conversation.agents]
        place = ids.index(agent_id) if agent_id in ids else 0
        return self._painted(label, _COLOURS[place % len(_COLOURS)])

    def _close_line(self) -> str:
        ending = "\n" if self._line_open else ""
        self._line_open = False
        return ending

    def _rule(self, words: str) -> str:
        return "\n" + self._dim(f"── {words} ──")

    def _dim(self, words: str) -> str:
        return f"{self._painted(words, _DIM)}\n"

    def _painted(self, words: str, code: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if self._colour else words


def indented(words: str, *, at_line_start: bool = True) -> str:
    """Give what somebody said, made visible and with every line of it indented."""
    shown = _LINE_BEGINS.sub(INDENT, visible(words))
    return INDENT + shown if at_line_start and shown and shown[0] != "\n" else shown


_SHOWN: dict[str, Callable[[TextView, Step], str]] = {
    "experiment.started": TextView._start,
    "experiment.completed": TextView._end,
    "experiment.failed": TextView._end,
    "turn.started": TextView._start_turn,
    "response.streaming": TextView._stream,
    "response.completed": TextView._end_response,
    "response.interrupted": TextView._end_response,
    "conductor.intervention": TextView._intervene,
    "convergence.measured": TextView._measure,
}
