"""What one agent is sent: the conversation as it looks from where that agent stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.usage import estimated_tokens

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: the agent's own words are `assistant`, everybody else's `user`."""

    role: Role
    content: str
    name: str | None = None

    def fields(self) -> dict[str, Any]:
        """Give the message as services know it: role, content, and name where there is one."""
        fields = {"role": self.role, "content": self.content}
        return fields if self.name is None else {**fields, "name": self.name}

    def line(self) -> bytes:
        """Give the message as one line of JSON."""
        return encode_object(self.fields())


class Perspective:
    """The growing list of messages that one agent is sent.

    It is kept message by message, so that a turn costs the same however long the conversation is.
    """

    __slots__ = ("_counted", "_counted_characters", "_hash", "characters", "messages")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.characters = 0
        self._hash = hashlib.sha256()
        self._counted = 0
        self._counted_characters = 0

    def add(self, message: Message) -> None:
        """Put one more message at the end."""
        self.messages.append(message)
        self.characters += len(message.content)
        self._hash.update(message.line())

    def count(self, tokens: int) -> None:
        """Take in how many tokens a service counted in all messages so far."""
        self._counted, self._counted_characters = tokens, self.characters

    @property
    def tokens(self) -> int:
        """An estimate: what was counted last, and the rule of thumb for what came since."""
        return self._counted + estimated_tokens(self.characters - self._counted_characters)

    @property
    def most_tokens(self) -> int:
        """What it can hardly be more than: what was counted, and a token a character since."""
        return self._counted + self.characters - self._counted_characters

    @property
    def sha256(self) -> str:
        """SHA-256 of the messages' lines, in hex digits."""
        return self._hash.hexdigest()
