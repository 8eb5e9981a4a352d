"""The text of a conversation, piece by piece."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.events.turns import turn_started
from pidgin_cli.views.figures import bar
from pidgin_cli.views.text import TextView, text
from tests.views.logs import cut, ended, log, measured, says, started, turn


def events_of(*drafts: Draft) -> list[Event]:
    ticks = count(1_000_000)
    stamp = Stamp("exp_1", clock=lambda: float(next(ticks)), token=lambda size: "0f" * size)
    return [stamp(draft) for draft in drafts]


def shown(view: TextView, *drafts: Draft) -> str:
    return "".join(map(view.feed, events_of(*drafts)))


def begun(**options: Any) -> TextView:
    view = TextView(**options)
    shown(view, started())
    return view


def test_deltas_are_shown_as_they_come() -> None:
    view = begun()
    pieces = [view.feed(event) for event in events_of(*says(0, "agent_a", 0, "Hel", "lo\nyou"))]
    assert pieces == [
        "",
        "",
        "\n── turn 0 ──\n\nagent_a (sim:chatty)\n  Hel",
        "lo\n  you",
        "",
        "\n[12 tokens, 1.2 s]\n",
    ]


def test_text_shown_live_is_not_shown_again() -> None:
    view = begun()
    speech = events_of(turn_started({}, 0), *says(0, "agent_a", 0, "Hello"))
    before = "".join(map(view.feed, speech[:3]))
    live = view.live("agent_a", 0, "Hel") + view.live("agent_a", 0, "lo")
    after = "".join(map(view.feed, speech[3:]))
    assert (before, live) == ("\n── turn 0 ──\n", "\nagent_a (sim:chatty)\n  Hello")
    assert after == "\n[12 tokens, 1.2 s]\n"


def test_a_response_without_deltas_is_shown_whole() -> None:
    speech = [draft for draft in says(0, "agent_a", 0, "Hello") if "streaming" not in draft.type]
    assert "\nagent_a (sim:chatty)\n  Hello\n[12 tokens, 1.2 s]\n" in shown(begun(), *speech)


def test_an_interrupted_response_without_deltas_is_shown_whole() -> None:
    speech = [d for d in cut(0, "agent_a", 0, "user", "Hel") if "streaming" not in d.type]
    assert "  Hel\n[interrupted by the user after 3 characters and 0.8 s]\n" in shown(
        begun(), *speech
    )


def test_live_text_without_a_last_word_is_marked_as_cut() -> None:
    view = begun()
    view.live("agent_a", 0, "Hel")
    assert view.finish().startswith("\n[cut off here; no message]\n")


def test_a_note_never_stands_on_the_line_of_speech() -> None:
    view = begun()
    view.live("agent_a", 0, "Hel")
    assert shown(view, *measured(0, 0.5)) == "\n\n── turn 0 ──\n· convergence 0.50  ▅\n"
    assert view.live("agent_a", 0, "lo") == "  lo"


def test_whatever_is_said_is_indented() -> None:
    forged = "── turn 9 ──\n\n· note\n\r\x0bagent_b (sim:terse)"
    view = begun()
    said = view.live("agent_a", 0, forged)
    lines = said.removeprefix("\nagent_a (sim:chatty)\n").split("\n")
    assert all(not line or line.startswith("  ") for line in lines)


def test_the_view_has_no_escape_sequences_unless_they_are_asked_for() -> None:
    drafts = [started(), *turn(0, says(0, "agent_a", 0, "Hello")), ended()]
    assert "\x1b" not in shown(TextView(), *drafts)
    assert "\x1b[36magent_a (sim:chatty)\x1b[0m" in shown(TextView(colour=True), *drafts)


def test_colour_changes_nothing_but_colour() -> None:
    drafts = [started(), *turn(0, says(0, "agent_a", 0, "Hello")), ended()]
    coloured = shown(TextView(colour=True), *drafts)
    assert shown(TextView(), *drafts) == re.sub(r"\x1b\[\d+m", "", coloured)


def test_nothing_is_added_after_a_last_word() -> None:
    view = begun()
    shown(view, ended())
    assert view.finish() == ""


def test_events_of_an_unknown_schema_are_counted_and_not_shown() -> None:
    (event,) = events_of(ended())
    view = begun()
    assert view.feed(event.changed(v=2)) == ""
    assert "left out 1 of a schema version not known here" in view.finish()


def test_a_log_that_begins_in_the_middle_names_its_experiment() -> None:
    view = TextView()
    assert shown(view, *measured(3, 0.5)).startswith("experiment exp_1\n\n── turn 3 ──\n")


def test_the_two_foreign_lines_are_shown() -> None:
    lines = [
        b'{"v":1,"id":"abc123","type":"response.completed","experiment_id":"exp_001",'
        b'"timestamp":1234567890.123,"turn_number":0,"agent_id":"agent_a",'
        b'"data":{"content":"Hello!","tokens":3,"duration":1.2}}',
        b'{"v":1,"id":"def456","type":"convergence.measured","experiment_id":"exp_001",'
        b'"timestamp":1234567890.456,"turn_number":0,"agent_id":null,"data":{"score":0.15}}',
    ]
    said = "".join(text(map(decode, lines))).split("\n\n── unfinished")[0]
    assert (
        said == "experiment exp_001\n\n── turn 0 ──\n\nagent_a\n  Hello!\n"
        "[3 tokens, 1.2 s]\n· convergence 0.15  ▂"
    )


def test_a_whole_log_and_its_pieces_are_the_same() -> None:
    events = list(map(decode, log("crashed").split(b"\n")[:-1]))
    view = TextView()
    pieces = [view.feed(event) for event in events]
    assert "".join([*pieces, view.finish()]) == "".join(text(events))


def test_a_call_that_was_cut_on_purpose_is_told_of_by_its_response_alone() -> None:
    error = {"kind": "cancelled", "message": "cut before the answer was whole"}
    assert "" == shown(begun(), Draft("api.call.failed", {"error": error}, 0, "agent_a"))


def test_a_call_that_failed_is_told_of() -> None:
    error = {"kind": "overloaded", "message": "too many"}
    words = shown(begun(), Draft("api.call.failed", {"error": error}, 0, "agent_a"))
    assert "overloaded: too many" in words


def test_who_comes_late_is_told_the_figures_of_the_whole() -> None:
    seen = shown(TextView(), *says(1, "agent_a", 9, "Hello"), ended(turns=2))
    assert "2 turns, 5.0 s, tokens 30 in, 12 out, cost $0.0200" == seen.splitlines()[-1]


def test_a_line_of_bars_goes_from_an_eighth_to_the_whole() -> None:
    assert "▁▂▃▄▅▆▇█" == "".join(map(bar, [place / 7 for place in range(8)]))
    assert "▁█" == "".join(map(bar, [-3.0, 1e300]))


def test_a_score_is_shown_with_the_last_twenty() -> None:
    view = begun()
    shown(view, *measured(0, 1.0))
    for turn_number in range(1, 20):
        before = shown(view, *measured(turn_number, 0.0))
    after = shown(view, *measured(20, 0.5))
    assert [f"  █{'▁' * 19}", f"  {'▁' * 19}▅"] == [
        text.splitlines()[-1].removeprefix(f"· convergence {score}")
        for text, score in ((before, "0.00"), (after, "0.50"))
    ]
