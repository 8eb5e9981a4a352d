"""`pidgin transcript`: every option makes a difference, and it is the one that it says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jsonschema
import orjson
import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import PATIENCE, Outcome
from tests.views.logs import LOGS, log


@dataclass(frozen=True)
class Difference:
    """What is seen of a transcript without an option, and with it."""

    given: Sequence[str]
    look: Callable[[Outcome], Any]
    without: Any
    with_it: Any
    among: Sequence[str] = ("./complete.jsonl",)


def said(outcome: Outcome) -> int:
    return outcome.out.count(b"\n**agent_")


def titles(outcome: Outcome) -> list[str]:
    return re.findall(r"^# (.*)$", outcome.out.decode(), re.MULTILINE)


def status(outcome: Outcome) -> int:
    return outcome.status


COMPLETE, PAUSED = "Conversation exp_complete", "Conversation exp_paused"
DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], titles, [PAUSED], [], ("all",)),
    "--data-dir": Difference(["--data-dir", "other"], titles, [PAUSED], [], ("all",)),
    "--sources-from": Difference(
        ["--sources-from", "names"], titles, [COMPLETE], [COMPLETE, PAUSED]
    ),
    "--output": Difference(["--output", "new.md"], said, 4, 0),
    "--force": Difference(["--force"], status, 2, 0, ("./complete.jsonl", "-o", "names")),
    "--type": Difference(["--type", "attractor.*"], said, 4, 0),
    "--agent": Difference(["--agent", "agent_a"], said, 4, 2),
    "--turn": Difference(["--turn", "1"], said, 4, 2),
    "--since": Difference(["--since", "2009-02-13T23:31:34Z"], said, 4, 2),
    "--until": Difference(["--until", "1234567892"], said, 4, 1),
    "--format": Difference(
        ["--format", "text"], lambda outcome: outcome.out[:10], b"# Conversa", b"experiment"
    ),
    "--as": Difference(
        ["--as", "agent_a"], titles, [COMPLETE], ["What agent_a was sent in exp_complete"]
    ),
    "--reasoning": Difference(
        ["--reasoning"], lambda outcome: b"thinking" in outcome.out, False, True, ("./t.jsonl",)
    ),
    "--color": Difference(
        ["--color", "always"],
        lambda outcome: b"\x1b[" in outcome.out,
        False,
        True,
        ("./complete.jsonl", "-f", "text"),
    ),
    "--schema": Difference(
        ["--schema"], lambda outcome: outcome.out[:13], b"# Conversatio", b'{\n  "$schema"'
    ),
}
# It has nothing to say but errors; scripts may pass it to every command all the same.
WITHOUT_EFFECT = {"--quiet"}


@pytest.fixture
def logs(pidgin: Program) -> Program:
    (pidgin.root / "complete.jsonl").write_bytes(log("complete"))
    (pidgin.root / "t.jsonl").write_bytes(log("thinking").replace(b"thinking", b"t"))
    (pidgin.root / "names").write_text("exp_paused\n")
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    pidgin.home.write_log("exp_paused", log("paused"))
    return pidgin


@pytest.mark.parametrize("option", sorted(set(options_of("transcript")) - WITHOUT_EFFECT))
def test_an_option_makes_the_difference_that_it_names(
    logs: Program, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = DIFFERENCES[option]
    if option in ("--config", "--data-dir"):
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
        (logs.root / ".pidgin_data").mkdir()
        logs.home.store.rename(logs.root / ".pidgin_data" / "events")
    seen = [case.look(logs("transcript", *case.among, *more)) for more in ((), case.given)]
    assert seen == [case.without, case.with_it]


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("more", [(), ("--turn", "0"), ("--type", "response.*")])
def test_a_document_is_what_its_schema_says(logs: Program, name: str, more: Sequence[str]) -> None:
    outcome = logs("transcript", "-", "-f", "json", *more, input=log(name))
    jsonschema.validate(orjson.loads(outcome.out), schema(logs))


@pytest.mark.parametrize("name", sorted({*LOGS} - {"empty"}))
def test_a_document_of_what_was_sent_is_what_its_schema_says(logs: Program, name: str) -> None:
    arguments = ("transcript", "-", "-f", "json", "--as", "agent_a")
    outcome = logs(*arguments, input=log(name))
    jsonschema.validate(orjson.loads(outcome.out), schema(logs, "--as", "agent_a"))


def schema(program: Program, *more: str) -> Any:
    """Give the schema that is printed, which is the one in the package."""
    printed = program("transcript", "--schema", *more).out
    name = "sent" if more else "document"
    assert printed == files("pidgin_cli.views").joinpath(f"{name}.schema.json").read_bytes()
    read = orjson.loads(printed)
    jsonschema.Draft202012Validator.check_schema(read)
    return read


def test_the_events_of_a_document_are_the_lines_of_the_log(logs: Program) -> None:
    document = logs("transcript", "./complete.jsonl", "-f", "json").out
    lines = log("complete").split(b"\n")[:-1]
    assert document.endswith(b'"events":[' + b",".join(lines) + b"]}\n")


FORMS = ("markdown", "text", "json", "html")


@pytest.mark.parametrize("form", FORMS)
def test_a_transcript_has_the_same_bytes_in_every_time_zone_and_locale(
    logs: Program, form: str
) -> None:
    home = logs.home
    given = []
    for zone, locale in (("UTC", "C"), ("Pacific/Auckland", "de_DE.UTF-8"), ("Asia/Gaza", "POSIX")):
        home.environ.update(TZ=zone, LC_ALL=locale, LANG=locale)
        outcome = home.run("transcript", "./complete.jsonl", "-f", form)
        assert (outcome.status, outcome.err) == (0, "")
        given.append(outcome.out)
    assert given == given[:1] * 3


@pytest.mark.parametrize("form", FORMS)
def test_a_log_and_its_archive_give_the_same(logs: Program, form: str) -> None:
    subprocess.run(["gzip", "-k", "complete.jsonl"], cwd=logs.root, check=True, timeout=PATIENCE)
    plain = logs("transcript", "./complete.jsonl", "-f", form).out
    packed = logs("transcript", "./complete.jsonl.gz", "-f", form).out
    assert plain.replace(b"complete.jsonl", b"") == packed.replace(b"complete.jsonl.gz", b"")


@pytest.mark.parametrize("form", FORMS)
def test_pieces_that_are_read_past_change_nothing(
    logs: Program, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log of which every line is read gives what one gives that is skimmed."""
    for name in LOGS:
        skimmed = logs("transcript", "-", "-f", form, input=log(name)).out
        # A space keeps a line from being one as this program writes it.
        spaced = log(name).replace(b'"delta":"', b'"delta": "')
        read = logs("transcript", "-", "-f", form, input=spaced).out
        assert skimmed == read.replace(b'"delta": "', b'"delta":"')


