from __future__ import annotations

import pytest

from pidgin_cli.filters.redaction.stretches import Stretch, stretches
from tests.filters.redaction.planted_events import line


def of(experiment_id: str, /, **data: object) -> bytes:
    return line("turn.started", data, experiment_id=experiment_id)


def test_lines_of_one_experiment_are_one_stretch() -> None:
    block = of("a") * 3
    assert stretches(block) == [Stretch(b"a", 0, len(block), 3)]


def test_lines_of_several_experiments_are_told_apart_and_keep_their_places() -> None:
    pieces = [
        (b"a", of("a") * 2),
        (b"b", of("b") * 3),
        (b"a", of("a")),
        ("ü".encode(), of("ü") * 2),
    ]
    block = b"".join(lines for _, lines in pieces)
    given = [(each.experiment, block[each.start : each.end]) for each in stretches(block)]
    assert given == pieces


@pytest.mark.parametrize(
    "other",
    [
        of("b").replace(b'"experiment_id"', b'"experiment\\u005fid"'),
        of("b").replace(b'"experiment_id"', b'"\\u0065xperiment_id"'),
        of("b").replace(b'"experiment_id":', b'"experiment_id" : '),
        of("b").replace(b'"b"', b'"\\u0062"'),
        of("a").replace(b',"data"', b',"experiment_id":"b","data"'),
        of("a").replace(b',"data"', b',"experiment\\u005Fid":"b","data"'),
        of("b", experiment_id="a"),
        of("b", experiment_id=7),
    ],
)
def test_an_id_that_is_written_in_another_way_is_found_as_decoding_finds_it(other: bytes) -> None:
    block = of("a") + other + of("a")
    end = len(of("a"))
    assert stretches(block) == [
        Stretch(b"a", 0, end, 1),
        Stretch(b"b", end, end + len(other), 1),
        Stretch(b"a", end + len(other), len(block), 1),
    ]


def test_bad_and_empty_lines_belong_to_what_stands_around_them() -> None:
    block = b"\nnonsense\n" + of("a") + b'{"experiment_id":"b"\n\n' + of("a") + b"{"
    assert [each.experiment for each in stretches(block)] == [b"a", b"b", b"a"]
    assert stretches(b"\n\nnonsense") == [Stretch(b"", 0, 10, 3)]


def test_canonical_lines_are_counted_whatever_their_texts_say() -> None:
    data = {"response": 0, "content": '"experiment_id":"a" and experiment_id'}
    block = of("a") * 3 + line("response.completed", data, experiment_id="a") + of("a") * 2
    assert stretches(block) == [Stretch(b"a", 0, len(block), 6)]
