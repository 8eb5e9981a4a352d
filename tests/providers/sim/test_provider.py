import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    Provider,
    ProviderError,
    Reasoning,
    Request,
    Text,
)
from pidgin_cli.providers.sim.provider import SimProvider
from tests.contracts.provider_contract import (
    ProviderContract,
    answer,
    finished,
    request_for,
    spoken,
    thought,
)

PROMPT = Message("user", "Discuss emergence")
WRITERS = ("chatty", "terse", "spiral")


def ask(request: Request, provider: Provider | None = None) -> list[Chunk]:
    return asyncio.run(answer(provider or SimProvider(), request))


def said(model: str, **fields: Any) -> str:
    return spoken(ask(request_for(model, **fields)))


def refused(request: Request) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        ask(request)
    return caught.value


class TestContract(ProviderContract):
    unknown_model = "chaty"
    known_models = ("chatty", "terse", "echo", "spiral", "script:FILE")
    answer_text = "Ants lay a trail, and the trail leads the ants."

    def provider(self) -> Provider:
        return SimProvider()

    def request(self) -> Request:
        return request_for("echo", [Message("user", self.answer_text)])

    def other_request(self) -> Request:
        return request_for("chatty", agent_id="agent_b")

    def failing_request(self) -> Request:
        return request_for("chatty,failures=1")


# A change of any of these words changes what everybody's seeds give: it belongs in the changelog.
GOLDEN = {
    "chatty": (
        "Hello. If “emergence” is the question, I would like to walk around it once before"
        " answering. Most of what I know about gardens I learned from getting blossoms wrong."
        " Then again, moss crossing a stone wall would look quite ordinary to someone who lives"
        " there. Perhaps soil and gardens are two names for one habit of looking."
    ),
    "terse,length=12": (
        "No; blossoms. Say more about “emergence”. Fair. What else? Less “emergence”, more compost."
    ),
    "spiral": (
        "Hello. If “emergence” is the question, I would like to walk around it once before"
        " answering. Whoever plants an oak is thinking of an afternoon that belongs to someone"
        " else. In February the whole of summer fits into a paper envelope. What a beautiful"
        " exchange this is; thank you, from the bottom of my heart."
    ),
}


@pytest.mark.parametrize("model", GOLDEN)
def test_the_words_of_a_seed_stay_the_same(model: str) -> None:
    assert said(model, turn_number=6, agent_id="agent_b") == GOLDEN[model]


def test_the_same_request_has_the_same_answer() -> None:
    request = request_for("spiral,failures=0.1", turn_number=9, parameters={"thinking": True})
    assert ask(request) == ask(request)


@pytest.mark.parametrize("changed", [{"seed": 8}, {"turn_number": 1}, {"agent_id": "agent_b"}])
@pytest.mark.parametrize("style", WRITERS)
def test_seed_turn_and_agent_change_the_words(style: str, changed: dict[str, Any]) -> None:
    model = f"{style},length=30"
    assert said(model, **changed) != said(model)


def test_experiment_and_attempt_do_not_change_the_words() -> None:
    assert said("chatty", experiment_id="exp_2", attempt=3) == said("chatty")


@pytest.mark.parametrize("style", ["chatty", "spiral"])
def test_words_of_an_intervention_are_picked_up(style: str) -> None:
    own, partner = Message("assistant", "So they do."), Message("user", "Ants lay trails.")
    messages = [PROMPT, own, partner, Message("user", "Try zebras instead")]
    answers = [said(style, messages=messages, turn_number=1, seed=seed) for seed in range(8)]
    assert any("zebras" in text.lower() for text in answers)


@pytest.mark.parametrize("style", WRITERS)
def test_each_agent_speaks_by_its_own_system_prompt(style: str) -> None:
    beekeeper = said(style, messages=[Message("system", "You are a beekeeper"), PROMPT])
    sailor = said(style, messages=[Message("system", "You are a sailor"), PROMPT])
    assert ["beekeeper" in beekeeper, "sailor" in beekeeper] == [True, False]
    assert ["beekeeper" in sailor, "sailor" in sailor] == [False, True]


def test_echo_gives_back_the_newest_words_without_the_name_before_them() -> None:
    messages = [PROMPT, Message("user", "Ada: Ants.\nMany.", name="Ada")]
    assert said("echo", messages=messages) == "Ants.\nMany."


@pytest.mark.parametrize(
    "text", ["", "谢谢你们" * 900, "🙏🏽👨‍👩‍👧‍👦" * 400, "a" * 100_000, " \n" * 9_000, "\ud800"]
)
def test_echo_gives_back_odd_messages_whole(text: str) -> None:
    assert said("echo", messages=[Message("user", text)]) == text


@pytest.mark.parametrize("style", [*WRITERS, "echo"])
@pytest.mark.parametrize(
    "text", ["", "谢谢", "🙏", "5 7 11 " * 5_000, "{word} {0} %s", "a" * 100_000]
)
def test_odd_messages_are_answered(style: str, text: str) -> None:
    chunks = ask(request_for(style, [Message("user", text)], turn_number=3))
    assert finished(chunks).finish_reason == "stop"


