"""Plots: what stands beside them is short enough to be seen."""

from __future__ import annotations

import re

from pidgin_cli.events.event import Event
from pidgin_cli.views.charts import Charts
from pidgin_cli.views.figures import tick


def axis(*durations: float) -> list[str]:
    """Give what stands beside the plot of seconds, from below."""
    charts = Charts(lambda agent_id: 0)
    for turn_number, duration in enumerate(durations):
        data = {"response": turn_number, "content": "", "duration": duration}
        event = Event("response.completed", "exp_1", "", 0.0, turn_number, "agent_a", data)
        charts.take(event, duration)
    plots = "".join(charts.drawn(sum(durations), str)).split("<figcaption>Seconds of a response")[1]
    return re.findall(r'<text class="tick end" x="[^"]*" y="[^"]*">([^<]*)</text>', plots)[:3]


def test_seconds_beside_a_plot_stand_in_one_short_unit() -> None:
    assert ["0 s", "2.5 ms", "5 ms"] == axis(0.001, 0.004)
    assert ["0 s", "1 s", "2 s"] == axis(0.5, 1.5)
    assert ["0 s", "100 s", "200 s"] == axis(20.0, 130.0)
    assert ["0 s", "16.7 min", "33.3 min"] == axis(20.0, 1500.0)


def test_a_moment_beside_the_timeline_is_as_short_as_it_can_be() -> None:
    assert ["0 s", "5 ms", "0.25 s", "2 min 05 s"] == [*map(tick, (0.0, 0.005, 0.25, 125.0))]
