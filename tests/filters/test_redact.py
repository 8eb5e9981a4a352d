from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any, TypeVar

import orjson
import pytest

from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.redaction import REDACTED as MARKER
from pidgin_cli.events.redaction import is_redacted
from pidgin_cli.filters.redact import HIDDEN_KIND, Naming, RedactOptions, redact
from pidgin_cli.filters.redaction.passages import MOST_WAITING
from pidgin_cli.filters.redaction.report import Report
from pidgin_cli.filters.redaction.taking import Bad, Seen
from tests.filters.redaction.clean import clean_messages
from tests.filters.redaction.leaks import leaked_events
from tests.filters.redaction.planted import planted
from tests.filters.redaction.planted_events import (
    cuts_of,
    line,
    planted_deltas,
    planted_events,
    streamed,
)
from tests.filters.redaction.redacting import (
    ALL_OPTIONS,
    CONTENT,
    DEFAULT,
    EVERYTHING,
    FAMILIAR,
    MODELS,
    all_good,
    catalogue,
    contents,
    data_of,
    deltas,
    events,
    heedless,
    line_by_line,
    literal,
    redacted,
    redactor,
)
from tests.pipes.processes import seal_of

Way = Callable[[bytes, RedactOptions], bytes]
T = TypeVar("T")


def sample(all_of_them: Iterable[T], step: int) -> Iterator[T]:
    """Give every so many-th."""
    return islice(all_of_them, 0, None, step)


@pytest.mark.parametrize("name", ["content", "default", "patterns", "patterns and models"])
def test_of_every_kind_of_secret_nothing_is_left_in_any_place(name: str, full: bool) -> None:
    left = {}
    for planting in sample(planted_events(), 1 if full else 23):
        given = redacted(planting.lines, ALL_OPTIONS[name])
        if leaked_events(given, planting.secret):
            left[planting.place, planting.kind] = given
    assert left == {}


@pytest.mark.parametrize("way", [redacted, line_by_line], ids=["at once", "live"])
def test_nothing_is_left_of_a_secret_that_was_cut_across_deltas(way: Way, full: bool) -> None:
    random, left = Random(7), []
    for each in sample(planted(), 1 if full else 11):
        for cuts in cuts_of(each, random, most=2):
            planting = planted_deltas(each, cuts)
            if leaked_events(way(planting.lines, FAMILIAR), planting.secret):
                left.append((each.kind, cuts))
    assert left == []


@pytest.mark.parametrize("name", ALL_OPTIONS)
def test_a_planted_stream_is_redacted_twice_as_it_is_once(name: str) -> None:
    options = ALL_OPTIONS[name]
    for planting in sample(planted_events(), 83):
        once = redacted(planting.lines, options)
        assert redacted(once, options) == once


def test_at_most_one_clean_message_in_a_hundred_is_touched() -> None:
    messages = list(clean_messages())
    touched = sum(
        contents(redacted(line("response.completed", {"content": message}), FAMILIAR)) != [message]
        for message in messages
    )
    assert touched <= len(messages) / 100


def test_a_canonical_line_is_redacted_as_one_that_is_decoded(conversation: bytes) -> None:
    for options in ALL_OPTIONS.values():
        assert redacted(conversation, options) == redacted(conversation, options, report=Report())


def test_lines_around_one_that_is_no_utf_8_are_redacted_as_without_it(conversation: bytes) -> None:
    bad: list[int] = []
    before, after = conversation[: conversation.index(b"\n") + 1] * 2, conversation
    for options in ALL_OPTIONS.values():
        redact_ = redactor(options)
        given = redact_.lines(
            before + b'{"a":"\xed\xa0\x80"}\n' + after,
            lambda seen: bad.extend(each.place for each in seen.bad),
        )
        assert b"".join(given + redact_.rest()) == redacted(before + after, options)
    assert bad == [len(before)] * len(ALL_OPTIONS)


def test_chunks_among_deltas_lose_the_lengths_of_texts() -> None:
    first, *others = streamed(["one ", '"chars":5', "three"]).splitlines(keepends=True)
    chunk = line("stream.chunk.received", {"response": 0, "index": 1, "chars": 9, "elapsed": 0.1})
    given = events(redacted(first + chunk.join(others), CONTENT))
    assert [event["data"].get("chars") for event in given] == [
        None,
        None,
        0,
        None,
        0,
        None,
        0,
        None,
    ]
    assert deltas(redacted(first + chunk.join(others), CONTENT)) == [MARKER, "", ""]


