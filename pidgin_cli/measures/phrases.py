"""Phrases: the runs of words that agents take over from each other and from themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pidgin_cli.measures.precision import rounded

PHRASE = 3
"""Words of a phrase: pairs of words are shared by chance, longer runs only where one copies."""

Phrase = tuple[str, ...]


def phrases(sentences: Iterable[Sequence[str]]) -> Counter[Phrase]:
    """Count the phrases in sentences of words; none goes from one sentence into the next."""
    return Counter(
        phrase
        for words in sentences
        for phrase in zip(*(words[place:] for place in range(PHRASE)), strict=False)
    )


def mimicry(said: Counter[Phrase], heard: Iterable[Counter[Phrase]]) -> float:
    """Give how much of a message an agent took over from what the others had said.

    It has a direction: of two agents, each has a mimicry of the other.

    Range: 0 (nothing, and for a message without a phrase) to 1 (every phrase), four decimals.
    Formula: Σ count(p) over phrases p of the message that stand in what was heard / Σ count(p)
    over all its phrases; a phrase is a run of three words within a sentence.
    Source: pidgin's own; after the expression repetition ratio of G. Dubuisson Duplessis,
    C. Clavel and F. Landragin, "Automatic Measures to Characterise Verbal Alignment in Human-Agent
    Interaction", SIGDIAL 2017, with runs of one fixed length.
    """
    return _share(said, heard, within=False)


def repetition(said: Counter[Phrase], before: Iterable[Counter[Phrase]]) -> float:
    """Give how much of a message repeats what the same agent said before, or in it.

    Range: 0 (nothing, and for a message without a phrase) towards 1, four decimals.
    Formula: as `mimicry`, with the agent's own messages before; of a phrase that is new, each time
    after the first counts as well.
    Source: pidgin's own; the self-repetition of the work cited at `mimicry`.
    """
    return _share(said, before, within=True)


def _share(said: Counter[Phrase], sources: Iterable[Counter[Phrase]], *, within: bool) -> float:
    known = list(sources)
    taken = sum(
        count if any(phrase in source for source in known) else (count - 1) * within
        for phrase, count in said.items()
    )
    return rounded(taken / said.total()) if said else 0.0
