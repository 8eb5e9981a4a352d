"""What a simulated agent takes in before it speaks: the conversation's two ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.sim.phrases import STOPWORDS
from pidgin_cli.providers.sim.topics import TOPIC_OF_NOUN

NEWEST = 16
"""Messages within which, with eight agents and interventions by all means, the last words stand."""
LISTENED = 600
"""Characters from the beginning of a text of which words are picked, so that none costs more."""
_WORD = re.compile(r"(?<!\w)[^\W\d_]{3,16}(?!\w)")


@dataclass(frozen=True, slots=True)
class Scene:
    """The conversation as an agent finds it when its turn comes.

    Args:
        heard: the newest words of somebody else, whole; the prompt for the first who speaks.
        prompt: the first words of the conversation.
        persona: the newest words of the system, None where there are none.
        persona_is_new: whether the agent has not spoken since it was given the persona.
        begins: whether the agent has not spoken at all.
    """

    heard: str
    prompt: str
    persona: str | None
    persona_is_new: bool
    begins: bool

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Scene:
        """Look at the first two messages and the newest ones."""
        first, newest = messages[:2], messages[-NEWEST:]
        own = max(
            (i for i, message in enumerate(newest) if message.role == "assistant"), default=-1
        )
        since = newest[own + 1 :]
        new_persona = _last(since, "system")
        persona = new_persona or _last(newest, "system") or _last(first, "system")
        heard = _last(newest, "user")
        prompt = next((message for message in first if message.role == "user"), None)
        return cls(
            _said(heard),
            _said(prompt),
            persona.content if persona else None,
            new_persona is not None,
            own < 0 and len(messages) <= NEWEST,
        )


def notable_words(text: str) -> list[str]:
    """Give the words worth picking up: those of a topic where there are any, else what is rare.

    In the order of the text, each once, at most twelve.
    """
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text[:LISTENED]))
    rare = [word for word in words if word not in STOPWORDS]
    return ([word for word in rare if word in TOPIC_OF_NOUN] or rare)[:12]


def _last(messages: Sequence[Message], role: str) -> Message | None:
    return next((message for message in reversed(messages) if message.role == role), None)


def _said(message: Message | None) -> str:
    """Give the words without the name that stands before them when more than two take part."""
    if message is None:
        return ""
    return message.content.removeprefix(f"{message.name}: ") if message.name else message.content
