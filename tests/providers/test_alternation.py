from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.alternation import OPENING, SILENCE, Turn, alternation

MESSAGES = st.lists(
    st.builds(
        Message,
        st.sampled_from(["system", "user", "assistant"]),
        st.sampled_from(["", " \n", "\u2003", "one", " two ", "three\n\nfour"]),
    )
)


def test_a_conversation_of_turns_stays_as_it_is() -> None:
    turns = [("user", "Hello"), ("assistant", "Hi"), ("user", "So?")]
    conversation = alternation([Message(role, content) for role, content in turns])
    assert [Turn(role, content) for role, content in turns] == conversation.turns
    assert [] == conversation.system


def test_messages_of_one_side_are_joined_with_an_empty_line_between_them() -> None:
    messages = [
        Message("user", "Discuss ants"),
        Message("user", "And\nbees "),
        Message("user", "!"),
    ]
    assert [Turn("user", "Discuss ants\n\nAnd\nbees \n\n!")] == alternation(messages).turns


def test_what_the_system_says_stands_apart_in_its_order() -> None:
    messages = [
        Message("system", "You are brief"),
        Message("user", "Hello"),
        Message("system", "Speak of bees"),
        Message("user", "Well?"),
    ]
    conversation = alternation(messages)
    assert ["You are brief", "Speak of bees"] == conversation.system
    assert [Turn("user", "Hello\n\nWell?")] == conversation.turns


def test_messages_without_a_character_to_see_are_left_out() -> None:
    messages = [Message("system", ""), Message("user", "Hello"), Message("user", " \n\u2003")]
    conversation = alternation(messages)
    assert ([], [Turn("user", "Hello")]) == (conversation.system, conversation.turns)


def test_an_agent_that_spoke_first_is_shown_that_it_was_to() -> None:
    messages = [Message("assistant", "I begin"), Message("user", "Do")]
    expected = [Turn("user", OPENING), Turn("assistant", "I begin"), Turn("user", "Do")]
    assert expected == alternation(messages).turns


def test_an_agent_that_got_no_answer_is_told_so() -> None:
    messages = [Message("user", "Hello"), Message("assistant", "Hi"), Message("user", "")]
    expected = [Turn("user", "Hello"), Turn("assistant", "Hi"), Turn("user", SILENCE)]
    assert expected == alternation(messages).turns


def test_a_conversation_without_words_is_opened() -> None:
    assert [Turn("user", OPENING)] == alternation([Message("system", "You are brief")]).turns


@given(MESSAGES)
def test_sides_take_turns_and_the_user_is_first_and_last(messages: list[Message]) -> None:
    roles = [turn.role for turn in alternation(messages).turns]
    expected = ["user", "assistant"] * (len(roles) // 2) + ["user"]
    assert expected == roles


@given(MESSAGES)
def test_no_word_is_lost_and_none_is_added_but_at_the_ends(messages: list[Message]) -> None:
    conversation = alternation(messages)
    said = [turn.content for turn in conversation.turns]
    expected = [m.content for m in messages if m.role != "system" and m.content.strip()]
    kept = [content for content in said if content not in {OPENING, SILENCE}]
    assert "\n\n".join(expected) == "\n\n".join(kept)
