from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.config.load import load_settings
from pidgin_cli.config.settings import AgentSettings, Settings, as_plain
from pidgin_cli.errors import ConfigError, ExitStatus

DATA_DIR = "events.storage.data_dir"


def turns(number: int) -> str:
    return f"defaults:\n  max_turns: {number}\n"


def test_without_any_file_everything_is_default_and_the_folder_is_at_home(machine: Any) -> None:
    loaded = machine.load()
    expected = as_plain(Settings())
    expected["events"]["storage"]["data_dir"] = str(machine.home / ".pidgin_data" / "events")
    assert (expected, {"default"}) == (as_plain(loaded.settings), set(loaded.origins.values()))


def test_every_single_value_has_an_origin(machine: Any) -> None:
    machine.project_file.write_text("agents:\n  critic:\n    model: gpt\n")
    agent = dict.fromkeys(as_plain(AgentSettings("")), "default")
    origins = {
        key.removeprefix("agents.critic."): origin
        for key, origin in machine.load().origins.items()
        if key.startswith("agents.")
    }
    assert agent | {"model": "pidgin.yaml:3"} == origins


def test_the_user_is_stronger_than_the_system_and_the_project_than_both(machine: Any) -> None:
    seen = []
    for number, file in enumerate(
        (machine.system_file, machine.user_file, machine.project_file), start=1
    ):
        file.write_text(turns(number))
        loaded = machine.load()
        seen.append((loaded.settings.defaults.max_turns, loaded.origins["defaults.max_turns"]))
    expected = [
        (1, f"{machine.system_file}:2"),
        (2, f"{machine.user_file}:2"),
        (3, "pidgin.yaml:2"),
    ]
    assert expected == seen


def test_files_set_keys_of_one_section_side_by_side(machine: Any) -> None:
    machine.system_file.write_text("conversation: {attractor: {window: 30}}")
    machine.user_file.write_text("conversation: {attractor: {threshold: 4}}")
    attractor = machine.load().settings.conversation.attractor
    assert (attractor.window, attractor.threshold, attractor.check_interval) == (30, 4, 5)


def test_an_agent_of_a_stronger_file_replaces_the_whole_agent(machine: Any) -> None:
    machine.user_file.write_text(
        "agents: {critic: {model: gpt, temperature: 0, seed: 3}, poet: {model: claude}}"
    )
    machine.project_file.write_text("agents: {critic: {model: gemini}}")
    expected = {"critic": AgentSettings("gemini"), "poet": AgentSettings("claude")}
    assert expected == machine.load().settings.agents


def test_the_environment_is_stronger_than_files(machine: Any) -> None:
    machine.user_file.write_text("events: {storage: {data_dir: /of/the/file}}")
    machine.environ["PIDGIN_DATA_DIR"] = "/of/the/environment"
    loaded = machine.load()
    assert (Path("/of/the/environment"), "PIDGIN_DATA_DIR") == (
        loaded.settings.events.storage.data_dir,
        loaded.origins[DATA_DIR],
    )


def test_flags_are_stronger_than_the_environment(machine: Any) -> None:
    machine.environ["PIDGIN_DATA_DIR"] = "/of/the/environment"
    loaded = machine.load(overrides={DATA_DIR: ("/of/the/flag", "--data-dir")})
    assert (Path("/of/the/flag"), "--data-dir") == (
        loaded.settings.events.storage.data_dir,
        loaded.origins[DATA_DIR],
    )


def test_an_empty_variable_counts_as_not_set(machine: Any) -> None:
    machine.environ |= {"PIDGIN_DATA_DIR": "", "PIDGIN_CONFIG": "", "XDG_CONFIG_HOME": ""}
    machine.user_file.write_text(turns(3))
    assert {"defaults.max_turns": f"{machine.user_file}:2"} == machine.origins()


@pytest.mark.parametrize("source", ["file", "environment", "flag"])
def test_a_relative_folder_is_seen_from_where_it_was_written(machine: Any, source: str) -> None:
    overrides = {}
    if source == "file":
        machine.user_file.write_text("events: {storage: {data_dir: logs}}")
    elif source == "environment":
        machine.environ["PIDGIN_DATA_DIR"] = "logs"
    else:
        overrides[DATA_DIR] = ("logs", "--data-dir")
    folder = machine.user_file.parent if source == "file" else machine.project
    assert folder / "logs" == machine.load(overrides=overrides).settings.events.storage.data_dir


def test_a_folder_at_home_may_be_written_in_a_file(machine: Any) -> None:
    machine.user_file.write_text("events: {storage: {data_dir: ~/logs}}")
    assert machine.home / "logs" == machine.load().settings.events.storage.data_dir


def test_a_relative_folder_to_stand_in_gives_an_absolute_data_dir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"PIDGIN_DATA_DIR": "logs"}
    loaded = load_settings(environ=environ, cwd=Path("."), system=tmp_path / "none")
    assert Path(os.getcwd(), "logs") == loaded.settings.events.storage.data_dir


