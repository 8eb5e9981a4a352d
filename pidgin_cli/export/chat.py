"""Conversations as training data: the chat format, from one agent's side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.perspective import Message
from pidgin_cli.export.conversion import all_items


class Chats:
    """A line for each conversation in which the agent spoke: `{"messages":[…]}`.

    Its own words are `assistant`, what it was told `system` and `user`, just as it was sent them.
    What came after its last words is left out, for there is nothing to learn an answer from. A
    line is given when its experiment is completed, or at the end; the order is that.

    `noted` holds the ids of all agents that took part.
    """

    def __init__(self, agent_id: str) -> None:
        self._agent_id = agent_id
        self._conversations: dict[str, Conversation] = {}
        self.noted: set[str] = set()

    def complete(self, events: Iterable[Event]) -> Iterator[bytes]:
        """Give the lines of experiments as they are completed."""
        conversations = self._conversations
        for event in events:
            conversation = conversations.get(event.experiment_id)
            if conversation is None:
                conversation = conversations[event.experiment_id] = Conversation()
            conversation.apply(event)
            if event.type == "experiment.started":
                self.noted.update(agent.agent_id for agent in conversation.agents)
            elif event.type == "experiment.completed":
                del conversations[event.experiment_id]
                yield from _line(conversation, self._agent_id)

    def rest(self) -> Iterator[bytes]:
        """Give the lines of what is not completed, when no more events come."""
        for conversation in self._conversations.values():
            yield from _line(conversation, self._agent_id)


def chats(events: Iterable[Event], agent_id: str) -> Iterator[bytes]:
    """Give the lines of all conversations of a stream."""
    return all_items(Chats(agent_id), events)


def _line(conversation: Conversation, agent_id: str) -> Iterator[bytes]:
    perspective = conversation.perspectives.get(agent_id)
    messages: list[Message] = [] if perspective is None else list(perspective.messages)
    while messages and messages[-1].role != "assistant":
        messages.pop()
    if messages:
        yield encode_object({"messages": [message.fields() for message in messages]})
