from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pidgin_cli.errors import UsageError
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    Provider,
    ProviderError,
    Request,
    Text,
)
from pidgin_cli.providers.exec.provider import ExecProvider
from tests.contracts.provider_contract import (
    ProviderContract,
    answer,
    finished,
    others,
    request_for,
    spoken,
)

CANARY = "canary-77d0a1-key-that-nobody-may-see"
ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": "/nowhere",
    "LC_ALL": "C.UTF-8",
    "ANTHROPIC_API_KEY": CANARY,
    "HTTPS_PROXY": f"http://me:{CANARY}@proxy",
    "MY_SECRET": CANARY,
}


def python(program: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"


def said_by(
    command: str,
    messages: tuple[Message, ...] = (Message("user", "Hello"),),
    environ: Mapping[str, str] = ENVIRON,
) -> str:
    request = request_for(command, messages)
    return spoken(asyncio.run(answer(ExecProvider(environ), request)))


def failure_of(command: str, timeout: float = 60) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        asyncio.run(answer(ExecProvider(ENVIRON, timeout), request_for(command)))
    return caught.value


class TestContract(ProviderContract):
    answer_text = "".join(f"line {number}\n" for number in range(30_000))
    unknown_model = "no-such-program --at-all"
    known_models = ()

    def provider(self) -> Provider:
        return ExecProvider(ENVIRON)

    def request(self) -> Request:
        return request_for(python("print(''.join(f'line {n}\\n' for n in range(30_000)), end='')"))

    def other_request(self) -> Request:
        return request_for("echo something else")

    def failing_request(self) -> Request:
        return request_for("sh -c 'echo one >&2; echo two >&2; exit 3'")


def test_the_messages_come_on_stdin_as_json_lines_and_then_the_end() -> None:
    messages = (Message("system", "Be brief."), Message("user", "a\nb\u2028c", "Ann"))
    expected = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "a\nb\u2028c", "name": "Ann"},
    ]
    assert expected == [orjson.loads(line) for line in said_by("cat", messages).split("\n")[:2]]


@pytest.mark.parametrize("text", ["", "no newline", "two\n\n", "\r\n \t", "🐦‍⬛ 日本\u2028\u0085"])
def test_what_it_writes_is_the_response_to_the_byte(text: str) -> None:
    assert text == said_by(python(f"import sys; sys.stdout.buffer.write({text.encode()!r})"))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8))
@settings(max_examples=10, deadline=None)
def test_utf_8_is_decoded_across_the_pieces(text: str) -> None:
    program = (
        "import os, time\n"
        f"for byte in {text.encode()!r}:\n    os.write(1, bytes([byte])); time.sleep(0.001)"
    )
    assert text == said_by(python(program))


def test_what_is_no_utf_8_is_marked() -> None:
    assert "a\ufffdb\ufffd" == said_by(python("import os; os.write(1, b'a\\xffb\\xf0\\x9f')"))


def test_a_piece_is_given_before_the_program_ends() -> None:
    async def first_piece() -> tuple[str, bool]:
        request = request_for("sh -c 'echo early; exec sleep 3600'")
        async with aclosing(ExecProvider(ENVIRON).stream(request)) as stream:
            async for chunk in stream:
                if isinstance(chunk, Text):
                    return chunk.text, others() == []
        raise AssertionError

    assert ("early\n", True) == asyncio.run(first_piece())


def test_there_is_no_shell_unless_one_is_asked_for() -> None:
    assert "$HOME; echo | >x\n" == said_by("echo '$HOME;' echo '|' '>x'")


def test_a_shell_can_be_asked_for() -> None:
    assert "3 /nowhere\n" == said_by("sh -c 'echo $((1 + 2)) $HOME'")


def test_the_program_learns_where_it_stands_and_no_key() -> None:
    request = request_for("env", turn_number=4, agent_id="agent_b", experiment_id="exp_9")
    lines = spoken(asyncio.run(answer(ExecProvider(ENVIRON), request))).splitlines()
    expected = {
        f"PATH={ENVIRON['PATH']}",
        "HOME=/nowhere",
        "LC_ALL=C.UTF-8",
        "PIDGIN_EXPERIMENT_ID=exp_9",
        "PIDGIN_AGENT_ID=agent_b",
        "PIDGIN_TURN=4",
    }
    assert expected == set(lines)


def test_usage_is_estimated_by_characters() -> None:
    chunks = asyncio.run(answer(ExecProvider(ENVIRON), request_for("echo 1234567")))
    expected = [Opened(), Text("1234567\n"), Finished("stop", Usage(5, 2), usage_estimated=True)]
    assert expected == chunks


def test_a_status_is_a_failure_with_the_end_of_stderr() -> None:
    error = failure_of("sh -c 'echo first >&2; echo the\treason >&2; exit 3'")
    expected = ("server_error", "sh ended with status 3: first the reason", False)
    assert expected == (error.kind, str(error), error.retryable)


def test_status_75_says_that_the_same_may_succeed_later() -> None:
    assert failure_of("sh -c 'exit 75'").retryable


def test_a_signal_is_a_failure() -> None:
    assert "sh ended with signal 9" == str(failure_of("sh -c 'kill -9 $$'"))


