from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest


def test_a_named_file_takes_the_place_of_the_project(machine: Any) -> None:
    machine.user_file.write_text("conversation: {attractor: {window: 30}}")
    machine.project_file.write_text("defaults: {max_turns: 3}")
    (machine.project / "other.yaml").write_text("events: {stream: {join_ms: 5}}")
    expected = {
        "conversation.attractor.window": f"{machine.user_file}:1",
        "events.stream.join_ms": "other.yaml:1",
    }
    assert expected == machine.origins(explicit="other.yaml")


def test_a_variable_names_a_file(machine: Any) -> None:
    (machine.project / "other.yaml").write_text("defaults: {max_turns: 3}")
    machine.environ["PIDGIN_CONFIG"] = "other.yaml"
    assert machine.origins() == {"defaults.max_turns": "other.yaml:1"}


def test_the_flag_is_stronger_than_the_variable(machine: Any) -> None:
    machine.environ["PIDGIN_CONFIG"] = "missing.yaml"
    machine.project_file.write_text("defaults: {max_turns: 3}")
    assert machine.origins(explicit="pidgin.yaml") == {"defaults.max_turns": "pidgin.yaml:1"}


def test_a_named_file_may_stand_at_home(machine: Any) -> None:
    (machine.home / "mine.yaml").write_text("defaults: {max_turns: 3}")
    machine.environ["PIDGIN_CONFIG"] = "~/mine.yaml"
    assert machine.origins() == {"defaults.max_turns": "~/mine.yaml:1"}


def test_a_named_file_at_a_home_that_is_not_set_is_an_error(machine: Any, nobody: None) -> None:
    del machine.environ["HOME"]
    machine.environ["PIDGIN_CONFIG"] = "~/mine.yaml"
    expected = (
        "~/mine.yaml: HOME is not set, and the account has no home: set HOME or PIDGIN_CONFIG"
    )
    assert expected == machine.fault()


def test_a_missing_file_that_a_flag_names_is_an_error(machine: Any) -> None:
    expected = "missing.yaml: No such file or directory: see what --config names"
    assert expected == machine.fault(explicit="missing.yaml")


def test_a_missing_file_that_a_variable_names_is_an_error(machine: Any) -> None:
    machine.environ["PIDGIN_CONFIG"] = "missing.yaml"
    expected = "missing.yaml: No such file or directory: see what PIDGIN_CONFIG names"
    assert expected == machine.fault()


@pytest.mark.parametrize("name", ["pidgin.yaml", "a\nb\x1b[2J"])
def test_a_name_with_control_characters_is_shown_in_one_line(machine: Any, name: str) -> None:
    shown = name.replace("\n", "\\n").replace("\x1b", "\\x1b")
    expected = f"{shown}: No such file or directory: see what --config names"
    assert expected == machine.fault(explicit=name)


def test_a_name_with_nul_is_no_path(machine: Any) -> None:
    expected = "a\\x00b: not a path: see what --config names"
    assert expected == machine.fault(explicit="a\0b")


def test_the_folder_of_xdg_takes_the_place_of_the_one_at_home(machine: Any) -> None:
    machine.user_file.write_text("defaults: {max_turns: 3}")
    file = machine.root / "xdg" / "pidgin" / "pidgin.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("defaults: {max_turns: 4}")
    machine.environ["XDG_CONFIG_HOME"] = str(machine.root / "xdg")
    assert {"defaults.max_turns": f"{file}:1"} == machine.origins()


def test_a_relative_folder_of_xdg_is_passed_over(machine: Any) -> None:
    machine.user_file.write_text("defaults: {max_turns: 3}")
    machine.environ["XDG_CONFIG_HOME"] = "xdg"
    assert {"defaults.max_turns": f"{machine.user_file}:1"} == machine.origins()


def test_a_file_where_the_folder_of_settings_should_be_is_no_settings(machine: Any) -> None:
    machine.user_file.parent.rmdir()
    machine.user_file.parent.write_text("not a folder")
    assert machine.origins() == {}


def test_a_folder_of_that_name_is_an_error(machine: Any) -> None:
    machine.project_file.mkdir()
    assert machine.fault() == "pidgin.yaml: is not a file: move it away"


def test_a_folder_that_was_named_is_an_error(machine: Any) -> None:
    assert machine.fault(explicit=".") == ".: Is a directory: see what --config names"


def test_a_pipe_that_was_only_found_is_not_waited_for(machine: Any) -> None:
    os.mkfifo(machine.project_file)
    assert machine.fault() == "pidgin.yaml: is not a file: move it away"


def test_a_pipe_that_was_named_is_read(machine: Any) -> None:
    pipe: Path = machine.project / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("defaults: {max_turns: 3}",))
    writer.start()
    origins = machine.origins(explicit="pipe")
    writer.join()
    assert origins == {"defaults.max_turns": "pipe:1"}


def test_a_file_that_cannot_be_opened_is_an_error(machine: Any) -> None:
    machine.project_file.symlink_to(machine.project_file)
    expected = "pidgin.yaml: Too many levels of symbolic links: make it readable or remove it"
    assert expected == machine.fault()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_an_error(machine: Any) -> None:
    machine.project_file.touch(mode=0)
    expected = "pidgin.yaml: Permission denied: make it readable or remove it"
    assert expected == machine.fault()


def test_a_file_without_end_is_an_error(machine: Any) -> None:
    expected = "/dev/zero: larger than 250000 bytes: not a configuration"
    assert expected == machine.fault(explicit="/dev/zero")
