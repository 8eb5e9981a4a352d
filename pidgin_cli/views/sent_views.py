"""Views of what one agent was sent: as Markdown, as text, as a JSON document."""

from __future__ import annotations

from typing import Any

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.event import Event
from pidgin_cli.events.perspective import Message
from pidgin_cli.views.quotation import inline, quoted
from pidgin_cli.views.sent import Call, Sent
from pidgin_cli.views.text import indented
from pidgin_cli.views.view import EVERYTHING, Choice
from pidgin_cli.views.visible import one_line


class SentMarkdown:
    """A heading a turn, and under it each call with the messages that were new in it."""

    def __init__(self, agent_id: str, choice: Choice = EVERYTHING) -> None:
        self._agent_id = agent_id
        self._sent = Sent(agent_id, choice)
        self._turn: int | None = None
        self._titled = False

    def feed(self, event: Event) -> str:
        """Give what the next event adds."""
        call = self._sent.take(event)
        title = "" if self._titled else self._title(event.experiment_id)
        return title if call is None else title + self._heading(call) + _markdown_of(call)

    def finish(self) -> str:
        """Give of how many calls the log confirms what was shown."""
        title = "" if self._titled else self._title("an empty log")
        return f"{title}## Summary\n\n*{inline(self._sent.summary)}*\n"

    def _title(self, experiment_id: str) -> str:
        self._titled = True
        return f"# What {inline(self._agent_id)} was sent in {inline(experiment_id)}\n\n"

    def _heading(self, call: Call) -> str:
        if call.turn_number is None or call.turn_number == self._turn:
            return ""
        self._turn = call.turn_number
        return f"## Turn {call.turn_number}\n\n"


def _markdown_of(call: Call) -> str:
    messages = [f"**{inline(_label(each))}**\n\n{quoted(each.content)}\n" for each in call.new]
    return f"*{inline(call.words)}*\n\n{''.join(messages)}"


class SentText:
    """The same as plain text; what was sent is indented, and nothing else is."""

    def __init__(self, agent_id: str, choice: Choice = EVERYTHING) -> None:
        self._agent_id = agent_id
        self._sent = Sent(agent_id, choice)
        self._turn: int | None = None
        self._titled = False

    def feed(self, event: Event) -> str:
        """Give what the next event adds."""
        call = self._sent.take(event)
        title = "" if self._titled else self._title(event.experiment_id)
        return title if call is None else title + self._heading(call) + _text_of(call)

    def finish(self) -> str:
        """Give of how many calls the log confirms what was shown."""
        title = "" if self._titled else self._title("an empty log")
        return f"{title}\n── {one_line(self._sent.summary)} ──\n"

    def _title(self, experiment_id: str) -> str:
        self._titled = True
        return f"what {one_line(self._agent_id)} was sent in {one_line(experiment_id)}\n"

    def _heading(self, call: Call) -> str:
        if call.turn_number is None or call.turn_number == self._turn:
            return ""
        self._turn = call.turn_number
        return f"\n── turn {call.turn_number} ──\n"


def _text_of(call: Call) -> str:
    messages = [f"\n{one_line(_label(each))}\n{indented(each.content)}\n" for each in call.new]
    return f"[{one_line(call.words)}]\n{''.join(messages)}"


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
