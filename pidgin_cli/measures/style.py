"""Style: whether two texts use the small words that carry grammar rather than topic alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import fsum
from types import MappingProxyType

from pidgin_cli.measures.words import listed

FUNCTION_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "articles": listed("a an the"),
        "personal pronouns": listed(
            "i i'm i've i'd i'll me my mine myself you you're you've you'd you'll your yours"
            " yourself he he's him his himself she she's her hers herself we we're we've we'd we'll"
            " us our ours ourselves they they're they've they'd they'll them their theirs"
            " themselves"
        ),
        "impersonal pronouns": listed(
            "it it's its itself this that that's these those what which who whom whose something"
            " anything nothing everything someone anyone everyone somebody anybody everybody"
        ),
        "prepositions": listed(
            "about above across after against along among around at before behind below beneath"
            " beside between beyond by down during for from in inside into near of off on onto out"
            " over past through to toward towards under until up upon with within without"
        ),
        "auxiliary verbs": listed(
            "am is are was were be been being have has had having do does did can could may might"
            " must shall should will would isn't aren't wasn't weren't haven't hasn't hadn't don't"
            " doesn't didn't can't couldn't mustn't shouldn't won't wouldn't"
        ),
        "adverbs": listed(
            "again already also always even ever here how however just maybe much now often only"
            " perhaps quite rather really so soon still then there too very well when where why yet"
        ),
        "conjunctions": listed(
            "and although as because but if nor or plus since than though unless whether while"
        ),
        "negations": listed(
            "no not never none neither nobody nowhere cannot isn't aren't wasn't weren't haven't"
            " hasn't hadn't don't doesn't didn't can't couldn't mustn't shouldn't won't wouldn't"
        ),
        "quantifiers": listed(
            "all another any both each either enough every few less little many more most much"
            " other others own same several some such whole"
        ),
    }
)
"""English words by what they do in a sentence; a word may do more than one thing."""


def style_matching(first: Counter[str], second: Counter[str]) -> float:
    """Give how alike two texts use function words, whatever they are about.

    Range: 0 to 1; a kind of words that neither uses is used alike, so that texts in another
    language than English are alike, 1.
    Formula: mean over the nine kinds of 1 - |p - q| / (p + q), where p and q are the shares of a
    kind among the words of each text.
    Source: Language Style Matching: A. Gonzales, J. Hancock and J. Pennebaker, "Language Style
    Matching as a Predictor of Social Dynamics in Small Groups", 2010, with exact zeros in place of
    the 0.0001 that keeps its divisor from being one; the lists are pidgin's own.
    """
    # A text without a word, such as "…", uses no kind.
    sizes = (max(first.total(), 1), max(second.total(), 1))
    alike = []
    for words in FUNCTION_WORDS.values():
        # Cross products keep the shares whole numbers until the one division.
        one = sum(first[word] for word in words & first.keys()) * sizes[1]
        other = sum(second[word] for word in words & second.keys()) * sizes[0]
        alike.append(1 - abs(one - other) / (one + other) if one + other else 1.0)
    return fsum(alike) / len(alike)