def test_stderr_is_bounded_and_made_harmless() -> None:
    program = (
        "import sys; sys.stderr.write('x' * 1_000_000 + '\\x1b]0;evil\\a\\u202e end'); sys.exit(1)"
    )
    message = str(failure_of(python(program)))
    assert message.endswith("\\x1b]0;evil\\x07\\u202e end")
    assert message.isprintable()
    assert len(message) < 600


def test_stderr_of_a_success_is_nobodys() -> None:
    assert "fine\n" == said_by("sh -c 'echo grumble >&2; echo fine'")


def test_text_before_a_failure_stays_given() -> None:
    async def heard() -> list[Chunk]:
        stream = ExecProvider(ENVIRON).stream(request_for("sh -c 'echo half; exit 1'"))
        opened, text = await anext(stream), await anext(stream)
        with pytest.raises(ProviderError):
            await anext(stream)
        return [opened, text]

    assert [Opened(), Text("half\n")] == asyncio.run(heard())


def test_silence_is_given_up() -> None:
    error = failure_of("sleep 3600", timeout=0.05)
    expected = ("timeout", "sleep was silent for 0.05 seconds", True)
    assert expected == (error.kind, str(error), error.retryable)


def test_a_program_that_reads_nothing_is_heard() -> None:
    messages = (Message("user", "x" * 1_000_000),)
    assert "deaf\n" == said_by("echo deaf", messages)


def test_a_program_that_went_away_is_a_failure(tmp_path: Path) -> None:
    error = failure_of(str(tmp_path / "gone"))
    assert ("not_found", "cannot start gone: No such file or directory") == (error.kind, str(error))


def alive(pid: int) -> bool:
    """Say whether a process runs, for which a zombie does not count."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def await_death(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_it_is_killed_with_its_children(how: str) -> None:
    command = "sh -c 'trap \"\" TERM INT HUP; sleep 3600 & echo $$ $!; wait'"

    async def interrupted() -> list[int]:
        pids: list[int] = []

        async def read() -> None:
            async with aclosing(ExecProvider(ENVIRON).stream(request_for(command))) as stream:
                async for chunk in stream:
                    if isinstance(chunk, Text):
                        pids.extend(map(int, chunk.text.split()))
                        if how == "close":
                            return
                        began.set()

        began = asyncio.Event()
        task = asyncio.create_task(read())
        if how == "cancel":
            await began.wait()
            task.cancel()
        await asyncio.wait([task])
        return pids

    pids = asyncio.run(interrupted())
    assert len(pids) == 2
    assert all(await_death(pid) for pid in pids)


def test_children_that_it_left_behind_do_not_hold_the_response_up() -> None:
    pid = int(said_by("sh -c 'sleep 3600 & echo $!'"))
    assert await_death(pid)


def test_a_child_that_left_the_group_does_not_hold_the_response_up() -> None:
    pid = int(said_by("sh -c 'setsid sleep 30 & sleep 1; echo $!'"))
    try:
        assert alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_many_run_at_once() -> None:
    async def all_said() -> list[str]:
        provider = ExecProvider(ENVIRON)
        requests = [request_for(f"echo {number}") for number in range(20)]
        return [
            spoken(each) for each in await asyncio.gather(*(answer(provider, r) for r in requests))
        ]

    assert [f"{number}\n" for number in range(20)] == asyncio.run(all_said())


def test_an_endless_answer_is_cut_by_the_estimate() -> None:
    request = replace(request_for("yes"), parameters={"max_tokens": 100_000})
    chunks = asyncio.run(answer(ExecProvider(ENVIRON), request))
    assert (400_000, Finished("length", Usage(5, 100_000), usage_estimated=True)) == (
        len(spoken(chunks)),
        finished(chunks),
    )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("no-such-program x", "exec: there is no program no-such-program"),
        ("./no/such/file", "exec: there is no program ./no/such/file"),
        ("", "exec: is no command: write exec:PROGRAM [ARGUMENT]…"),
        ("  ", "exec:   is no command: write exec:PROGRAM [ARGUMENT]…"),
        ("''", "exec:'' is no command: write exec:PROGRAM [ARGUMENT]…"),
        ("a\0b", "exec:a\\x00b is no command: write exec:PROGRAM [ARGUMENT]…"),
        ("echo 'a", "exec:echo 'a: no closing quotation: quote it as for a shell"),
    ],
)
def test_a_command_that_cannot_be_run_is_refused_before_anything_starts(
    command: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ExecProvider(ENVIRON).check(command, {})
    assert message == str(caught.value)


def test_a_file_that_is_not_executable_is_said_to_be_so(tmp_path: Path) -> None:
    script = tmp_path / "agent.sh"
    script.write_text("#!/bin/sh\necho hi\n")
    with pytest.raises(UsageError, match=r"agent.sh is not executable: chmod \+x it"):
        ExecProvider(ENVIRON).check(str(script), {})


@pytest.mark.parametrize("name", ["temperature", "top_p", "seed", "thinking", "stop"])
def test_a_parameter_that_a_program_cannot_be_told_is_refused_by_name(name: str) -> None:
    values = {"thinking": True, "stop": ["x"]}
    with pytest.raises(UsageError, match=name):
        ExecProvider(ENVIRON).check("cat", {name: values.get(name, 1)})
