from __future__ import annotations

import orjson
import pytest

from tests.cli.conftest import Program
from tests.pipes.processes import Outcome


def shown(pidgin: Program, *arguments: str) -> dict[str, tuple[object, str]]:
    outcome = pidgin("config", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    rows = map(orjson.loads, outcome.out.splitlines())
    return {row["key"]: (row["value"], row["origin"]) for row in rows}


def test_each_key_is_shown_with_its_value_and_who_set_it(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pidgin.root / "pidgin.yaml").write_text("defaults:\n  max_turns: 7\n")
    monkeypatch.setenv("PIDGIN_DATA_DIR", "/from/environ")
    keys = shown(pidgin)
    assert keys["defaults.max_turns"] == (7, "pidgin.yaml:2")
    assert keys["events.storage.data_dir"] == ("/from/environ", "PIDGIN_DATA_DIR")
    assert keys["events.storage.durability"] == ("batch", "default")


def test_flags_go_before_all(pidgin: Program) -> None:
    (pidgin.root / "mine.yaml").write_text("events: {storage: {data_dir: /from/file}}\n")
    keys = shown(pidgin, "--config", "mine.yaml", "--data-dir", "/from/flag")
    assert keys["events.storage.data_dir"] == ("/from/flag", "--data-dir")


def test_no_secret_is_shown(pidgin: Program) -> None:
    (pidgin.root / "mine.yaml").write_text(
        "providers:\n  x: {kind: openai-compatible, base_url: 'http://h', headers: {A: canary}}\n"
    )
    outcome = pidgin("config", "show", "--config", "mine.yaml")
    assert b"providers.x.headers.A" in outcome.out
    assert b"canary" not in outcome.out


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("table", b"key "),
        ("jsonl", b'{"key":'),
        ("json", b'[{"key":'),
        ("csv", b"key,value,origin\n"),
        ("tsv", b"key\tvalue\t"),
    ],
)
def test_the_format_is_the_one_that_was_asked_for(pidgin: Program, form: str, begin: bytes) -> None:
    assert pidgin("config", "--format", form).out.startswith(begin)


def test_the_files_are_told_that_are_looked_for(pidgin: Program) -> None:
    (pidgin.root / "mine.yaml").touch()
    rows = [*map(orjson.loads, pidgin("config", "path", "--config", "mine.yaml").out.splitlines())]
    own = f"{pidgin.root}/.config/pidgin/pidgin.yaml"
    assert rows[1:] == [
        {"file": own, "state": "not there"},
        {"file": f"{pidgin.root}/mine.yaml", "state": "read, named by --config"},
    ]


def test_a_sound_configuration_is_said_to_be(pidgin: Program) -> None:
    assert pidgin("config", "check").err == "pidgin: the configuration is sound\n"
    assert pidgin("config", "check", "--quiet").err == ""


def test_a_fault_is_told_with_its_place(pidgin: Program) -> None:
    (pidgin.root / "pidgin.yaml").write_text("defaults: {max_turn: 7}\n")
    outcome = pidgin("config", "check")
    assert outcome.status == 2
    assert "pidgin.yaml:1: unknown key defaults.max_turn: did you mean max_turns?" in outcome.err


def test_all_faults_are_told_each_with_its_place(pidgin: Program) -> None:
    own = pidgin.root / ".config" / "pidgin" / "pidgin.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(
        "events:\n"
        "  privacy: {enable: true}\n"
        "  storage:\n"
        "    min_free: lots\n"
        "defaults:\n"
        "  max_turns: 0\n"
        "agents:\n"
        "  ada: {temperature: hot}\n"
        "  bob: {model: sim:echo, top_p: 2}\n"
    )
    (pidgin.root / "pidgin.yaml").write_text("event: {}\nlimits: [1]\n")
    outcome = pidgin("config", "check")
    assert outcome == Outcome(
        2,
        b"",
        f"pidgin: {own}:2: unknown key events.privacy.enable: did you mean enabled?\n"
        f'pidgin: {own}:4: events.storage.min_free: "lots" is not a number of bytes or a size such '
        "as 500MB or 2GiB\n"
        f"pidgin: {own}:6: defaults.max_turns: 0 is not a whole number from 1 to 1000000\n"
        f"pidgin: {own}:8: agents.ada has no model: add one\n"
        f'pidgin: {own}:8: agents.ada.temperature: "hot" is not a number of at least 0\n'
        f"pidgin: {own}:9: agents.bob.top_p: 2 is not a number between 0 and 1\n"
        "pidgin: pidgin.yaml:1: unknown key event: did you mean events?\n"
        "pidgin: pidgin.yaml:2: limits: a list is not a mapping: write its keys below it, "
        "indented\n",
    )
    assert pidgin("list").err == (
        f"pidgin: {own}:2: unknown key events.privacy.enable: did you mean enabled? "
        "(the first of 8 faults)\n"
    )