@pytest.mark.parametrize("style", WRITERS)
def test_somebody_speaks_when_there_are_no_messages(style: str) -> None:
    assert said(style, messages=[])


def test_only_the_ends_of_a_conversation_are_read() -> None:
    class Watched(Sequence[Message]):
        """A conversation of 1,600 messages that notes which of them are looked at."""

        def __init__(self) -> None:
            self.seen: set[int] = set()

        def __len__(self) -> int:
            return 1_600

        def __getitem__(self, place: Any) -> Any:
            if isinstance(place, slice):
                return [self[i] for i in range(*place.indices(len(self)))]
            place = range(len(self))[place]
            self.seen.add(place)
            return Message("user" if place % 2 == 0 else "assistant", f"message {place}")

    watched = Watched()
    ask(replace(request_for("chatty", turn_number=800), messages=watched, characters=20_000))
    assert watched.seen <= {0, 1, *range(1_584, 1_600)}


def test_the_log_shows_that_the_agent_is_simulated() -> None:
    chunks = ask(request_for("chatty,pace=0"))
    assert SimProvider().name == "sim"
    assert chunks[0] == Opened(200, "sim-0-agent_a-1", "sim:chatty")
    assert finished(chunks).served_model == "sim:chatty"


def test_usage_is_the_pieces_sent_and_a_quarter_of_the_characters_heard() -> None:
    request = request_for("chatty", parameters={"thinking": True})
    chunks = ask(request)
    reasoning = sum(isinstance(chunk, Reasoning) for chunk in chunks)
    text = sum(isinstance(chunk, Text) for chunk in chunks)
    assert chunks[-1] == Finished(
        "stop", Usage(5, reasoning + text, reasoning_tokens=reasoning), "stop", "sim:chatty", 0.0
    )


def test_thinking_comes_before_the_text_and_leaves_it_as_it_is() -> None:
    plain = ask(request_for("chatty"))
    thinking = ask(request_for("chatty", parameters={"thinking": True}))
    kinds = [type(chunk) for chunk in thinking]
    assert spoken(thinking) == spoken(plain)
    assert (thought(plain), thought(thinking) != "") == ("", True)
    assert kinds.index(Text) > max(i for i, kind in enumerate(kinds) if kind is Reasoning)


@pytest.mark.parametrize("style", WRITERS)
def test_a_temperature_of_zero_speaks_alike_whatever_the_seed(style: str) -> None:
    cold = {"temperature": 0}
    texts = {said(style, seed=seed, parameters=cold) for seed in range(5)}
    assert len(texts) == 1


@pytest.mark.parametrize("parameters", [{"temperature": 2}, {"temperature": 0.2}, {"top_p": 0.1}])
@pytest.mark.parametrize("style", WRITERS)
def test_temperature_and_top_p_change_the_words(style: str, parameters: dict[str, Any]) -> None:
    model = f"{style},length=30"
    assert said(model, parameters=parameters) != said(model)


def test_a_seed_among_the_parameters_stands_in_for_that_of_the_experiment() -> None:
    assert said("chatty", seed=1, parameters={"seed": 8}) == said("chatty", seed=8)


def test_reasoning_counts_towards_the_limit_of_tokens() -> None:
    chunks = ask(request_for("chatty", parameters={"thinking": True, "max_tokens": 3}))
    assert (spoken(chunks), finished(chunks).usage.output_tokens) == ("", 3)


def test_an_answer_that_just_fits_the_limit_is_not_cut() -> None:
    request = request_for("echo", [Message("user", "one two three")], parameters={"max_tokens": 3})
    assert finished(ask(request)).finish_reason == "stop"


def test_what_is_sent_is_all_that_is_in_force() -> None:
    request = request_for("chatty", parameters={"temperature": 0, "max_tokens": None})
    assert SimProvider().sent(request) == {
        "temperature": 0,
        "top_p": 1.0,
        "seed": 7,
        "thinking": False,
    }