def test_the_order_of_an_experiment_and_its_number_of_events_stay(conversation: bytes) -> None:
    before = [(event["id"], event["type"]) for event in events(conversation)]
    for options in ALL_OPTIONS.values():
        for given in (redacted(conversation, options), line_by_line(conversation, options)):
            assert [(event["id"], event["type"]) for event in events(given)] == before


def test_the_deltas_joined_are_the_content(conversation: bytes) -> None:
    options = literal("lighthouse", "that nobody keeps", "the")
    for given in (redacted(conversation, options), line_by_line(conversation, options)):
        said: dict[int, str] = {}
        for event in events(given):
            if event["type"] == "response.streaming":
                number = event["data"]["response"]
                said[number] = said.get(number, "") + event["data"]["delta"]
        assert list(said.values()) == contents(given)
        assert MARKER in "".join(contents(given))
        assert b"lighthouse" not in given


def test_deltas_without_content_joined_are_one_marker() -> None:
    assert deltas(redacted(streamed(["a", "b", "c"]), CONTENT)) == [MARKER, "", ""]


def test_deltas_with_nothing_to_redact_stay_as_they_are() -> None:
    pieces = ["To name a", " thing is to", " lend it a handle."]
    assert deltas(redacted(streamed(pieces), literal("lighthouse"))) == pieces
    assert deltas(line_by_line(streamed(pieces), literal("lighthouse"))) == pieces


def test_the_newest_delta_is_held_until_the_next_one() -> None:
    redact_, lines = redactor(literal("lighthouse")), streamed(["one ", "two ", "three"])
    given = []
    for each in lines.splitlines(keepends=True):
        ready = redact_.lines(each, all_good) + redact_.settle()
        given.append(deltas(b"".join(ready)))
    started, *streaming = given[: 1 + 3]
    assert (started, streaming) == ([], [[], ["one "], ["two "]])


def test_another_experiment_does_not_wait_behind_a_delta() -> None:
    redact_ = redactor(literal("lighthouse"))
    held = line("response.streaming", {"response": 0, "index": 0, "delta": "light"})
    other = line("turn.started", {}, experiment_id="exp_002", agent_id=None)
    own = line("stream.chunk.received", {"response": 0, "index": 0, "chars": 5, "elapsed": 0.1})
    assert redact_.lines(held + own + other, all_good) + redact_.settle() == [other]
    assert events(b"".join(redact_.rest())) == events(held + own)


def test_responses_of_several_experiments_do_not_mix() -> None:
    one, two = streamed(["sec", "ret."]), streamed(["se", "cret!"])
    two = two.replace(b"exp_001", b"exp_002")
    mixed = b"".join(
        piece
        for pair in zip(one.splitlines(True), two.splitlines(True), strict=True)
        for piece in pair
    )
    given = redacted(mixed, literal("secret"))
    for name, rest in (("exp_001", "."), ("exp_002", "!")):
        own = b"".join(each for each in given.splitlines(True) if name.encode() in each)
        assert ("".join(deltas(own)), contents(own)) == (MARKER + rest, [MARKER + rest])


def test_a_delta_that_comes_when_its_response_is_over_shows_nothing() -> None:
    late = line("response.streaming", {"response": 0, "index": 9, "delta": "cret"})
    given = redacted(streamed(["se"]) + late, literal("secret"))
    assert deltas(given)[-1] == MARKER


def never_ending(secret: str, others: int) -> Iterator[bytes]:
    """Give a response that never ends, and much that waits behind half of a secret."""
    half = len(secret) // 2
    yield line("response.streaming", {"response": 0, "index": 0, "delta": f"say {secret[:half]}"})
    for _ in range(others):
        yield line("note.taken", {"text": "word " * 10_000})
    yield line("response.streaming", {"response": 0, "index": 1, "delta": secret[half:]})


