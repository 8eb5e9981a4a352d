from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.perspective import Message, Perspective

MESSAGES = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant"]),
    content=st.text(st.characters(codec=None)),
    name=st.none() | st.text(),
)


def test_a_message_is_a_line_of_role_and_content():
    assert b'{"role":"user","content":"Hi"}\n' == Message("user", "Hi").line()


def test_a_message_of_somebody_named_says_so():
    expected = b'{"role":"user","content":"Ada: Hi","name":"Ada"}\n'
    assert expected == Message("user", "Ada: Hi", "Ada").line()


@given(st.lists(MESSAGES, max_size=6))
def test_the_hash_is_that_of_the_lines_of_the_messages(messages: list[Message]):
    perspective = Perspective()
    for message in messages:
        perspective.add(message)
    expected = hashlib.sha256(b"".join(message.line() for message in messages)).hexdigest()
    assert expected == perspective.sha256
    assert messages == perspective.messages
    assert sum(len(message.content) for message in messages) == perspective.characters


@dataclass(frozen=True, slots=True)
class Counting(Message):
    written: list[str] | None = None

    def line(self) -> bytes:
        assert self.written is not None
        self.written.append(self.content)
        return Message(self.role, self.content).line()


def test_each_message_is_hashed_once_however_often_the_hash_is_asked_for():
    perspective, written = Perspective(), []
    for number in range(100):
        perspective.add(Counting("user", str(number), None, written))
        assert perspective.sha256 == perspective.sha256
    assert [str(number) for number in range(100)] == written
