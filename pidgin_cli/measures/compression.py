"""Compression: how much of what an agent says could be left out, for it was said before."""

from __future__ import annotations

import bz2
from collections.abc import Iterable

from pidgin_cli.measures.precision import rounded

LONGEST = 20_000
"""Characters of each text that are looked at, so that one odd message costs no more than others."""


def compression(texts: Iterable[str]) -> float:
    """Give how small texts become together when they are packed.

    Range: above 0 (the same again and again) to 1 (nothing can be saved, and for no text), four
    decimals. Short texts are near 1 whatever they say, for packing has a size of its own.
    Formula: min(1, bytes packed by bzip2 / bytes of UTF-8), lines joined by newlines.
    Source: the inverse of the compression ratio in C. Shaib et al., "Standardizing the Measurement
    of Text Diversity", 2024. bzip2, unlike the many makers of gzip, packs the same text into the
    same bytes everywhere.
    """
    joined = "\n".join(text[:LONGEST] for text in texts).encode(errors="replace")
    return rounded(min(1.0, len(bz2.compress(joined)) / len(joined))) if joined else 1.0
