import pytest

from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    ProviderError,
    RateLimited,
    Reasoning,
    Text,
)
from pidgin_cli.providers.sim.reply import Delivery, Reply, chunks

TERMS = Delivery("sim-1", "sim:script", 5)
OPENED = (None, Opened(200, "sim-1", "sim:script"))


def sent_before_the_break(reply: Reply) -> str:
    sent: list[Chunk] = []
    with pytest.raises(ProviderError) as caught:
        sent.extend(chunk for _, chunk in chunks(reply, TERMS))
    shown = (caught.value.kind, caught.value.retryable, caught.value.request_id)
    assert shown == ("stream_broken", True, "sim-1")
    return "".join(chunk.text for chunk in sent if isinstance(chunk, Text))


def test_a_reply_goes_out_in_order() -> None:
    warning = RateLimited("near", 2.0)
    reply = Reply("Hi you.", "Hm.", "content_filter", rate_limit=warning)
    finished = Finished(
        "content_filter", Usage(5, 3, reasoning_tokens=1), "content_filter", "sim:script", 0.0
    )
    assert list(chunks(reply, TERMS)) == [
        OPENED,
        (None, warning),
        (None, Reasoning("Hm.")),
        (None, Text("Hi", 0.04)),
        (None, Text(" you.", 0.06)),
        (None, finished),
    ]


def test_a_delay_is_waited_for_before_the_first_words_and_counts() -> None:
    waits = [
        (wait, getattr(chunk, "at", None)) for wait, chunk in chunks(Reply("a b", delay=2), TERMS)
    ]
    assert waits == [(None, None), (2, 2.02), (None, 2.04), (None, None)]


def test_a_delay_is_waited_for_even_when_nothing_is_said() -> None:
    assert [wait for wait, _ in chunks(Reply("", delay=2), TERMS)] == [None, 2]


def test_counts_that_were_given_stand_in_for_the_real_ones() -> None:
    *_, (_, last) = chunks(Reply("a b", usage={"output_tokens": 90, "cached_tokens": 4}), TERMS)
    assert isinstance(last, Finished)
    assert last.usage == Usage(5, 90, cached_tokens=4)


@pytest.mark.parametrize(("place", "sent"), [(0, ""), (2, "He"), (5, "Hello"), (7, "Hello y")])
def test_a_stream_breaks_at_its_character(place: int, sent: str) -> None:
    assert sent_before_the_break(Reply("Hello you", break_after=place)) == sent


@pytest.mark.parametrize("place", [9, 99])
def test_a_stream_breaks_at_the_end_where_the_text_is_not_longer(place: int) -> None:
    assert sent_before_the_break(Reply("Hello you", break_after=place)) == "Hello you"


def test_a_stream_that_is_cut_before_its_break_is_whole() -> None:
    terms = Delivery("sim-1", "sim:script", 5, limit=1)
    *_, (_, last) = chunks(Reply("Hello you", break_after=7), terms)
    assert isinstance(last, Finished)
    assert last.finish_reason == "length"