def test_services_and_patterns_are_looked_at_together(pidgin: Program) -> None:
    (pidgin.root / "mine.yaml").write_text(
        "providers:\n  one: {concurrency: 2}\n  openai: {usage: false, order: joined}\n"
        "conversation:\n  convergence: {profile: custom}\n"
    )
    outcome = pidgin("config", "check", "--config", "mine.yaml")
    places = [line.split(":")[2] for line in outcome.err.splitlines()]
    assert (2, ["2", "3", "3", "5"]) == (outcome.status, places)
    (pidgin.root / "mine.yaml").write_text(
        "events:\n  privacy:\n    redact_patterns: ['(']\n    redact_builtin: [emails]\n"
    )
    outcome = pidgin("config", "check", "--config", "mine.yaml")
    places = [line.split(":")[2] for line in outcome.err.splitlines()]
    assert (2, ["3", "4"]) == (outcome.status, places)


@pytest.mark.parametrize("command", ["run", "run study.yaml", "redact", "config check"])
def test_a_pattern_that_means_nothing_is_told_with_its_place(pidgin: Program, command: str) -> None:
    (pidgin.root / "mine.yaml").write_text(
        "events:\n  privacy:\n    enabled: true\n    redact_patterns: ['(']\n"
    )
    (pidgin.root / "study.yaml").write_text("study: s\npairs: [[sim:echo, sim:echo]]\n")
    outcome = pidgin(*command.split(), "--config", "mine.yaml")
    assert outcome.status == 2
    assert outcome.err.startswith("pidgin: mine.yaml:4: events.privacy.redact_patterns: regex 1")


def test_a_file_to_begin_with_is_made_where_it_will_be_found(pidgin: Program) -> None:
    own = pidgin.root / ".config" / "pidgin" / "pidgin.yaml"
    outcome = pidgin("config", "init")
    assert (outcome.status, outcome.err) == (0, f"pidgin: wrote {own}\n")
    assert pidgin("config", "check").status == 0
    assert pidgin("config", "init").status == 2
    own.write_text("")
    assert pidgin("config", "init", "--force").status == 0
    assert b"max_turns" in own.read_bytes()


def test_a_file_to_begin_with_is_made_where_it_is_wanted(pidgin: Program) -> None:
    outcome = pidgin("config", "init", "--output", "here.yaml", "--quiet")
    assert (outcome.status, outcome.err) == (0, "")
    assert (pidgin.root / "here.yaml").exists()


def test_a_file_to_begin_with_goes_to_stdout_where_that_is_asked(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch, nobody: None
) -> None:
    monkeypatch.delenv("HOME")
    outcome = pidgin("config", "init", "-o", "-")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(b"#")
    assert b"max_turns" in outcome.out
    assert pidgin("config", "init", "-o", "-", "--force").status == 2


def test_without_a_home_there_is_no_own_file(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch, nobody: None
) -> None:
    monkeypatch.delenv("HOME")
    outcome = pidgin("config", "init")
    assert outcome.status == 2
    assert "HOME is not set" in outcome.err


def test_an_action_that_is_none_is_refused(pidgin: Program) -> None:
    assert pidgin("config", "forget").status == 2


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (["--force"], "--force is for config init, and not for show"),
        (["check", "-o", "F"], "--output is for config init, and not for check"),
        (["check", "-f", "tsv"], "--format is for config show, path, and not for check"),
        (["path", "--data-dir", "D"], "--data-dir is for config show, check, and not for path"),
        (
            ["init", "--config", "F"],
            "--config is for config show, path, check, and not for init",
        ),
    ],
)
def test_an_option_that_would_have_no_effect_is_refused(
    pidgin: Program, arguments: list[str], err: str
) -> None:
    outcome = pidgin("config", *arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, b"", f"pidgin: {err}\n")
    assert pidgin.home.everything() == []


@pytest.mark.parametrize(
    ("privacy", "err"),
    [
        (
            'redact_patterns: ["a", "("]',
            "redact_patterns: regex 2: missing ) at character 2; "
            "see https://github.com/google/re2/wiki/Syntax",
        ),
        (
            'redact_patterns: [""]',
            "redact_patterns: regex 1 is empty and would match everywhere; "
            "write what is to be found",
        ),
        (
            "redact_builtin: [emial]",
            "redact_builtin: no family is called 'emial'; did you mean email? The families are "
            "secrets, email, phone, ip, card, iban, url, paths",
        ),
        (
            "enabled: true",
            "enabled is true, and nothing is to be redacted: set remove_content, hash_models, "
            "redact_patterns or redact_builtin",
        ),
    ],
)
def test_what_redact_would_refuse_is_no_sound_configuration(
    pidgin: Program, privacy: str, err: str
) -> None:
    (pidgin.root / "mine.yaml").write_text(f"events:\n  privacy:\n    {privacy}\n")
    outcome = pidgin("config", "check", "--config", "mine.yaml")
    assert outcome == Outcome(2, b"", f"pidgin: mine.yaml:3: events.privacy.{err}\n")
