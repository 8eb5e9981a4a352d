from pidgin_cli.config.settings import ConvergenceSettings, ConversationSettings
from pidgin_cli.engine.experiment import Rules
from pidgin_cli.engine.turns import Complete, EndTurn, Pause, Speak, StartTurn, next_step
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event

AGENTS = (Agent("agent_a", "m", "p"), Agent("agent_b", "m", "p"), Agent("agent_c", "m", "p"))


def conversation(**state: object) -> Conversation:
    fields = {"agents": AGENTS, "max_turns": 3, "state": "running", **state}
    return Conversation(**fields)  # type: ignore[arg-type]


def detection(kind: str, **data: object) -> Event:
    return Event(kind, "exp_1", "x", 1.0, 0, None, data)


def converging(action: str, threshold: float = 0.9) -> Rules:
    settings = ConvergenceSettings(threshold=threshold, action=action)  # type: ignore[arg-type]
    return Rules(ConversationSettings(convergence=settings))


def test_the_first_step_begins_turn_0() -> None:
    assert StartTurn(0) == next_step(conversation(), Rules())


def test_the_agents_speak_in_their_order() -> None:
    assert [
        next_step(conversation(turn_number=1, turn_open=True, spoken=set(spoken)), Rules())
        for spoken in ([], ["agent_a"], ["agent_a", "agent_b"])
    ] == [Speak(1, "agent_a"), Speak(1, "agent_b"), Speak(1, "agent_c")]


def test_a_turn_in_which_all_have_spoken_ends() -> None:
    spoken = {"agent_a", "agent_b", "agent_c"}
    assert EndTurn(1) == next_step(
        conversation(turn_number=1, turn_open=True, spoken=spoken), Rules()
    )


def test_after_the_last_turn_the_experiment_is_complete() -> None:
    assert Complete("max_turns") == next_step(
        conversation(turn_number=2, turns_completed=3), Rules()
    )


def test_a_score_at_the_threshold_stops_where_that_is_the_action() -> None:
    seen = [detection("convergence.measured", score=0.9)]
    assert Complete("convergence") == next_step(
        conversation(turn_number=0, turns_completed=1, turn_detections=seen), converging("stop")
    )


def test_a_score_below_the_threshold_changes_nothing() -> None:
    seen = [detection("convergence.measured", score=0.8999)]
    assert StartTurn(1) == next_step(
        conversation(turn_number=0, turns_completed=1, turn_detections=seen), converging("stop")
    )


def test_a_score_pauses_where_that_is_the_action() -> None:
    seen = [detection("convergence.measured", score=0.95)]
    assert Pause("convergence", "convergence 0.95 reached the threshold 0.9") == next_step(
        conversation(turn_number=0, turns_completed=1, turn_detections=seen), converging("pause")
    )


def test_a_logged_score_changes_nothing() -> None:
    seen = [detection("convergence.measured", score=1.0)]
    assert StartTurn(1) == next_step(
        conversation(turn_number=0, turns_completed=1, turn_detections=seen), converging("log")
    )


def test_an_attractor_stops_or_pauses_as_its_event_says() -> None:
    def step(action: str) -> object:
        seen = [detection("attractor.detected", action=action, description="a loop")]
        return next_step(
            conversation(turn_number=0, turns_completed=1, turn_detections=seen), Rules()
        )

    assert [Complete("attractor"), Pause("attractor", "a loop"), StartTurn(1)] == [
        step("stop"),
        step("pause"),
        step("log"),
    ]


def test_to_stop_comes_before_to_pause() -> None:
    seen = [
        detection("convergence.measured", score=1.0),
        detection("attractor.detected", action="stop", description="a loop"),
    ]
    assert Complete("attractor") == next_step(
        conversation(turn_number=0, turns_completed=1, turn_detections=seen), converging("pause")
    )


def test_detections_end_nothing_while_a_turn_is_open() -> None:
    seen = [detection("attractor.detected", action="stop", description="a loop")]
    assert Speak(0, "agent_a") == next_step(
        conversation(turn_number=0, turn_open=True, turn_detections=seen), Rules()
    )