@pytest.mark.parametrize("response", [0, None])
def test_behind_a_response_that_never_ends_not_everything_waits(response: int | None) -> None:
    secret = next(each for each in planted() if each.kind == "github").secret
    redact = redactor(literal(secret))
    most, held, given = 0, 0, b""
    for each in never_ending(secret, 2 * MOST_WAITING // 50_000):
        each = each.replace(b'"response":0', b'"response":%s' % orjson.dumps(response))
        out = b"".join(redact.lines(each, heedless))
        held += len(each) - len(out)
        most = max(most, held)
        given += out
    given += b"".join(redact.rest())
    assert most < MOST_WAITING + 100_000
    assert ["say [REDACTED]", "[REDACTED]"] == deltas(given)


def test_a_text_that_goes_on_and_on_is_redacted_to_its_end() -> None:
    secret = next(each for each in planted() if each.kind == "github").secret
    redact, given, number_of_pieces = redactor(literal(secret)), b"", 3 * MOST_WAITING // 50_000
    for number in range(number_of_pieces):
        piece = "word " * 10_000 if number % 100 else f"say {secret} ok "
        data = {"response": 0, "index": number, "delta": piece}
        given += b"".join(redact.lines(line("response.streaming", data), heedless))
    given += b"".join(redact.rest())
    assert "".join(deltas(given)) == "".join(
        "word " * 10_000 if number % 100 else "say [REDACTED] ok "
        for number in range(number_of_pieces)
    )


def test_a_torn_stream_gives_what_it_held() -> None:
    torn = b"".join(streamed(["one ", "two"]).splitlines(True)[:-1])
    assert deltas(redacted(torn, literal("lighthouse"))) == ["one ", "two"]


def test_a_crash_ends_a_response_and_the_next_one_begins_anew() -> None:
    piece = line("response.streaming", {"response": 0, "index": 0, "delta": "se"})
    resumed = line("experiment.resumed", {"reason": "crashed"}, turn_number=None, agent_id=None)
    again = line("response.streaming", {"response": 1, "index": 0, "delta": "cret"})
    given = redacted(piece + resumed + again, literal("secret"))
    assert deltas(given) == ["se", "cret"]


def test_what_is_long_is_redacted_whole_in_deltas_and_content() -> None:
    given = redacted(streamed(["start ", "x" * 3000, "x" * 3000, " end"]), FAMILIAR)
    assert "".join(deltas(given)) == contents(given)[0]
    assert "x" * 10 not in contents(given)[0]


def test_the_digest_is_that_of_the_output(conversation: bytes) -> None:
    for options in ALL_OPTIONS.values():
        given = redacted(conversation, options)
        data = events(given)[-1]["data"]
        assert {"events": data["events"], "digest": data["digest"]} == seal_of(given)


def test_a_digest_that_does_not_hold_is_taken_off(conversation: bytes) -> None:
    part = b"".join(conversation.splitlines(True)[1:])
    for options in ALL_OPTIONS.values():
        data = events(redacted(part, options))[-1]["data"]
        assert not {"events", "digest"} & data.keys()


def test_a_message_keeps_its_length_and_a_keyed_hash() -> None:
    said = line("response.completed", {"response": 0, "content": "Hello!", "length": 6})
    data = data_of(redacted(said, CONTENT))
    assert data["content"] == MARKER
    assert (data["content_length"], len(data["content_hash"])) == (6, 40)
    assert data == data_of(redacted(said, CONTENT))
    other = data_of(redacted(said, CONTENT, b"o" * 32))
    assert other["content_hash"] != data["content_hash"]
    assert hashlib.sha256(b"Hello!").hexdigest()[:32] != data["content_hash"][:32]


def test_a_hash_that_nobody_with_the_key_made_is_dropped() -> None:
    forged = {"content": MARKER, "content_length": 6, "content_hash": b"secret".hex() + "0" * 28}
    given = data_of(redacted(line("response.completed", forged), CONTENT))
    assert given == {"content": MARKER, "content_length": 6}


def test_an_unknown_kind_and_an_unknown_version_have_an_empty_list() -> None:
    unknown = events(redacted(line("tool.called", {"name": "x", "count": 3}), CONTENT))[0]
    assert (unknown["type"], unknown["data"]) == (HIDDEN_KIND, {})
    later = events(redacted(line("response.completed", {"tokens": 3}, v=2), CONTENT))[0]
    assert (later["v"], later["data"]) == (2, {})


def test_keys_that_are_not_listed_are_dropped_with_what_they_hold() -> None:
    odd = line("turn.completed", {"duration": 1.5, "secret": {"a": "b"}}, note="secret")
    given = events(redacted(odd, CONTENT))[0]
    assert given["data"] == {"duration": 1.5}
    assert "note" not in given


def test_numbers_and_words_of_the_format_stay() -> None:
    data = {"response": 0, "chars_received": 12, "duration": 1.25, "reason": "user"}
    given = data_of(redacted(line("response.interrupted", data), CONTENT))
    assert given == data


@pytest.mark.parametrize(
    ("field", "value"),
    [("tokens", "secret"), ("finish_reason", "secret"), ("content", 4111111111111111)],
)
def test_what_does_not_have_its_shape_is_replaced(field: str, value: object) -> None:
    given = data_of(redacted(line("response.completed", {"response": 0, field: value}), CONTENT))
    assert given == {"response": 0, field: MARKER}


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("experiment.started", {"seed": 2**62}, {"seed": None}),
        ("response.started", {"response": 10**12}, {"response": None}),
        ("turn.completed", {"duration": -1e300}, {"duration": None}),
        ("api.call.started", {"parameters": {"sent": {"seed": 2**62}}}, None),
    ],
)
@pytest.mark.parametrize("options", [CONTENT, literal("1")], ids=["content", "patterns"])
def test_a_number_as_long_as_a_text_becomes_none(
    kind: str, data: dict[str, Any], expected: dict[str, Any] | None, options: RedactOptions
) -> None:
    given = data_of(redacted(line(kind, data), options))
    given.pop("redacted", None)
    assert (expected or {"parameters": {"sent": {"seed": None}}}) == given


