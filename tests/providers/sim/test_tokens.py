import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.sim.tokens import tokens


@given(st.text(st.characters()))
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(st.text(st.sampled_from("a\u0301é谢 \n\u200d\ufe0f🏽👩.,“'-")))
def test_no_token_is_empty_or_long(text: str) -> None:
    assert [token for token in tokens(text) if not 0 < len(token) <= 40] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, you two!", ["Hello,", " you", " two!"]),
        ("I said “so”. Well…", ["I", " said", " “so”.", " Well…"]),
        ("don’t re-use 3.14", ["don’t", " re-use", " 3.", "14"]),
        ("謝謝你", ["謝", "謝", "你"]),
        ("🙏🏽✨ 👩‍👧 🕊️", ["🙏🏽", "✨", " 👩‍👧", " 🕊️"]),
        ("one\n\ntwo ", ["one", "\n\ntwo", " "]),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
        ("", []),
    ],
)
def test_a_token_is_a_word_or_a_character(text: str, expected: list[str]) -> None:
    assert list(tokens(text)) == expected
