from __future__ import annotations

import stat
from typing import Any

import orjson
import pytest

from tests.cli.conftest import Program
from tests.filters.redaction.planted_events import line, streamed
from tests.pipes.processes import Home, Outcome, events_of, seal_in, seal_of

SAID = line("response.completed", {"response": 0, "content": "The secret word.", "tokens": 4})


def content_of(out: bytes) -> Any:
    (event,) = events_of(out)
    return event["data"]["content"]


def test_without_options_content_and_models_go(pidgin: Program, one_turn: bytes) -> None:
    outcome = pidgin("redact", input=one_turn)
    assert (outcome.status, outcome.err) == (0, "")
    first = events_of(outcome.out)[0]["data"]
    assert first["redacted"] == {"content": True, "hash_models": True, "patterns": False}
    assert b"sim" not in outcome.out
    assert seal_in(outcome.out) == seal_of(outcome.out)


@pytest.mark.parametrize(
    ("options", "content"),
    [
        (["--content"], "[REDACTED]"),
        (["--pattern", "secret"], "The [REDACTED] word."),
        (["--pattern", "SECRET"], "The secret word."),
        (["--pattern", "SECRET", "-i"], "The [REDACTED] word."),
        (["--regex", "s[a-z]+t"], "The [REDACTED] word."),
        (["--hash-models"], "The secret word."),
        (["--pattern", "The", "--pattern", "word"], "[REDACTED] secret [REDACTED]."),
    ],
)
def test_each_option_makes_its_difference(
    pidgin: Program, options: list[str], content: str
) -> None:
    assert content_of(pidgin("redact", *options, input=SAID).out) == content


def test_a_builtin_family_finds_its_kind(pidgin: Program) -> None:
    said = line("response.completed", {"content": "Write to ada@example.org today."})
    out = pidgin("redact", "--builtin", "secrets,email", input=said).out
    assert content_of(out) == "Write to [REDACTED] today."


def test_configured_patterns_hold_beside_those_that_were_typed(pidgin: Program, home: Home) -> None:
    (home.root / "mine.yaml").write_text('events: {privacy: {redact_patterns: ["sec.et"]}}')
    given = pidgin("redact", "--config", "mine.yaml", "--pattern", "word", input=SAID)
    assert content_of(given.out) == "The [REDACTED] [REDACTED]."


def test_a_log_of_the_store_is_read_by_its_id(pidgin: Program, home: Home, one_turn: bytes) -> None:
    home.write_log("exp_1", one_turn)
    assert pidgin("redact", "exp_1").out == pidgin("redact", input=one_turn).out


def test_the_key_is_made_once_for_its_owner_alone(pidgin: Program, home: Home) -> None:
    first = pidgin("redact", input=SAID).out
    key = home.root / ".config" / "pidgin" / "redaction.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert pidgin("redact", input=SAID).out == first


