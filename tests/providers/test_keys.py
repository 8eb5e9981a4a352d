from __future__ import annotations

import os
import pickle
import traceback
from pathlib import Path

import pytest

from pidgin_cli.config.secret import Secret
from pidgin_cli.errors import ConfigError
from pidgin_cli.providers.keys import KeySource

CANARY = "canary-3c9e-key-that-nobody-may-see"


def key_file(tmp_path: Path, content: str | bytes = CANARY, mode: int = 0o600) -> Path:
    file = tmp_path / "key"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    file.chmod(mode)
    return file


def refusal(source: KeySource, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        source.find(environ or {})
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def test_the_first_variable_that_is_set_counts() -> None:
    source = KeySource("google", ("ONE", "TWO", "THREE"))
    environ = {"ONE": "", "TWO": CANARY, "THREE": "other"}
    assert Secret(CANARY) == source.find(environ)


def test_a_variable_goes_before_the_file(tmp_path: Path) -> None:
    source = KeySource("openai", ("OPENAI_API_KEY",), key_file(tmp_path, "of the file"))
    assert Secret(CANARY) == source.find({"OPENAI_API_KEY": CANARY})


@pytest.mark.parametrize(
    "content", [CANARY, f"{CANARY}\n", f"\ufeff{CANARY}"[1:], f"  {CANARY}\r\n"]
)
def test_the_file_is_read_without_the_space_around_the_key(tmp_path: Path, content: str) -> None:
    source = KeySource("openai", ("OPENAI_API_KEY",), key_file(tmp_path, content))
    assert Secret(CANARY) == source.find({})


def test_without_a_key_the_variable_and_the_setting_are_named() -> None:
    expected = "no key for anthropic: set ANTHROPIC_API_KEY, or providers.anthropic.api_key_file"
    assert expected == refusal(KeySource("anthropic", ("ANTHROPIC_API_KEY",)))


def test_without_a_key_all_variables_are_named() -> None:
    expected = "no key for google: set A or B, or providers.google.api_key_file"
    assert expected == refusal(KeySource("google", ("A", "B")), {"A": ""})


def test_a_service_that_wants_no_key_has_none() -> None:
    assert KeySource("ollama").find({}) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    expected = (
        "no key for openai: others may read the file of providers.openai.api_key_file: "
        "make it yours alone with chmod 600"
    )
    assert expected == refusal(KeySource("openai", (), key_file(tmp_path, mode=mode)))


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_is_theirs_to_mind(tmp_path: Path) -> None:
    file = key_file(tmp_path, mode=0o444)
    os.chown(file, 12345, -1)
    assert Secret(CANARY) == KeySource("openai", (), file).find({})


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none", "No such file or directory"), (".", "Is a directory"), ("a\0b", "not a path")],
)
def test_a_file_that_cannot_be_read_is_said_by_its_setting_and_not_by_its_path(
    tmp_path: Path, name: str, reason: str
) -> None:
    expected = "no key for openai: cannot read the file of providers.openai.api_key_file: " + reason
    assert expected == refusal(KeySource("openai", (), tmp_path / name))


def test_a_key_written_where_its_file_belongs_is_not_shown() -> None:
    assert "cannot read" in refusal(KeySource("openai", (), Path(CANARY)))


@pytest.mark.parametrize(
    "text", ["  ", f"{CANARY}\nx", f"{CANARY} x", f"{CANARY}\x07", f"é{CANARY}"]
)
def test_what_cannot_stand_in_a_header_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    what = "holds no key, or more than one line or word"
    said = refusal(KeySource("openai", ("OPENAI_API_KEY",)), {"OPENAI_API_KEY": text})
    of_file = refusal(KeySource("openai", (), key_file(tmp_path, text)))
    expected = (
        f"no key for openai: the variable OPENAI_API_KEY {what}",
        f"no key for openai: the file of providers.openai.api_key_file {what}",
    )
    assert expected == (said, of_file)


def test_the_state_of_a_key_is_told_without_it(tmp_path: Path) -> None:
    variable = KeySource("openai", ("OPENAI_API_KEY",))
    file = KeySource("openai", ("OPENAI_API_KEY",), key_file(tmp_path, mode=0o644))
    states = (
        variable.state({"OPENAI_API_KEY": CANARY}),
        variable.state({"OPENAI_API_KEY": ""}),
        variable.state({"OPENAI_API_KEY": "two words"}),
        file.state({}),
        KeySource("ollama").state({}),
    )
    assert ("set", "missing", "unusable", "unusable", "not needed") == states


def test_a_secret_is_shown_as_nothing() -> None:
    secret = Secret(CANARY)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}"]
    shown += [repr({"key": [secret]}), repr(vars(type(secret)))]
    assert [text for text in shown if CANARY in text] == []
    assert repr(secret) == "(hidden)"


def test_a_secret_is_not_written_down() -> None:
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(Secret(CANARY))


def test_a_secret_knows_its_equal_and_reveals_its_value_when_asked() -> None:
    assert (Secret("a"), "a") == (Secret("a"), Secret("a").reveal())
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert {Secret("a")} == {Secret("a")}
