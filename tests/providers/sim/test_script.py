import asyncio
from pathlib import Path

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.providers.base import RateLimited
from pidgin_cli.providers.sim.provider import SimProvider
from pidgin_cli.providers.sim.reply import Failure, Reply
from pidgin_cli.providers.sim.script import Script, read_script
from tests.contracts.provider_contract import answer, request_for, spoken


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lines, old.txt"


def replies(file: Path, content: str | bytes) -> tuple[Reply, ...]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_script(str(file)).replies


def refusal(file: Path, content: str | bytes) -> str:
    with pytest.raises(UsageError) as caught:
        replies(file, content)
    return str(caught.value).removeprefix(str(file))


def test_each_line_is_a_response(file: Path) -> None:
    assert replies(file, "Hello.\n [1] Ça va?\n") == (Reply("Hello."), Reply(" [1] Ça va?"))


def test_blank_lines_carriage_returns_and_a_byte_order_mark_are_not_said(file: Path) -> None:
    assert replies(file, "\ufeffHello.\r\n\r\n  \nYou?") == (Reply("Hello."), Reply("You?"))


def test_only_a_newline_ends_a_line(file: Path) -> None:
    assert replies(file, "one\u2028two\x0cthree\x85") == (Reply("one\u2028two\x0cthree\x85"),)


def test_an_object_says_all_that_a_service_can_do(file: Path) -> None:
    line = (
        b'{"content":"Hi.","reasoning":"Hm.","finish_reason":"content_filter",'
        b'"usage":{"input_tokens":9,"cached_tokens":3},'
        b'"errors":[{"kind":"rate_limit","message":"slow down","status":429,"retry_in":2.5},'
        b'{"kind":"authentication","retryable":false}],'
        b'"break_after":2,"rate_limit":{"message":"near","retry_in":1,"limits":{"requests":3}},'
        b'"delay":0.5}'
    )
    expected = Reply(
        "Hi.",
        "Hm.",
        "content_filter",
        {"input_tokens": 9, "cached_tokens": 3},
        (
            Failure("rate_limit", "slow down", 429, True, 2.5),
            Failure("authentication", "simulated: authentication", retryable=False),
        ),
        2,
        RateLimited("near", 1, {"requests": 3}),
        0.5,
    )
    assert replies(file, line) == (expected,)


def test_the_lines_begin_again_after_the_last() -> None:
    script = Script((Reply("one"), Reply("two"), Reply("three")))
    assert [script.reply(turn).text for turn in (0, 2, 3, 7)] == ["one", "three", "one", "two"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{nonsense", "begins with { and is not JSON: "),
        ("{}", "lacks content"),
        ('{"content":1}', "content must be text"),
        ('{"content":"","reasoning":null}', "reasoning must be text"),
        ('{"content":"","finish_reason":"done"}', "finish_reason must be one of stop, length, "),
        ('{"content":"","finish_reason":[]}', "finish_reason must be one of stop, length, "),
        ('{"content":"","break_after":-1}', "break_after must be a whole number of at least 0"),
        ('{"content":"","break_after":true}', "break_after must be a whole number of at least 0"),
        ('{"content":"","delay":"1"}', "delay must be seconds, at least 0"),
        ('{"content":"","usage":[]}', "usage must be an object"),
        ('{"content":"","usage":{"tokens":1}}', "usage.tokens is unknown, did you mean "),
        (
            '{"content":"","usage":{"input_tokens":1.5}}',
            "usage.input_tokens must be a whole number",
        ),
        ('{"content":"","errors":{}}', "errors must be a list"),
        ('{"content":"","errors":[1]}', "errors must be an object"),
        ('{"content":"","errors":[{}]}', "errors lack a kind, such as overloaded"),
        (
            '{"content":"","errors":[{"kind":"x","retryable":1}]}',
            "errors.retryable must be true or",
        ),
        ('{"content":"","rate_limit":{"limits":3}}', "rate_limit.limits must be an object"),
        ('{"content":"","resoning":""}', "resoning is unknown, did you mean reasoning?"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_by_number(
    file: Path, line: str, message: str
) -> None:
    assert refusal(file, f"Hello.\n\n{line}\n").startswith(f", line 3: {message}")


def test_a_line_that_is_not_utf_8_is_refused_by_number(file: Path) -> None:
    assert refusal(file, b"Hello.\nCaf\xe9\n") == ", line 2: not UTF-8 at byte 3"


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(file: Path, content: str) -> None:
    message = f"the script {file} is empty: write one response a line"
    assert refusal(file, content) == message


def test_a_file_that_is_not_there_is_refused_before_anything_starts(file: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read the script .*No such file or directory$"):
        SimProvider().check(f"script:{file}", {})


def test_a_file_that_is_not_there_points_at_an_option_that_was_misspelt(file: Path) -> None:
    with pytest.raises(UsageError, match=r"did you mean the option pace\?$"):
        SimProvider().check(f"script:{file},pase=3", {})


def test_a_folder_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    for name in (str(tmp_path), "a\0b"):
        with pytest.raises(UsageError, match="cannot read the script"):
            SimProvider().check(f"script:{name}", {})


def test_a_script_is_spoken_line_by_line_by_every_agent(file: Path) -> None:
    file.write_text("Hello there.\nGoodbye.\n")
    provider = SimProvider()
    provider.check(f"script:{file}", {"max_tokens": 100})
    file.unlink()
    requests = [
        request_for(f"script:{file}", turn_number=turn, agent_id=agent)
        for turn in range(3)
        for agent in ("agent_a", "agent_b")
    ]
    said = [spoken(asyncio.run(answer(provider, request))) for request in requests]
    assert said == ["Hello there."] * 2 + ["Goodbye."] * 2 + ["Hello there."] * 2


@pytest.mark.parametrize("name", ["temperature", "top_p", "thinking"])
def test_a_script_refuses_parameters_that_would_change_nothing(file: Path, name: str) -> None:
    file.write_text("Hello.\n")
    with pytest.raises(UsageError, match=f"{name} changes nothing here"):
        SimProvider().check(f"script:{file}", {name: True})
