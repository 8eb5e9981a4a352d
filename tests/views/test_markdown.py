"""Markdown of a conversation: what it holds in memory, and what it never takes for speech."""

from __future__ import annotations

from itertools import chain

from pidgin_cli.events.codec import decode
from pidgin_cli.views.markdown import markdown
from pidgin_cli.views.progress import Progress
from tests.views.logs import log


def test_no_word_of_a_failure_is_quoted_as_speech() -> None:
    shown = "".join(markdown(map(decode, log("failed").split(b"\n")[:-1])))
    quotes = [line for line in shown.split("\n") if line.startswith(">")]
    assert quotes == ["> Discuss emergence", "> Hello?"]


def test_each_piece_comes_with_its_event() -> None:
    events = list(map(decode, log("complete").split(b"\n")[:-1]))
    head = "".join(markdown(events[:9])).split("## Summary")[0]
    assert "".join(markdown(events)).startswith(head)


def test_nothing_of_what_was_shown_is_kept() -> None:
    progress = Progress()
    for event in map(decode, log("resumed").split(b"\n")[:-1]):
        progress.take(event)
    state = progress.conversation
    kept = chain(state.messages, state.interventions, state.perspectives, [state.open_response])
    assert list(kept) == [None]
