"""Digests: lines are cut into passages so that only few of them have to be looked into."""

from __future__ import annotations

import pytest

from pidgin_cli.checks.digest import passages

PLAIN = b'{"type":"a","experiment_id":"e"}\n'
SEALED = b'{"type":"checkpoint.saved","experiment_id":"e","data":{"digest":"sha256:0"}}\n'
ESCAPED = b'{"type":"checkpoint.saved","experiment_id":"e","data":{"\\u0064igest":"sha256:0"}}\n'


def cut(*blocks: bytes) -> list[tuple[int, int, bytes | None]]:
    """Give how many lines each passage skips, and number and bytes of the one behind them."""
    found = list(passages(blocks))
    together = b"".join(each.lines + (each.last.data if each.last else b"") for each in found)
    assert b"".join(blocks) == together
    assert all(each.number == len(each.lines.splitlines()) for each in found)
    return [
        (each.number, each.last.number if each.last else 0, each.last.data if each.last else None)
        for each in found
    ]


@pytest.mark.parametrize("line", [SEALED, ESCAPED], ids=["plain", "escaped"])
def test_a_passage_ends_with_a_line_that_may_hold_a_digest(line: bytes) -> None:
    assert [(2, 3, line), (1, 0, None)] == cut(PLAIN * 2 + line + PLAIN)


def test_lines_with_digests_may_follow_each_other() -> None:
    assert [(0, 1, SEALED), (0, 2, SEALED)] == cut(SEALED * 2)


def test_lines_are_counted_over_all_blocks() -> None:
    assert [(3, 0, None), (1, 5, SEALED), (2, 0, None)] == cut(
        PLAIN * 3, PLAIN + SEALED + PLAIN * 2
    )


def test_a_torn_end_is_a_line() -> None:
    assert [(2, 0, None)] == cut(PLAIN + PLAIN[:-9])
    assert [(1, 2, SEALED[:-9])] == cut(PLAIN + SEALED[:-9])
    assert [] == cut()


def test_a_line_has_its_offset() -> None:
    (first, second) = passages([PLAIN, PLAIN + SEALED])
    assert first.last is None
    assert second.last is not None
    assert 2 * len(PLAIN) == second.last.offset