def test_a_turn_is_shown_when_it_ends(logs: Program) -> None:
    lines = log("complete").split(b"\n")
    with logs.home.start("transcript", "-", "-f", "text", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n".join(lines[:15]) + b"\n")
        seen = b""
        while b"convergence 0.25" not in seen:
            seen += process.stdout.read(4096)
        process.stdin.close()
        process.wait(PATIENCE)


def test_nothing_of_a_transcript_acts_on_a_terminal(logs: Program) -> None:
    for form in ("markdown", "text", "html"):
        shown = logs("transcript", "-", "-f", form, "--reasoning", input=log("hostile")).out
        text = shown.decode()
        assert set() == {each for each in text if each < " " or "\x7f" <= each < "\xa0"} - {"\n"}
        assert "\u202e" not in text


@pytest.mark.parametrize("form", FORMS)
def test_logs_that_are_shared_among_processes_give_the_same(
    logs: Program, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (logs.root / "bad.jsonl").write_bytes(b"bad\n" + log("failed"))
    arguments = ("transcript", "./complete.jsonl", "./bad.jsonl", "exp_paused", "-f", form)
    alone = logs(*arguments)
    monkeypatch.setattr("pidgin_cli.cli.abreast._MUCH", 1)
    assert logs(*arguments) == alone
    assert (alone.status, "bad.jsonl: line 1, byte 0" in alone.err) == (3, True)


def test_nothing_can_be_forced_but_a_file(logs: Program) -> None:
    outcome = logs("transcript", "./complete.jsonl", "--force")
    words = "pidgin: --force is for -o FILE: nothing else could be replaced\n"
    assert (2, words, b"") == (outcome.status, outcome.err, outcome.out)