def test_duplicate_keys_hide_nothing() -> None:
    twice = line("turn.completed", {"duration": 1}).replace(
        b'"duration":1', b'"x":"s","duration":1'
    )
    assert data_of(redacted(twice, CONTENT)) == {"duration": 1}


@pytest.mark.parametrize(
    "parameters",
    [
        b'{"asked":{},"sent":{"seed":"lighthouse","seed":1}}',
        b'{"asked":{"thinking":{"type":"lighthouse","type":"enabled"}},"sent":{}}',
    ],
)
def test_duplicate_keys_hide_nothing_in_parameters(parameters: bytes) -> None:
    call = line("api.call.started", {"response": 0, "provider": "sim", "parameters": 0})
    lines = call.replace(b'"parameters":0', b'"parameters":' + parameters)
    for options in (CONTENT, literal("lighthouse")):
        assert b"lighthouse" not in redacted(lines, options)


def test_an_event_that_goes_on_in_the_next_line_is_two_bad_lines() -> None:
    call = line("api.call.started", {"response": 0, "provider": "sim", "parameters": 0})
    lines = call.replace(b":0}}", b':{"asked":{"seed":1\n},"sent":{}}}}')
    assert redacted(lines, CONTENT) == b""


def test_a_model_has_one_pseudonym_by_all_its_names() -> None:
    names = (
        "anthropic:claude-sonnet-5-5",
        "claude",
        "claude-sonnet-5-5",
        "claude-sonnet-5-5-20261001",
    )
    given = {
        data_of(redacted(line("response.started", {"response": 0, "model": name}), MODELS))["model"]
        for name in names
    }
    assert len(given) == 1


def test_names_of_models_in_prose_get_the_same_pseudonym() -> None:
    started = line("response.started", {"response": 0, "model": "anthropic:claude-sonnet-5-5"})
    said = line("response.completed", {"content": "I am Claude, no GPT, made by Anthropic."})
    given = events(redacted(started + said, MODELS))
    content = given[1]["data"]["content"]
    assert content.startswith(f"I am {given[0]['data']['model']}, no model-")
    assert all(name not in content.lower() for name in ("claude", "gpt", "anthropic"))


def test_a_name_that_the_stream_taught_is_found_in_prose_across_deltas() -> None:
    started = line("response.started", {"response": 0, "model": "my-vllm:nightjar-7b"})
    for way in (redacted, line_by_line):
        given = way(started + streamed(["I am my-vllm:night", "jar-7b indeed."]), MODELS)
        assert b"nightjar" not in given
        assert "".join(deltas(given)) == contents(given)[0]


