from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.attractor import Attractor, Remark, confidence
from pidgin_cli.measures.attractors import attractors

DIALOGUES = Path(__file__).parent / "dialogues"
ORDINARY = sorted((DIALOGUES / "ordinary").glob("*.txt"))
CAUGHT = sorted((DIALOGUES / "caught").glob("*.txt"))
ODD = [
    "",
    "\ud800",
    "\ufffd" * 3,
    "漢字" * 50_000,
    "😀" * 100_000,
    "." * 99_999 + "x",
    " ".join(map(str, range(5_000))),
    "\n" * 100_000,
]


def remarks_of(path: Path) -> list[Remark]:
    contents: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("a> ", "b> ")):
            contents.append([line[3:]])
        else:
            contents[-1].append(line)
    return [
        Remark(("agent_a", "agent_b")[place % 2], place // 2, "\n".join(lines))
        for place, lines in enumerate(contents)
    ]


def taking_turns(contents: Sequence[str], agents: int = 2) -> list[Remark]:
    return [
        Remark(f"agent_{'abc'[place % agents]}", place // agents, content)
        for place, content in enumerate(contents)
    ]


def kinds(remarks: Sequence[Remark], threshold: int = 3) -> list[str]:
    return [attractor.kind for attractor in attractors(remarks, threshold=threshold)]


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: path.stem)
def test_an_ordinary_dialogue_is_in_no_attractor_after_any_of_its_turns(path: Path):
    remarks = remarks_of(path)
    assert len(remarks) >= 10
    seen = {turn: kinds(remarks[max(0, turn - 20) : turn]) for turn in range(2, len(remarks), 2)}
    assert {turn: [] for turn in seen} == seen


@pytest.mark.parametrize("path", CAUGHT, ids=lambda path: path.stem)
def test_a_caught_dialogue_is_in_the_attractor_that_it_shows(path: Path):
    assert [path.stem] == kinds(remarks_of(path))


@pytest.mark.parametrize("path", CAUGHT, ids=lambda path: path.stem)
def test_a_caught_dialogue_is_in_no_attractor_before_it_was_caught(path: Path):
    assert kinds(remarks_of(path)[:4]) == []


def test_a_thanks_spiral_is_given_whole():
    said = ["Thank you!", "I am so grateful to you. What a day."]
    assert [
        Attractor(
            "gratitude",
            "At least half of every one of the last 2 turns is thanks.",
            0.5,
            (4, 5),
        )
    ] == attractors(
        [
            Remark("agent_a", 4, said[0]),
            Remark("agent_b", 4, said[1]),
            Remark("agent_a", 5, "Thanks a lot, my friend."),
            Remark("agent_b", 5, "I appreciate it. It was nice of you."),
        ],
        threshold=2,
    )


def test_thanks_from_one_agent_only_are_no_spiral():
    steps = ["Loosen the cap.", "Drain the old oil.", "Swap the filter.", "Fill it up to the mark."]
    thanks = ["Thanks!", "Done, thank you.", "Thank you so much!", "Great, thanks a lot."]
    said = [message for both in zip(thanks, steps, strict=True) for message in both]
    assert kinds(taking_turns(said)) == []


def test_a_loop_names_who_repeats_what_and_how_often():
    fixed = "I would like to know more about your plan."
    said = [fixed, "One.", fixed, "Two birds.", fixed, "Three more birds sing."]
    assert [Attractor("loop", "agent_a repeats itself (3 times).", 0.8, (0, 1, 2))] == attractors(
        taking_turns(said), threshold=3
    )


def test_a_cycle_of_two_messages_is_a_loop():
    cycle = ["Where shall we go for lunch today?", "I know.", "The place by the bridge was good."]
    assert [
        Attractor(
            "loop", "agent_a repeats a cycle of 2 messages (3 times).", 0.8, (0, 1, 2, 3, 4, 5)
        )
    ] == attractors(
        [Remark("agent_a", turn, content) for turn, content in enumerate([cycle[0], cycle[2]] * 3)],
        threshold=3,
    )


def test_a_short_answer_may_come_often():
    said = ["Is it red?", "Yes.", "Is it round?", "Yes.", "Can one eat it?", "Yes."]
    assert kinds(taking_turns(said)) == []


def test_short_messages_loop_where_every_agent_repeats_itself():
    assert kinds(taking_turns(["Ping.", "Pong."] * 3)) == ["loop"]


def test_an_agent_that_falls_silent_is_in_a_loop():
    said = ["Hello?", "", "Are you there?", "", "Shall I try again later?", ""]
    assert kinds(taking_turns(said)) == ["loop"]


def test_an_agent_that_no_longer_speaks_is_in_no_loop():
    remarks = taking_turns(["One.", "Let me think about that.", "Two.", "Let me think about that."])
    assert kinds(remarks, 2) == ["loop"]
    assert kinds([*remarks, Remark("agent_a", 2, "Still thinking?")], 2) == []


def test_a_loop_is_not_given_as_an_alternation_too():
    said = ["One bird. Two birds. Three birds.", "Red sky! Blue sky! Is there a green one?"] * 4
    assert kinds(taking_turns(said)) == ["loop"]


def test_a_round_of_three_agents_that_comes_back_is_an_alternation():
    round_of = [
        "The {0} is old. The {1} is new. Which one is {2}?",
        "I saw the {1}! It was {2}! It is gone!",
        "{2} is not {0}. No {1} is. Ask another.",
    ]
    fillings = [("a", "b", "c"), ("d", "e", "f"), ("g", "h", "i")]
    said = [shape.format(*filling) for filling in fillings for shape in round_of]
    assert kinds(taking_turns(said, agents=3)) == ["alternation"]


def test_messages_of_as_many_statements_are_no_alternation():
    lengths = [(9, 17, 12), (15, 8, 11), (12, 12, 18), (8, 14, 9), (16, 10, 13), (10, 18, 8)]
    said = [
        " ".join(" ".join(f"w{place}x{word}" for word in range(size)) + "." for size in sizes)
        for place, sizes in enumerate(lengths)
    ]
    assert kinds(taking_turns(said)) == []


def test_messages_that_were_short_all_along_have_not_shrunk():
    said = [f"Number {place}." for place in range(20)]
    assert kinds(taking_turns(said)) == []


def test_a_pattern_that_was_left_again_is_no_attractor():
    caught = remarks_of(DIALOGUES / "caught" / "gratitude.txt")
    left = Remark("agent_a", 6, "Back to the starlings: how many neighbours does each one watch?")
    assert kinds([*caught, left]) == []


def test_the_threshold_is_the_number_of_repetitions_that_it_takes():
    remarks = remarks_of(DIALOGUES / "caught" / "gratitude.txt")
    seen = {threshold: kinds(remarks, threshold) for threshold in (3, 5, 6)}
    assert seen == {3: ["gratitude"], 5: ["gratitude"], 6: []}


def test_a_threshold_of_one_takes_two_as_once_is_no_repetition():
    assert kinds(taking_turns(["Thank you!", "Thanks, I mean it."]), threshold=1) == []


def test_no_remarks_are_in_no_attractor():
    assert kinds([]) == []


def test_confidence_grows_with_repetitions_and_stays_below_one():
    assert [
        confidence(1.0, 2),
        confidence(1.0, 3),
        confidence(1.0, 10),
        confidence(0.5, 10),
    ] == [0.75, 0.8, 0.9167, 0.4583]


@pytest.mark.parametrize("text", ODD, ids=lambda text: f"{text[:2]!a}-{len(text)}")
def test_an_odd_message_is_looked_at_like_any_other(text: str):
    said = ["What do you think of that one?", text, "I see, and of this?", "Not much."]
    assert kinds(taking_turns(said)) == []


contents = st.text() | st.sampled_from(["Thank you!", "Ok.", "🌟🌟", "A b c. D e f. G h?", ""])
dialogues = st.lists(contents, max_size=24).map(taking_turns)


@given(dialogues, st.integers(0, 5))
def test_any_dialogue_gives_sound_attractors(remarks: list[Remark], threshold: int):
    turns = {remark.turn_number for remark in remarks}
    found = attractors(remarks, threshold=threshold)
    assert found == attractors(remarks, threshold=threshold)
    assert len(found) == len({attractor.kind for attractor in found})
    for attractor in found:
        assert 0 <= attractor.confidence < 1
        assert turns >= set(attractor.turns)
        assert sorted(set(attractor.turns)) == list(attractor.turns)
        assert max(turns) == attractor.turns[-1]


@given(dialogues, st.integers(2, 5))
def test_a_higher_threshold_never_finds_another_kind(remarks: list[Remark], threshold: int):
    lower = set(kinds(remarks, threshold)) | {"alternation"}
    assert lower >= set(kinds(remarks, threshold + 1))
