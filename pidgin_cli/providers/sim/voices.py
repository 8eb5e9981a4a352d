"""The styles of the simulated agents: what each of them says in a given scene."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pidgin_cli.providers.sim import phrases
from pidgin_cli.providers.sim.choice import Choice
from pidgin_cli.providers.sim.scene import Scene, notable_words
from pidgin_cli.providers.sim.tokens import tokens
from pidgin_cli.providers.sim.topics import TOPIC_OF_NOUN, TOPICS, Topic

CHATTY_LENGTH = 50
TERSE_LENGTH = 3
"""Tokens of a message, about, where nobody asks for a length."""
SENTENCE = 16
"""Tokens of a sentence, about."""
PARAGRAPH = 80
"""Tokens after which a message goes on in a new paragraph."""
REMEMBERED = 2_000
"""Characters of what the other side said whose sentences are not said again."""


@dataclass(slots=True)
class Speech:
    """One message in the making: who speaks about what, and the paragraphs so far.

    Args:
        length: tokens asked for; None where the style's own length stands.
    """

    scene: Scene
    choice: Choice
    turn_number: int
    length: int | None = None
    paragraphs: list[str] = field(default_factory=list)
    size: int = 0
    topic: Topic = TOPICS[0]
    words: Sequence[str] = ()
    used: set[str] = field(default_factory=set)

    def settle(self) -> None:
        """Choose the topic: one that was heard, the persona's, or at times a new one."""
        self.words = notable_words(self.scene.heard)
        persona = notable_words(self.scene.persona or "")
        heard = _topics_of(self.words)
        favourites = _topics_of(persona)
        if favourites and self.choice.chance(0.3):
            self.topic = self.choice.pick(favourites)
        elif heard and self.choice.chance(0.6):
            self.topic = self.choice.pick(heard)
        else:
            self.topic = self.choice.pick(TOPICS)
        said = self.scene.heard[:REMEMBERED]
        fixed = (*self.topic.sentences, *phrases.QUESTIONS)
        self.used = {sentence for sentence in fixed if sentence in said}

    def say(self, template: str) -> None:
        """Add a sentence, its gaps filled."""
        sentence = self.fill(template)
        if self.size >= PARAGRAPH * len(self.paragraphs):
            self.paragraphs.append(sentence)
        else:
            self.paragraphs[-1] += f" {sentence}"
        self.size += sum(1 for _ in tokens(sentence))

    def say_one_of(self, templates: Sequence[str]) -> None:
        """Add a sentence that this message does not have yet."""
        self.say(self.choice.pick_new(templates, self.used))

    def fill(self, template: str) -> str:
        """Put words into the gaps of a template."""
        pick, nouns = self.choice.pick, self.topic.nouns
        noun = pick(nouns)
        gaps: Mapping[str, Callable[[], str]] = {
            "{noun}": lambda: noun,
            "{other}": lambda: pick([other for other in nouns if other != noun]),
            "{image}": lambda: pick(self.topic.images),
            "{word}": lambda: pick(self.words or nouns),
            "{prompt}": lambda: pick(notable_words(self.scene.prompt) or nouns),
            "{persona}": lambda: pick(notable_words(self.scene.persona or "") or nouns),
        }
        for gap, filling in gaps.items():
            if gap in template:
                template = template.replace(gap, filling())
        return template[0].upper() + template[1:]

    def introduce(self) -> None:
        """Name the persona when it is new, and now and then later."""
        scene = self.scene
        if scene.persona and (scene.persona_is_new or self.choice.chance(0.1)):
            self.say_one_of(phrases.PERSONAS)

    def text(self) -> str:
        """Give the message."""
        return "\n\n".join(self.paragraphs)


def chatty(speech: Speech) -> str:
    """Pick up a word, add a thought or two, and as often as not ask something back."""
    speech.settle()
    choice = speech.choice
    target = (speech.length or CHATTY_LENGTH) * (0.7 + 0.5 * choice.position())
    speech.introduce()
    _open(speech)
    while not speech.paragraphs or speech.size < target - SENTENCE / 2:
        speech.say_one_of(_thoughts(speech))
    if choice.chance(0.5):
        speech.say_one_of(phrases.QUESTIONS)
    return speech.text()


def terse(speech: Speech) -> str:
    """Answer in a few words."""
    speech.settle()
    if speech.scene.persona_is_new:
        speech.say_one_of(phrases.TERSE_PERSONAS)
    before = speech.size
    while speech.size - before < (speech.length or TERSE_LENGTH):
        speech.say_one_of(phrases.TERSE)
    return speech.text()


def echo(speech: Speech) -> str:
    """Give back what was heard, up to the length where one was asked for."""
    heard = speech.scene.heard
    return heard if speech.length is None else "".join(islice(tokens(heard), speech.length))


def spiral(speech: Speech) -> str:
    """Begin like chatty; thanks come in from turn 4, brevity from 12, emoji from 20.

    From turn 32 on there are emoji only, and from 40 on there is only one.
    """
    turn, choice = speech.turn_number, speech.choice
    if turn < 4:
        return chatty(speech)
    speech.settle()
    grateful, brief, wordless = _ramp(turn, 4, 14), _ramp(turn, 12, 30), _ramp(turn, 20, 32)
    target = max(2.0, (speech.length or CHATTY_LENGTH) * (1 - brief))
    if not wordless:
        speech.introduce()
    if choice.chance(1 - grateful):
        _open(speech)
    while not speech.paragraphs or speech.size < target - SENTENCE / 2 * (1 - brief):
        if choice.chance(wordless):
            left = math.ceil(len(phrases.EMOJI) * (1 - _ramp(turn, 28, 40)))
            speech.say_one_of(phrases.EMOJI[: max(left, 1)])
        elif choice.chance(grateful):
            speech.say_one_of(phrases.THANKS if target > 20 else phrases.SHORT_THANKS)
        else:
            speech.say_one_of(_thoughts(speech))
    return speech.text()


def reasoning(speech: Speech) -> str:
    """Think for two sentences before speaking."""
    speech.settle()
    speech.say_one_of(phrases.THOUGHTS)
    speech.say_one_of(phrases.THOUGHTS)
    return speech.text()


VOICES: Mapping[str, Callable[[Speech], str]] = {
    "chatty": chatty,
    "terse": terse,
    "echo": echo,
    "spiral": spiral,
}


def _open(speech: Speech) -> None:
    scene, choice = speech.scene, speech.choice
    if scene.begins and scene.heard == scene.prompt:
        speech.say_one_of(phrases.BEGINNINGS)
    elif choice.chance(0.7):
        speech.say_one_of(phrases.OPENINGS)
    elif scene.prompt and choice.chance(0.2):
        speech.say_one_of(phrases.RETURNS)


def _thoughts(speech: Speech) -> Sequence[str]:
    return speech.topic.sentences if speech.choice.chance(0.6) else phrases.BRIDGES


def _topics_of(words: Sequence[str]) -> list[Topic]:
    """Give the topics of these words, each once, in the order of the words."""
    topics = {id(topic): topic for word in words if (topic := TOPIC_OF_NOUN.get(word))}
    return list(topics.values())


def _ramp(turn: int, first: int, last: int) -> float:
    """Give 0 up to the first turn, 1 from the last one on, and a straight line between."""
    return min(1.0, max(0.0, (turn - first) / (last - first)))