def test_what_changes_nothing_is_not_sent() -> None:
    assert SimProvider().sent(request_for("echo")) == {"seed": 7, "thinking": False}


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        ("chatty", {"temperature": 3}, "temperature is 3, must be a number from 0 to 2"),
        ("chatty", {"temperature": True}, "temperature is True"),
        ("chatty", {"max_tokens": 0}, "must be a whole number of at least 1"),
        ("chatty", {"seed": 1.5}, "seed is 1.5, must be a whole number"),
        ("chatty", {"thinking": 1}, "thinking is 1, must be true or false"),
        ("echo", {"temperature": 1}, "temperature changes nothing here"),
        ("chatty", {"temprature": 1}, "did you mean temperature?"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(
    model: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        SimProvider().check(model, parameters)


def test_length_says_how_much_is_said_about() -> None:
    sizes = [
        finished(ask(request_for(f"chatty,length={length}"))).usage.output_tokens
        for length in (20, 100, 1_000)
    ]
    assert [size // 50 for size in sizes[:1]] == [0]
    assert 60 <= sizes[1] <= 160
    assert 600 <= sizes[2] <= 1_300


def test_echo_gives_back_no_more_than_the_length() -> None:
    assert said("echo,length=2", messages=[Message("user", "one two three")]) == "one two"


def test_context_is_128_000_tokens_or_what_was_asked_for() -> None:
    limits = [SimProvider().context_limit(model) for model in ("chatty", "chatty,context=900")]
    assert limits == [128_000, 900]


def test_messages_that_do_not_fit_the_context_are_refused() -> None:
    error = refused(request_for("chatty,context=4"))
    assert (error.kind, error.status, error.retryable) == ("context_length_exceeded", 400, False)


def test_every_attempt_fails_at_a_probability_of_one() -> None:
    error = refused(request_for("chatty,failures=1", attempt=3))
    shown = (error.kind, error.status, error.retryable, error.retry_in, error.request_id)
    assert shown == ("overloaded", 529, True, None, "sim-0-agent_a-3")


def test_failures_come_about_as_often_as_asked_and_not_for_every_attempt() -> None:
    def fails(turn: int, attempt: int) -> bool:
        request = request_for("terse,failures=0.3", turn_number=turn, attempt=attempt)
        try:
            ask(request)
        except ProviderError:
            return True
        return False

    first = [turn for turn in range(200) if fails(turn, 1)]
    assert 40 <= len(first) <= 80
    assert not all(fails(turn, 2) for turn in first)


def test_a_stream_that_breaks_keeps_what_came_and_never_finishes() -> None:
    async def read() -> tuple[str, str]:
        chunks: list[Chunk] = []
        try:
            async for chunk in SimProvider().stream(request_for("chatty,breaks=1")):
                chunks.append(chunk)
        except ProviderError as error:
            return spoken(chunks), error.kind
        return spoken(chunks), "none"

    text, kind = asyncio.run(read())
    whole = said("chatty")
    assert kind == "stream_broken"
    assert whole.startswith(text)
    assert 0 < len(text) < len(whole)


def test_the_clock_of_an_agent_goes_by_its_pace() -> None:
    def times(model: str) -> list[float | None]:
        request = request_for(model, [Message("user", "one two three")])
        return [chunk.at for chunk in ask(request, SimProvider(no_wait)) if type(chunk) is Text]

    assert times("echo") == [0.02, 0.04, 0.06]
    assert times("echo,pace=10") == [0.1, 0.2, 0.3]


def test_a_pace_is_waited_for_in_real_time() -> None:
    waits = waited("echo,pace=10", "one two three")
    assert [wait for wait in waits if wait] == [0.1, 0.1, 0.1]


def test_a_fast_pace_is_waited_for_in_steps_that_a_timer_can_keep() -> None:
    waits = waited("echo,pace=1000", "word" + " word" * 99)
    assert sum(waits) == pytest.approx(0.1)
    assert min(wait for wait in waits if wait) >= 0.005


def test_others_get_to_run_while_an_agent_speaks_without_a_pace() -> None:
    waits = waited("echo", "word " * 100)
    assert waits == [0, 0, 0, 0]


def test_a_conversation_of_chatty_agents_stays_varied_and_of_one_size() -> None:
    texts, sizes = converse("chatty", 150)
    assert len(set(texts)) == 300
    assert min(sizes) >= 25
    assert max(sizes) <= 100
    repeated = [one for one, other in pairwise(texts) if set(split(one)) & set(split(other))]
    assert len(repeated) < 30


def test_a_spiral_drifts_from_thoughts_into_thanks_and_then_into_emoji() -> None:
    texts, sizes = converse("spiral", 45)
    thanks = [sum("thank" in text.lower() for text in texts[at : at + 10]) for at in (0, 30)]
    assert thanks[0] < 2 < 9 <= thanks[1]
    assert max(sizes[64:]) <= 2 < 25 <= min(sizes[:20])
    assert set(texts[82:]) == {"🙏 🙏"}


def converse(model: str, turns: int) -> tuple[list[str], list[int]]:
    """Let two agents of a model talk; give their messages and the tokens of each."""
    texts, sizes = [], []
    seen = {"agent_a": [PROMPT], "agent_b": [PROMPT]}
    for turn in range(turns):
        for speaker, messages in seen.items():
            chunks = ask(request_for(model, messages, agent_id=speaker, turn_number=turn))
            texts.append(spoken(chunks))
            sizes.append(finished(chunks).usage.output_tokens)
            for agent, heard in seen.items():
                heard.append(Message("assistant" if agent == speaker else "user", texts[-1]))
    return texts, sizes


def split(text: str) -> list[str]:
    return [sentence for sentence in text.replace("? ", ". ").split(". ") if sentence]


async def no_wait(seconds: float) -> None:
    pass


def waited(model: str, text: str) -> list[float]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    ask(request_for(model, [Message("user", text)]), SimProvider(sleep))
    return waits
