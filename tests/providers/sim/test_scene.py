from pidgin_cli.events.perspective import Message
from pidgin_cli.providers.sim.scene import Scene, notable_words

BRIEF, PROMPT = Message("system", "You are Ada"), Message("user", "Discuss emergence")
OWN, HEARD = Message("assistant", "Ants."), Message("user", "Which ants?")


def test_the_first_to_speak_hears_the_prompt() -> None:
    expected = Scene("Discuss emergence", "Discuss emergence", "You are Ada", True, True)
    assert Scene.of([BRIEF, PROMPT]) == expected


def test_the_newest_words_of_somebody_else_are_heard() -> None:
    expected = Scene("Which ants?", "Discuss emergence", "You are Ada", False, False)
    assert Scene.of([BRIEF, PROMPT, OWN, HEARD]) == expected


def test_words_of_the_system_in_between_are_a_new_persona() -> None:
    expected = Scene("Which ants?", "Discuss emergence", "Be brief", True, False)
    assert Scene.of([BRIEF, PROMPT, OWN, HEARD, Message("system", "Be brief")]) == expected


def test_the_persona_is_kept_when_it_is_out_of_sight() -> None:
    scene = Scene.of([BRIEF, PROMPT, *[OWN, HEARD] * 20])
    assert (scene.persona, scene.persona_is_new) == ("You are Ada", False)


def test_a_name_before_the_words_is_not_heard() -> None:
    scene = Scene.of([PROMPT, Message("user", "Bob: Which ants?", name="Bob")])
    assert scene.heard == "Which ants?"


def test_nothing_said_is_nothing_heard() -> None:
    assert Scene.of([]) == Scene("", "", None, False, True)


def test_words_of_a_topic_come_before_rare_ones() -> None:
    assert notable_words("The ants in my kitchen saw the clouds and more ants") == [
        "ants",
        "clouds",
    ]


def test_rare_words_stand_in_where_no_topic_is_named() -> None:
    assert notable_words("Please tell me about the Zebras, and zebras only") == ["zebras"]


def test_only_the_beginning_of_a_long_text_is_listened_to() -> None:
    assert notable_words("so " * 200 + "zebras") == []
