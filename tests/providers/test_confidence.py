from pidgin_cli.providers.confidence import Confidence
from pidgin_cli.providers.wire import StreamMessage

KEY, ADDRESS = "sk-1234567890", "https://example.org/app"
confidence = Confidence(KEY, [ADDRESS, "short"])


def test_key_and_headers_are_hidden_in_errors() -> None:
    assert "no [key] for [key], short" == confidence.text(f"no {KEY} for {ADDRESS}, short")


def test_a_key_that_is_cut_off_at_the_end_is_hidden() -> None:
    assert "bad key [key]" == confidence.text(f"bad key {KEY[:9]}")


def test_a_model_may_say_what_stands_in_a_header() -> None:
    message = StreamMessage(f"see {ADDRESS}")
    assert message == confidence.message(message)


def test_a_model_does_not_say_the_key() -> None:
    assert StreamMessage("[key]!") == confidence.message(StreamMessage(f"{KEY}!"))


def test_bytes_that_are_no_text_come_back_as_they_were() -> None:
    assert b"\xff[key]\x00" == confidence.body(b"\xff" + KEY.encode() + b"\x00")