@pytest.mark.parametrize("home", [None, ""])
def test_where_home_is_not_set_that_of_the_account_is_taken(
    machine: Any, home: str | None, account: Callable[[Path], None]
) -> None:
    account(machine.home)
    del machine.environ["HOME"]
    if home is not None:
        machine.environ["HOME"] = home
    machine.user_file.write_text(turns(3))
    loaded = machine.load()
    folder = machine.home / ".pidgin_data" / "events"
    assert (3, folder) == (
        loaded.settings.defaults.max_turns,
        loaded.settings.events.storage.data_dir,
    )


def test_home_wins_over_that_of_the_account(
    machine: Any, account: Callable[[Path], None], tmp_path: Path
) -> None:
    account(tmp_path / "account")
    folder = machine.home / ".pidgin_data" / "events"
    assert folder == machine.load().settings.events.storage.data_dir


def test_a_home_of_the_account_that_is_no_absolute_path_is_none(
    machine: Any, account: Callable[[Path], None]
) -> None:
    account(Path("home"))
    del machine.environ["HOME"]
    assert "the account has no home" in machine.fault()


def test_no_home_is_said_with_both_remedies(machine: Any, nobody: None) -> None:
    del machine.environ["HOME"]
    expected = (
        "default: ~/.pidgin_data/events: HOME is not set, and the account has no home: set HOME or "
        "events.storage.data_dir"
    )
    assert expected == machine.fault()


def test_no_home_does_not_matter_where_the_folder_is_given(machine: Any, nobody: None) -> None:
    del machine.environ["HOME"]
    machine.system_file.write_text("events: {storage: {data_dir: ~/logs}}")
    machine.environ["PIDGIN_DATA_DIR"] = "/logs"
    assert Path("/logs") == machine.load().settings.events.storage.data_dir


def test_a_home_of_nobody_is_said_with_its_line(machine: Any) -> None:
    machine.user_file.write_text("events:\n  storage: {data_dir: ~no-such-user/logs}\n")
    expected = (
        f"{machine.user_file}:2: ~no-such-user/logs: no user no-such-user: "
        "set events.storage.data_dir to a path"
    )
    assert expected == machine.fault()


def test_a_removed_working_folder_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigError) as caught:
        load_settings(environ={"HOME": "/"}, system=tmp_path / "none")
    assert str(caught.value) == "the current folder is gone: change into one that exists"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            {"defaults.max_turns": (0, "--max-turns")},
            "--max-turns: 0 is not a whole number from 1 to 1000000",
        ),
        (
            {"defaults.max_turn": (1, "--max-turns")},
            "--max-turns: unknown key defaults.max_turn: did you mean max_turns?",
        ),
        (
            {"defaults.max_turns.x": (1, "--x")},
            "--x: unknown key defaults.max_turns.x: defaults.max_turns has no keys in it",
        ),
        ({"defaults": (1, "--x")}, "--x: defaults is a whole section: set the keys in it"),
        ({DATA_DIR: ("", "--data-dir")}, '--data-dir: "" is not a path'),
        ({DATA_DIR: ("a\0b", "--data-dir")}, '--data-dir: "a\\x00b" is not a path'),
    ],
)
def test_a_wrong_flag_is_named(
    machine: Any, overrides: dict[str, tuple[Any, str]], expected: str
) -> None:
    assert expected == machine.fault(overrides=overrides)


def test_a_flag_may_give_a_size_as_text(machine: Any) -> None:
    loaded = machine.load(overrides={"events.storage.min_free": ("2GiB", "--min-free")})
    assert loaded.settings.events.storage.min_free == 2 * 2**30


def test_a_weaker_file_is_read_with_the_same_care(machine: Any) -> None:
    machine.system_file.write_text("defaults: {max_turns: many}\n")
    machine.project_file.write_text(turns(3))
    expected = (
        f'{machine.system_file}:1: defaults.max_turns: "many" is not a whole number from 1 to '
        "1000000"
    )
    assert expected == machine.fault()


def test_a_wrong_configuration_ends_with_the_status_of_usage() -> None:
    assert ConfigError.exit_status == ExitStatus.USAGE


def test_loaded_settings_cannot_be_changed(machine: Any) -> None:
    with pytest.raises(TypeError):
        machine.load().settings.agents["critic"] = AgentSettings("gpt")


def test_settings_of_two_loads_are_equal(machine: Any) -> None:
    machine.project_file.write_text("agents: {critic: {model: gpt}}")
    assert machine.load() == machine.load()


def test_yaml_is_not_loaded_where_there_is_no_file(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; "
        "from pidgin_cli.config.load import load_settings; "
        "load_settings(environ={'HOME': '/'}, system=Path('none')); "
        "print({'yaml', 'difflib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stdout == b"set()\n"
