"""Chats for training: what one agent was sent and said, and nothing after it."""

from __future__ import annotations

import orjson
import pytest

from pidgin_cli.events.codec import decode
from pidgin_cli.export.chat import chats
from tests.views.logs import log


def chat(name: str, agent_id: str) -> list[list[tuple[str, str]]]:
    lines = chats(map(decode, log(name).split(b"\n")[:-1]), agent_id)
    return [
        [(message["role"], message["content"]) for message in orjson.loads(line)["messages"]]
        for line in lines
    ]


def test_a_chat_is_told_from_one_side() -> None:
    prompt = ("user", "Discuss emergence")
    assert [[prompt, ("assistant", "One.")]] == chat("paused", "agent_a")
    assert [[prompt, ("user", "One."), ("assistant", "Two.")]] == chat("paused", "agent_b")


def test_what_came_after_the_last_words_is_left_out() -> None:
    assert ("assistant", "Three.") == chat("resumed", "agent_a")[0][-1]


def test_no_word_of_a_failure_is_in_a_chat() -> None:
    assert "overloaded" not in str(chat("failed", "agent_a"))


@pytest.mark.parametrize(("name", "agent_id"), [("failed", "agent_b"), ("paused", "agent_z")])
def test_one_who_said_nothing_has_no_chat(name: str, agent_id: str) -> None:
    assert [] == chat(name, agent_id)


def test_several_conversations_are_lines_in_the_order_of_their_ends() -> None:
    first, second = log("complete").split(b"\n")[:-1], log("paused").split(b"\n")[:-1]
    mixed = [line for pair in zip(first, second, strict=False) for line in pair]
    lines = [*chats(map(decode, [*mixed, *first[len(second) :]]), "agent_a")]
    said = [orjson.loads(line)["messages"][-1]["content"] for line in lines]
    assert [said[0][:5], said[1]] == ["Code:", "One."]
