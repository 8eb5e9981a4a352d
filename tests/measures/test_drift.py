import pytest

from pidgin_cli.measures.drift import length_drift


@pytest.mark.parametrize(
    ("length", "before", "drift"),
    [(9, [4, 4], 1.0), (4, [9], -1.0), (7, [6, 8], 0.0), (0, [1], -1.0), (100, [], 0.0)],
)
def test_a_message_is_longer_or_shorter_than_usual(length: int, before: list[int], drift: float):
    assert drift == length_drift(length, before)
