"""Reading: what one pass over a message gives, so that no measure goes over it twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Self

from pidgin_cli.measures.phrases import Phrase, phrases
from pidgin_cli.measures.structure import Sentence, blocks, punctuation, sentences


@dataclass(frozen=True, slots=True)
class Reading:
    """Counts of one text: how often each word, phrase and mark stands in it, and its blocks.

    Args:
        lengths: of the sentences in words, the longest first.
        length: of the text in words.
    """

    sentences: list[Sentence]
    lengths: list[int]
    words: Counter[str]
    phrases: Counter[Phrase]
    marks: Counter[str]
    blocks: Counter[str]
    length: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a text."""
        found = sentences(text)
        counts = Counter(chain.from_iterable(sentence.words for sentence in found))
        spoken = phrases(sentence.words for sentence in found)
        lengths = sorted((len(sentence.words) for sentence in found), reverse=True)
        return cls(found, lengths, counts, spoken, punctuation(text), blocks(text), counts.total())

    @property
    def blank(self) -> bool:
        """Whether nothing was said: no word and no mark."""
        return not self.words and not self.marks