def test_another_key_gives_pseudonyms_that_cannot_be_linked() -> None:
    started = line("response.started", {"response": 0, "model": "sim:chatty"})
    one, two = (data_of(redacted(started, MODELS, key))["model"] for key in (b"1" * 32, b"2" * 32))
    assert one != two


def test_text_cannot_pass_as_a_pseudonym() -> None:
    forged = "model-" + b"my secret is here!!".hex().ljust(40, "0")
    started = line("response.started", {"response": 0, "model": forged})
    assert forged.encode() not in redacted(started, MODELS)
    assert forged.encode() not in redacted(line("x", {}, agent_id="agent" + forged[5:]), CONTENT)


def test_an_experiment_id_that_matches_gets_a_pseudonym_and_references_follow() -> None:
    options = literal("acme")
    first = line("turn.started", {}, experiment_id="acme-1")
    branch = line("experiment.started", {"parent": {"experiment_id": "acme-1", "turn_number": 2}})
    given = events(redacted(first + branch, options))
    assert given[0]["experiment_id"].startswith("exp-")
    assert given[1]["data"]["parent"]["experiment_id"] == given[0]["experiment_id"]


def test_a_redacted_log_says_so_in_its_first_event(conversation: bytes) -> None:
    given = redacted(redacted(conversation, MODELS), CONTENT)
    first = decode(given.splitlines()[0])
    assert first.data["redacted"] == {"content": True, "hash_models": True, "patterns": False}
    assert is_redacted(first)
    assert not is_redacted(decode(conversation.splitlines()[0]))


def test_a_bad_line_is_told_of_without_a_word_of_it() -> None:
    seen: list[Seen] = []
    good = line("turn.started", {})
    data = (
        good + b"my secret\n" + b'{"type":"x","experiment_id":"e","n":' + b"4" * 30 + b"}\n" + good
    ) + b"torn"
    given = redactor(CONTENT).lines(data, seen.append)
    assert given == [good, good]
    bad = [
        Bad(len(good), 1, "not JSON", whole=True),
        Bad(len(good) + 10, 2, "an integer past 64 bits", whole=True),
        Bad(len(data) - 4, 4, "not JSON", whole=False),
    ]
    assert seen == [Seen(len(data), 5, bad)]


def test_an_error_on_the_way_gives_an_event_without_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    redact_ = redactor(CONTENT, report=Report())
    monkeypatch.setattr(redact_._payloads, "redacted", lambda *_, **__: 1 / 0)
    (given,) = redact_.lines(line("response.completed", {"content": "secret"}), all_good)
    event = orjson.loads(given)
    assert (event["type"], event["data"], event["experiment_id"]) == (HIDDEN_KIND, {}, "exp_001")


def test_a_value_that_is_nested_too_deeply_is_not_looked_into() -> None:
    deep = line("x.y", {"a": None}).replace(b"null}", b"[" * 900 + b'"secret"' + b"]" * 900 + b"}")
    for options in (CONTENT, literal("secret")):
        assert b"secret" not in redacted(deep, options)


def test_the_report_counts_and_never_quotes(conversation: bytes) -> None:
    report = Report()
    redacted(conversation, EVERYTHING, report=report)
    document = report.document(EVERYTHING.parts(), "f" * 16)
    assert document["total"] == sum(row["count"] for row in document["redacted"])
    row = {"kind": "response.completed", "field": "data.content", "reason": "content", "count": 4}
    assert row in document["redacted"]
    said = {word for text in contents(conversation) for word in text.split() if len(word) > 6}
    assert not any(word in orjson.dumps(document).decode() for word in said)


def test_as_a_generator_it_takes_and_gives_events(conversation: bytes) -> None:
    stream = map(decode, conversation.splitlines())
    given = b"".join(map(encode, redact(stream, DEFAULT, Naming(b"k" * 32, catalogue))))
    assert given == redacted(conversation, DEFAULT)


def test_options_are_frozen() -> None:
    assert CONTENT._replace(hash_models=True) == DEFAULT
    assert RedactOptions().parts() == {"content": False, "hash_models": False, "patterns": False}
