from __future__ import annotations

import pytest

from pidgin_cli.cli.progress import Progress

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def now() -> list[float]:
    return [100.0]


def test_work_that_lasts_is_shown_now_and_then(now: list[float], capfd: Captured) -> None:
    progress = Progress(1000, shown=True, monotonic=lambda: now[0])
    for seconds in (0.5, 0.4, 0.2, 0.05, 0.2):
        now[0] += seconds
        progress(100)
    assert "\r\x1b[K30 % of 1,000 bytes\r\x1b[K50 % of 1,000 bytes" == capfd.readouterr().err


def test_the_line_is_taken_away_once_if_it_stands(now: list[float], capfd: Captured) -> None:
    progress = Progress(1000, shown=True, monotonic=lambda: now[0])
    progress.clear()
    now[0] += 2
    progress(2000)
    progress.clear()
    progress.clear()
    assert "\r\x1b[K100 % of 1,000 bytes\r\x1b[K" == capfd.readouterr().err


@pytest.mark.parametrize(("total", "shown"), [(1000, False), (0, True)])
def test_without_a_terminal_or_work_nothing_is_shown(
    now: list[float], capfd: Captured, total: int, shown: bool
) -> None:
    progress = Progress(total, shown=shown, monotonic=lambda: now[0])
    now[0] += 5
    progress(100)
    progress.clear()
    assert "" == capfd.readouterr().err
