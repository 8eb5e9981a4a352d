"""Streams of bytes that are cut into packets anywhere."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st


def cut_somewhere(stream: bytes) -> st.SearchStrategy[list[bytes]]:
    places = st.lists(st.integers(0, len(stream)), max_size=12).map(sorted)
    return places.map(
        lambda cuts: [stream[start:end] for start, end in pairwise([0, *cuts, len(stream)])]
    )
