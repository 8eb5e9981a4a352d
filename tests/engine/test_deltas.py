from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.engine.deltas import ChunkSample, DeltaJoiner

pieces = st.lists(st.tuples(st.text(min_size=1), st.floats(0, 2)))


def fed(joiner: DeltaJoiner, arrivals: list[tuple[str, float]]) -> list[str]:
    now, deltas = 0.0, []
    for text, later in arrivals:
        now += later
        deltas += joiner.feed(text, now)
    return [*deltas, *filter(None, [joiner.flush()])]


@given(pieces)
def test_the_deltas_joined_are_the_text(arrivals: list[tuple[str, float]]) -> None:
    assert "".join(text for text, _ in arrivals) == "".join(fed(DeltaJoiner(0.25), arrivals))


def test_pieces_are_joined_until_the_time_is_over() -> None:
    arrivals = [("a", 0.0), ("b", 0.1), ("c", 0.1), ("d", 0.1), ("e", 0.1)]
    assert ["abc", "de"] == fed(DeltaJoiner(0.25), arrivals)


def test_a_thousand_characters_make_a_delta_whole() -> None:
    arrivals = [("x" * 400, 0.0), ("y" * 599, 0.0), ("z", 0.0), ("!", 0.0)]
    assert [1000, 1] == [len(delta) for delta in fed(DeltaJoiner(0.25), arrivals)]


def test_a_time_of_zero_leaves_every_piece_as_it_came() -> None:
    assert ["a", "b"] == fed(DeltaJoiner(0), [("a", 0.0), ("b", 0.0)])


def sampled(which: str, chunks: int) -> list[int]:
    sample = ChunkSample(which)  # type: ignore[arg-type]
    recorded = [sample.feed(1, float(number)) for number in range(chunks)]
    return [chunk[0] for chunk in [*recorded, sample.last()] if chunk is not None]


def test_the_first_every_tenth_and_the_last_chunk_are_recorded() -> None:
    assert [0, 10, 20, 24] == sampled("sampled", 25)


def test_a_last_chunk_that_was_recorded_is_not_recorded_again() -> None:
    assert [0, 10] == sampled("sampled", 11)


def test_all_chunks_or_none_can_be_asked_for() -> None:
    assert ([0, 1, 2], []) == (sampled("all", 3), sampled("none", 3))


def test_no_chunk_is_no_last_chunk() -> None:
    assert [] == sampled("sampled", 0)
