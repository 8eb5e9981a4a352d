"""Views of what one agent was sent: as Markdown, as text, as a JSON document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.event import Event
from pidgin_cli.events.perspective import Message
from pidgin_cli.views.quotation import inline, quoted
from pidgin_cli.views.sent import Call, Sent
from pidgin_cli.views.text import indented
from pidgin_cli.views.view import EVERYTHING, Choice
from pidgin_cli.views.visible import one_line


@dataclass(frozen=True, slots=True)
class _Words:
    """How a view says what it shows: each gives a piece of text.

    Args:
        title: of the agent's id and the experiment's.
        heading: of a turn.
        call: of a call with the messages that were new in it.
        summary: of how many calls the log confirms.
    """

    title: Callable[[str, str], str]
    heading: Callable[[int], str]
    call: Callable[[Call], str]
    summary: Callable[[str], str]


class _SentWords:
    """A heading a turn, and under it each call with the messages that were new in it."""

    def __init__(self, words: _Words, agent_id: str, choice: Choice) -> None:
        self._words = words
        self._agent_id = agent_id
        self._sent = Sent(agent_id, choice)
        self._turn: int | None = None
        self._titled = False

    def feed(self, event: Event) -> str:
        """Give what the next event adds."""
        call = self._sent.take(event)
        title = self._title(event.experiment_id)
        return title if call is None else title + self._heading(call) + self._words.call(call)

    def finish(self) -> str:
        """Give of how many calls the log confirms what was shown."""
        return self._title("an empty log") + self._words.summary(self._sent.summary)

    def _title(self, experiment_id: str) -> str:
        if self._titled:
            return ""
        self._titled = True
        return self._words.title(self._agent_id, experiment_id)

    def _heading(self, call: Call) -> str:
        if call.turn_number is None or call.turn_number == self._turn:
            return ""
        self._turn = call.turn_number
        return self._words.heading(call.turn_number)


class SentMarkdown(_SentWords):
    """What was sent as Markdown, the messages quoted."""

    def __init__(self, agent_id: str, choice: Choice = EVERYTHING) -> None:
        super().__init__(_MARKDOWN, agent_id, choice)


class SentText(_SentWords):
    """The same as plain text; what was sent is indented, and nothing else is."""

    def __init__(self, agent_id: str, choice: Choice = EVERYTHING) -> None:
        super().__init__(_TEXT, agent_id, choice)


def _markdown_of(call: Call) -> str:
    messages = [f"**{inline(_label(each))}**\n\n{quoted(each.content)}\n" for each in call.new]
    return f"*{inline(call.words)}*\n\n{''.join(messages)}"


def _text_of(call: Call) -> str:
    messages = [f"\n{one_line(_label(each))}\n{indented(each.content)}\n" for each in call.new]
    return f"[{one_line(call.words)}]\n{''.join(messages)}"


_MARKDOWN = _Words(
    title=lambda agent, log: f"# What {inline(agent)} was sent in {inline(log)}\n\n",
    heading=lambda turn: f"## Turn {turn}\n\n",
    call=_markdown_of,
    summary=lambda words: f"## Summary\n\n*{inline(words)}*\n",
)
_TEXT = _Words(
    title=lambda agent, log: f"what {one_line(agent)} was sent in {one_line(log)}\n",
    heading=lambda turn: f"\n── turn {turn} ──\n",
    call=_text_of,
    summary=lambda words: f"\n── {one_line(words)} ──\n",
)


class SentDocument:
    """All messages once, and the calls, each of which was sent so many of them from the first."""

    def __init__(self, agent_id: str, choice: Choice = EVERYTHING) -> None:
        self._agent_id = agent_id
        self._sent = Sent(agent_id, choice)
        self._calls: list[Call] = []
        self._messages: list[Message] = []

    def feed(self, event: Event) -> str:
        """Take in the next event, and give nothing yet."""
        call = self._sent.take(event)
        if call is not None:
            self._calls.append(call)
            self._messages += call.new
        return ""

    def finish(self) -> str:
        """Give the document as one line of JSON; `sent.schema.json` describes it."""
        document: dict[str, Any] = {
            "experiment_id": self._sent.conversation.experiment_id,
            "agent_id": self._agent_id,
            "messages": [message.fields() for message in self._messages],
            "calls": [_call(call) for call in self._calls],
        }
        return encode_value(document).decode() + "\n"


def _call(call: Call) -> dict[str, Any]:
    return {
        "turn_number": call.turn_number,
        "response": call.response,
        "attempt": call.attempt,
        "messages": call.messages,
        "messages_sha256": call.sha256,
        "holds": call.holds,
    }


def _label(message: Message) -> str:
    return message.role if message.name is None else f"{message.role} ({message.name})"
