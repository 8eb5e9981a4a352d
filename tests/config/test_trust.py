from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DATA_DIR = "events:\n  storage:\n    data_dir: /elsewhere\n"
ADVICE = (
    "may not be set like this by a file that was found and not named: "
    "name it with --config pidgin.yaml if you trust it"
)


def test_a_found_file_may_not_move_the_logs(machine: Any) -> None:
    expected = f"pidgin.yaml:3: events.storage.data_dir {ADVICE}"
    assert expected == machine.fault(DATA_DIR)


def test_a_found_file_may_not_hide_this_behind_a_flag(machine: Any) -> None:
    overrides = {"events.storage.data_dir": ("/mine", "--data-dir")}
    expected = f"pidgin.yaml:3: events.storage.data_dir {ADVICE}"
    assert expected == machine.fault(DATA_DIR, overrides=overrides)


def test_a_found_file_may_not_make_an_agent_of_a_command(machine: Any) -> None:
    expected = f"pidgin.yaml:1: agents.claude.model {ADVICE}"
    assert expected == machine.fault("agents: {claude: {model: ' EXEC:./agent.sh'}}")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("providers: {openai: {base_url: 'https://evil.example/v1'}}", "openai.base_url"),
        ("providers: {openai: {api_key_env: AWS_SECRET}}", "openai.api_key_env"),
        ("providers: {anthropic: {headers: {x-to: evil}}}", "anthropic.headers.x-to"),
        ("providers: {openai: {concurrency: 1}}", "openai.concurrency"),
        (
            "providers: {a: {kind: openai-compatible, base_url: 'https://evil.example/v1'}}",
            "a.kind",
        ),
    ],
)
def test_a_found_file_may_not_send_a_key_to_a_stranger(machine: Any, text: str, key: str) -> None:
    assert machine.fault(text).startswith(f"pidgin.yaml:1: providers.{key} {ADVICE}")


def test_a_found_file_may_not_show_the_logs_to_a_group(machine: Any) -> None:
    expected = f"pidgin.yaml:1: events.storage.group_readable {ADVICE}"
    assert expected == machine.fault("events: {storage: {group_readable: true}}")


def test_a_found_file_may_keep_the_logs_from_a_group(machine: Any) -> None:
    machine.project_file.write_text("events: {storage: {group_readable: false}}")
    assert machine.origins() == {"events.storage.group_readable": "pidgin.yaml:1"}


def test_a_found_file_may_not_change_prices(machine: Any) -> None:
    assert f"pidgin.yaml:1: catalogue {ADVICE}" == machine.fault("catalogue: free.yaml")


def test_the_same_file_may_redirect_when_it_is_named(machine: Any) -> None:
    machine.project_file.write_text("providers: {openai: {base_url: 'https://mine.example/v1'}}")
    providers = machine.load(explicit="pidgin.yaml").settings.providers
    assert "https://mine.example/v1" == providers["openai"].base_url


def test_the_same_file_may_when_it_is_named(machine: Any) -> None:
    machine.project_file.write_text(f"{DATA_DIR}agents: {{a: {{model: 'exec:./agent.sh'}}}}")
    settings = machine.load(explicit="pidgin.yaml").settings
    expected = (Path("/elsewhere"), "exec:./agent.sh")
    assert expected == (settings.events.storage.data_dir, settings.agents["a"].model)


def test_the_same_file_may_when_a_variable_names_it(machine: Any) -> None:
    machine.project_file.write_text(DATA_DIR)
    machine.environ["PIDGIN_CONFIG"] = "pidgin.yaml"
    assert machine.origins() == {"events.storage.data_dir": "pidgin.yaml:3"}


def test_the_file_of_the_user_may(machine: Any) -> None:
    machine.user_file.write_text(DATA_DIR)
    assert {"events.storage.data_dir": f"{machine.user_file}:3"} == machine.origins()


def test_the_file_of_the_user_may_from_its_own_folder_too(machine: Any) -> None:
    machine.user_file.write_text(DATA_DIR)
    machine.project = machine.user_file.parent
    assert {"events.storage.data_dir": f"{machine.user_file}:3"} == machine.origins()


def test_a_found_file_may_set_the_rest(machine: Any) -> None:
    machine.project_file.write_text("events: {storage: {durability: always}}")
    assert machine.origins() == {"events.storage.durability": "pidgin.yaml:1"}
