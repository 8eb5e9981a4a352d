"""What one agent was sent, call by call, held against the hash that the log has of it."""

from __future__ import annotations

from dataclasses import dataclass

from pidgin_cli.errors import UsageError
from pidgin_cli.events import payload
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.perspective import Message, Perspective
from pidgin_cli.views.figures import counted
from pidgin_cli.views.view import Choice


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a service in the name of the agent.

    Args:
        messages: how many it was sent; the history only grows, so that they are its beginning.
        new: those of them that no call before it was shown with.
        holds: whether number and hash of the messages are those of the log; None where it has none.
    """

    turn_number: int | None
    response: int | None
    attempt: int | None
    messages: int
    new: list[Message]
    sha256: str | None
    holds: bool | None

    @property
    def words(self) -> str:
        """Say in one line what was sent, and whether the log confirms it."""
        place = f"response {self.response}" if self.response is not None else "a response"
        place += f", attempt {self.attempt}" if (self.attempt or 1) > 1 else ""
        sent = f"sent {counted(self.messages, 'message')}, {len(self.new)} of them new"
        return f"{place}: {sent}; {_VERDICTS[self.holds]}"


_VERDICTS = {
    True: "the log's hash of them holds",
    False: "the log's hash of them does NOT hold: what is shown is not what was sent",
    None: "the log has no hash of them",
}


class Sent:
    """The fold as this agent sees it, and how its calls did."""

    def __init__(self, agent_id: str, choice: Choice) -> None:
        self._agent_id = agent_id
        self._choice = choice
        self._shown = 0
        self._broken: list[Call] = []
        self._unproven = 0
        self.calls = 0
        self.conversation = Conversation()

    def take(self, event: Event) -> Call | None:
        """Take in the next event, and give the call that it begins.

        Raises:
            UsageError: the conversation begins, and the agent takes no part in it.
        """
        self.conversation.apply(event)
        self.conversation.messages.clear()
        self.conversation.interventions.clear()
        if event.type == "experiment.started" and event.v == SCHEMA_VERSION:
            self._check_agent()
        if event.type != "api.call.started" or event.agent_id != self._agent_id:
            return None
        if event.v != SCHEMA_VERSION or not self._choice.shows(event):
            return None
        call = self._call(event, self.perspective)
        self.calls += 1
        self._unproven += call.holds is None
        if call.holds is False:
            self._broken.append(call)
        return call

    @property
    def perspective(self) -> Perspective:
        """What the agent would be sent now."""
        return self.conversation.perspectives.get(self._agent_id) or Perspective()

    @property
    def summary(self) -> str:
        """Say of how many calls the hash holds."""
        parts = [counted(self.calls, "call")]
        if self._broken:
            places = ", ".join(f"turn {call.turn_number}" for call in self._broken)
            parts.append(f"the log's hash does not hold for {len(self._broken)}: {places}")
        if self._unproven:
            parts.append(f"the log has no hash for {self._unproven}")
        holding = self.calls - self._unproven - len(self._broken)
        if holding:
            parts.append(f"the log's hash holds for {'all' if holding == self.calls else holding}")
        return "; ".join(parts)

    def _check_agent(self) -> None:
        agents = [agent.agent_id for agent in self.conversation.agents]
        if self._agent_id not in agents:
            raise UsageError(
                f"no agent {self._agent_id!r} in {self.conversation.experiment_id}: "
                f"there are {', '.join(agents) or 'none'}"
            )

    def _call(self, event: Event, perspective: Perspective) -> Call:
        count = len(perspective.messages)
        new = perspective.messages[self._shown :]
        self._shown = count
        said = payload.integer(event.data, "messages")
        sha256 = payload.text(event.data, "messages_sha256")
        holds = None if sha256 is None else sha256 == perspective.sha256 and said in (None, count)
        return Call(
            event.turn_number,
            payload.integer(event.data, "response"),
            payload.integer(event.data, "attempt"),
            count,
            new,
            sha256,
            holds,
        )
