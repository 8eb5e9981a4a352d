"""Gratitude: a thanks spiral, in which the agents do little but thank each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pidgin_cli.measures.attractor import Attractor, Remark, confidence, last_turns, turn_numbers
from pidgin_cli.measures.structure import Sentence
from pidgin_cli.measures.words import listed

SHARE = 0.5
"""Of a turn's sentences, at least so many are thanks."""

THANKS = listed(
    "thank thanks thanking thankyou thx namaste 🙏 gracias merci danke grazie obrigado obrigada"
    " спасибо 谢谢 謝謝 感谢 感謝 감사합니다 고마워요 고맙습니다"
)
"""Words that are thanks wherever they stand."""

GRATEFUL = listed(
    "grateful gratefully gratitude thankful thankfulness appreciate appreciated appreciating"
    " appreciation blessed blessing honored honoured cherish cherished"
)
"""Words that are thanks only where somebody says `PERSONS`: one can also talk about gratitude."""

PERSONS = listed(
    "i i'm i've i'll me my mine we we're we've our ours us you you're you've your yours"
)


def gratitude(remarks: Sequence[Remark], repetitions: int) -> Attractor | None:
    """Find a thanks spiral.

    Formula: in each of the last n ≥ repetitions turns, every message thanks, and at least half
    of all sentences that have a letter or thank are thanks. Strength: the share of such sentences
    over these turns.
    Source: pidgin's own lists of words, described at `THANKS` and `GRATEFUL`.
    """
    run = last_turns(remarks, _is_thanks)
    if len(run) < repetitions:
        return None
    thankful = list(chain.from_iterable(run))
    return Attractor(
        "gratitude",
        f"At least half of every one of the last {len(run)} turns is thanks.",
        confidence(_share(thankful), len(run)),
        turn_numbers(thankful),
    )


def _is_thanks(turn: list[Remark]) -> bool:
    return all(_share([remark]) > 0 for remark in turn) and _share(turn) >= SHARE


def _share(remarks: list[Remark]) -> float:
    thanks = counted = 0
    for remark in remarks:
        for sentence in remark.reading.sentences:
            if _thanks(sentence):
                thanks += 1
                counted += 1
            elif any(word[0].isalnum() for word in sentence.words):
                counted += 1
    return thanks / counted if counted else 0.0


def _thanks(sentence: Sentence) -> bool:
    if not THANKS.isdisjoint(sentence.words):
        return True
    return not (GRATEFUL.isdisjoint(sentence.words) or PERSONS.isdisjoint(sentence.words))