def test_another_key_is_named_by_an_option_or_a_variable(
    pidgin: Program, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.key", "two.key"):
        (home.root / name).write_text(name * 8)
        (home.root / name).chmod(0o600)
    one = pidgin("redact", "--key-file", "one.key", input=SAID).out
    two = pidgin("redact", "--key-file", "two.key", input=SAID).out
    assert one != two
    monkeypatch.setenv("PIDGIN_REDACT_KEY_FILE", "one.key")
    assert pidgin("redact", input=SAID).out == one
    assert not (home.root / ".config").exists()


def test_the_report_counts_what_was_redacted(pidgin: Program, home: Home) -> None:
    outcome = pidgin("redact", "--content", "--report", "report.json", input=SAID)
    assert outcome.status == 0
    report = orjson.loads((home.root / "report.json").read_bytes())
    assert report["redacted"] == [
        {
            "kind": "response.completed",
            "field": "data.content",
            "reason": "content",
            "count": 1,
        }
    ]
    assert len(report["key_fingerprint"]) == 16
    again = pidgin("redact", "--content", "--report", "report.json", input=SAID)
    assert (again.status, again.out) == (2, b"")
    assert pidgin("redact", "--report", "report.json", "--force", input=SAID).status == 0


def test_check_says_where_something_is_and_shows_nothing(pidgin: Program) -> None:
    outcome = pidgin("redact", "--check", "--pattern", "secret", input=SAID + SAID)
    assert outcome.status == 1
    assert outcome.out == (
        b"stdin: line 1: response.completed: data.content: pattern 1\n"
        b"stdin: line 2: response.completed: data.content: pattern 1\n"
    )


def test_check_names_the_line_in_which_what_is_cut_over_deltas_begins(pidgin: Program) -> None:
    stream = streamed(["A cat, a ", "se", "cret", ", a ", "hat", " and more.", " Bye."])
    outcome = pidgin(
        "redact", "--check", "--pattern", "secret", "--pattern", "hat and", input=stream
    )
    assert outcome.status == 1
    assert [line for line in outcome.out.splitlines() if b"delta" in line] == [
        b"stdin: line 3: response.streaming: data.delta: pattern 1",
        b"stdin: line 6: response.streaming: data.delta: pattern 2",
    ]


def test_check_names_the_line_of_a_text_that_no_event_ends(pidgin: Program, home: Home) -> None:
    cut = streamed(["Nothing.", " a se", "cret"]).splitlines(keepends=True)[:4]
    (home.root / "cut.jsonl").write_bytes(b"".join(cut))
    (home.root / "other.jsonl").write_bytes(SAID.replace(b"exp_001", b"exp_002") * 9)
    outcome = pidgin("redact", "--check", "--pattern", "a secret", "./cut.jsonl", "./other.jsonl")
    assert outcome.out == b"cut.jsonl: line 3: response.streaming: data.delta: pattern 1\n"


def test_check_names_the_line_in_which_a_model_is_named_over_deltas(pidgin: Program) -> None:
    stream = streamed(["I am no", "t the model gpt", "-4o", ", said it."])
    outcome = pidgin("redact", "--check", "--hash-models", input=stream)
    assert b"stdin: line 3: response.streaming: data.delta: model\n" in outcome.out


@pytest.mark.parametrize("options", [[], ["--content"], ["--builtin", "secrets"]])
def test_check_finds_nothing_in_what_was_redacted(
    pidgin: Program, one_turn: bytes, options: list[str]
) -> None:
    given = pidgin("redact", *options, input=one_turn).out
    outcome = pidgin("redact", "--check", *options, input=given)
    assert (outcome.status, outcome.out, outcome.err) == (0, b"", "")


def test_a_long_seed_is_gone_and_the_log_is_sound(pidgin: Program) -> None:
    run = pidgin("run", "-t", "1", "--seed", "4611686018427387904", "--no-store").out
    shared = pidgin("redact", input=run).out
    pidgin("index", "--db", "index.db", "-", input=shared)
    asked = pidgin("query", "--db", "index.db", "sql", "select seed from experiments")
    assert (0, b'{"seed":null}\n') == (pidgin("check", "-", input=shared).status, asked.out)


def test_bad_lines_are_told_of_without_their_words(pidgin: Program) -> None:
    outcome = pidgin("redact", input=b"my secret\n" + SAID + b'{"type":"my secr')
    assert (outcome.status, len(events_of(outcome.out))) == (3, 1)
    assert outcome.err == (
        "pidgin: stdin: line 1, byte 0: not JSON\n"
        f"pidgin: stdin: line 3, byte {10 + len(SAID)}: the last line is torn\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--builtin", "nothing"], "no family is called 'nothing'"),
        (["--regex", "(?=x)"], "RE2 has no lookahead"),
        (["--pattern", ""], "is empty"),
        (["--key-file", "not-there"], "cannot read the key of redaction"),
        (["--key-file", "/"], "is not a file"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(
    pidgin: Program, options: list[str], said: str
) -> None:
    outcome = pidgin("redact", *options, input=SAID)
    assert (outcome.status, outcome.out) == (2, b"")
    assert said in outcome.err


def test_a_key_that_others_can_read_is_refused(pidgin: Program, home: Home) -> None:
    key = home.root / "my.key"
    key.write_text("k" * 64)
    key.chmod(0o644)
    outcome = pidgin("redact", "--key-file", "my.key", input=SAID)
    assert (outcome.status, outcome.out) == (2, b"")
    assert "can be read by others" in outcome.err


class TestPrivacyOfTheStore:
    CONFIG = "events: {privacy: {enabled: true, remove_content: true, hash_models: true}}\n"

    def run(self, pidgin: Program, home: Home, *options: str) -> bytes:
        (home.root / "private.yaml").write_text(self.CONFIG)
        outcome = pidgin(
            "run", "--config", "private.yaml", "-t", "2", "--seed", "7", "--id", "exp_1", *options
        )
        assert (outcome.status, outcome.err) == (0, "")
        return outcome.out

    def test_what_is_kept_and_what_stdout_gets_is_redacted(
        self, pidgin: Program, home: Home
    ) -> None:
        out = self.run(pidgin, home)
        assert home.logs()["exp_1"] == out
        assert b"chatty" not in out
        assert {event["data"].get("content", "[REDACTED]") for event in events_of(out)} == {
            "[REDACTED]"
        }
        assert seal_in(out) == seal_of(out)

    def test_it_is_what_the_filter_gives(self, pidgin: Program, home: Home) -> None:
        out = self.run(pidgin, home, "--no-store")
        assert pidgin("redact", "--check", input=out).status == 0

    def test_text_in_a_pipe_is_redacted_too(self, pidgin: Program, home: Home) -> None:
        out = self.run(pidgin, home, "--format", "text")
        assert b"chatty" not in out
        assert b"[REDACTED]" in out

    def test_such_a_log_cannot_be_taken_up_again(self, pidgin: Program, home: Home) -> None:
        self.run(pidgin, home)
        for options in (["--branch", "exp_1@1"], ["--from", "exp_1"]):
            outcome = pidgin("run", *options)
            assert outcome.status == 2
            assert "redacted" in outcome.err

    def test_privacy_that_redacts_nothing_is_refused(self, pidgin: Program, home: Home) -> None:
        (home.root / "private.yaml").write_text("events: {privacy: {enabled: true}}")
        outcome = pidgin("run", "--config", "private.yaml", "-t", "1")
        assert (outcome.status, outcome.out, home.logs()) == (2, b"", {})

    def test_a_file_that_was_only_found_cannot_switch_it_off(
        self, pidgin: Program, home: Home
    ) -> None:
        (home.root / "pidgin.yaml").write_text("events: {privacy: {enabled: false}}")
        assert pidgin("list").status == 2


def test_a_report_in_a_folder_that_is_not_there_is_refused_before_a_line_is_read(
    pidgin: Program,
) -> None:
    outcome = pidgin("redact", "--report", "none/x", input=SAID)
    said = "pidgin: there is no folder none: make it, or give another name than none/x\n"
    assert Outcome(2, b"", said) == outcome


def test_home_is_needed_for_a_key_of_ones_own(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch, nobody: None
) -> None:
    monkeypatch.delenv("HOME")
    outcome = pidgin("redact", input=SAID)
    assert (outcome.status, outcome.out) == (2, b"")
    assert "HOME is not set" in outcome.err
