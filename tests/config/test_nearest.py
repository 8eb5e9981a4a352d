from __future__ import annotations

from pidgin_cli.config.nearest import nearest, suggestion


def test_the_nearest_choice_is_found() -> None:
    assert nearest("data_dri", ["durability", "data_dir", "min_free"]) == "data_dir"


def test_upper_and_lower_case_are_alike() -> None:
    assert nearest("GPT-LARGE", ["claude", "gpt-Large"]) == "gpt-Large"


def test_nothing_is_near_to_something_quite_different() -> None:
    assert nearest("xyzzy", ["durability", "data_dir"]) is None


def test_nothing_is_near_where_there_is_no_choice() -> None:
    assert nearest("xyzzy", []) is None


def test_a_suggestion_is_the_end_of_a_message_or_nothing() -> None:
    assert ["; did you mean data_dir?", ""] == [
        suggestion(word, ["durability", "data_dir"]) for word in ("data_dri", "xyzzy")
    ]
