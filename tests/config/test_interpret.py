from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.config.settings import AgentSettings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "events:\n  storage:\n    min_free: 1GB\n    data_dri: x\n",
            "pidgin.yaml:4: unknown key events.storage.data_dri: did you mean data_dir?",
        ),
        ("max_turns: 3", "pidgin.yaml:1: unknown key max_turns: did you mean defaults.max_turns?"),
        (
            "enabled: true",
            "pidgin.yaml:1: unknown key enabled: here can stand events, conversation, "
            "context_management, limits, defaults, agents, prompts, providers, catalogue",
        ),
        (
            "events: {zip: {level: 6}}",
            "pidgin.yaml:1: unknown key events.zip: here can stand compression, storage, "
            "privacy, stream, index",
        ),
        (
            '"": 1',
            'pidgin.yaml:1: unknown key "": here can stand events, conversation, '
            "context_management, limits, defaults, agents, prompts, providers, catalogue",
        ),
        (
            '"a\\e[2J\\u202e": 1',
            "pidgin.yaml:1: unknown key a\\x1b[2J\\u202e: here can stand events, conversation, "
            "context_management, limits, defaults, agents, prompts, providers, catalogue",
        ),
        (
            "agents: {critic: {model: gpt, temprature: 1}}",
            "pidgin.yaml:1: unknown key agents.critic.temprature: did you mean temperature?",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(machine: Any, text: str, expected: str) -> None:
    assert expected == machine.fault(text)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("conversation.convergence.threshold", "high", '"high" is not a number between 0 and 1'),
        ("conversation.convergence.threshold", "1.5", "1.5 is not a number between 0 and 1"),
        ("conversation.convergence.threshold", ".nan", "nan is not a number between 0 and 1"),
        ("conversation.convergence.threshold", "true", "true is not a number between 0 and 1"),
        ("conversation.convergence.enabled", "1", "1 is not true or false"),
        ("conversation.convergence.action", "off", "false is not one of log, pause, stop"),
        ("conversation.convergence.action", "halt", '"halt" is not one of log, pause, stop'),
        ("conversation.convergence.action", "[log]", "a list is not one of log, pause, stop"),
        ("conversation.attractor.window", "1", "1 is not a whole number of at least 2"),
        ("conversation.attractor.threshold", "1", "1 is not a whole number of at least 2"),
        ("conversation.attractor.check_interval", "0", "0 is not a whole number of at least 1"),
        ("context_management.warning_threshold", "101", "101 is not a number between 0 and 100"),
        ("context_management.auto_pause_threshold", "-1", "-1 is not a number between 0 and 100"),
        ("defaults.max_turns", "0", "0 is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", "true", "true is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", "2.0", "2.0 is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", "null", "null is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", "{a: 1}", "a mapping is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", str(2**63), f"{2**63} is not a whole number from 1 to 1000000"),
        ("defaults.max_turns", "9" * 90, "a huge number is not a whole number from 1 to 1000000"),
        ("events.stream.join_ms", "-1", "-1 is not a whole number of at least 0"),
        ("events.stream.chunks", "some", '"some" is not one of sampled, all, none'),
        (
            "events.storage.min_free",
            "-5",
            "-5 is not a number of bytes or a size such as 500MB or 2GiB",
        ),
        (
            "events.storage.min_free",
            "5 pounds",
            '"5 pounds" is not a number of bytes or a size such as 500MB or 2GiB',
        ),
        ("events.storage.data_dir", "7", "7 is not a path"),
        ("events.storage.data_dir", "''", '"" is not a path'),
        ("events.storage", "5", "5 is not a mapping: write its keys below it, indented"),
        ("agents", "[gpt]", "a list is not a mapping: write its keys below it, indented"),
        ("agents.critic", "gpt", '"gpt" is not a mapping: write its keys below it, indented'),
    ],
)
def test_a_wrong_value_is_shown_with_what_was_wanted(
    machine: Any, key: str, value: str, expected: str
) -> None:
    *sections, name = key.split(".")
    lines = [f"{'  ' * depth}{section}:" for depth, section in enumerate(sections)]
    lines.append(f"{'  ' * len(sections)}{name}: {value}")
    assert f"pidgin.yaml:{len(lines)}: {key}: {expected}" == machine.fault("\n".join(lines))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("temperature", "-0.1", "-0.1 is not a number of at least 0"),
        ("stop", "[]", "a list is not one text or several in a list, none of them empty"),
        ("stop", "['']", "a list is not one text or several in a list, none of them empty"),
        ("stop", "''", '"" is not one text or several in a list, none of them empty'),
        ("stop", "[1]", "a list is not one text or several in a list, none of them empty"),
        ("stop", "{a: b}", "a mapping is not one text or several in a list, none of them empty"),
        ("temperature", ".inf", "inf is not a number of at least 0"),
        ("top_p", "2", "2 is not a number between 0 and 1"),
        ("max_tokens", "0", "0 is not a whole number of at least 1"),
        ("seed", "1.5", "1.5 is not a whole number"),
        ("thinking", "deep", '"deep" is not true or false'),
        ("name", "5", "5 is not text"),
        ("model", "' '", '" " is not the name of a model'),
        ("model", "null", "null is not the name of a model"),
    ],
)
def test_a_wrong_value_of_an_agent_is_named_with_the_agent(
    machine: Any, name: str, value: str, expected: str
) -> None:
    fields = {"model": "gpt", name: value}
    lines = "".join(f"    {field}: {given}\n" for field, given in fields.items())
    message = f"pidgin.yaml:{2 + len(fields)}: agents.critic.{name}: {expected}"
    assert message == machine.fault(f"agents:\n  critic:\n{lines}")


@pytest.mark.parametrize("agent", ["{}", "", "{temperature: 0}"])
def test_an_agent_needs_a_model(machine: Any, agent: str) -> None:
    expected = "pidgin.yaml:2: agents.critic has no model: add one"
    assert expected == machine.fault(f"agents:\n  critic: {agent}")


@pytest.mark.parametrize(("name", "shown"), [("sim:x", "sim:x"), ("", ""), ("a\\nb", "a\\nb")])
def test_the_name_of_an_agent_cannot_be_taken_for_a_model(
    machine: Any, name: str, shown: str
) -> None:
    expected = (
        f'pidgin.yaml:1: agents.{shown}: "{shown}" is not a name: '
        'it is empty, or holds ":" or a control character'
    )
    assert expected == machine.fault(f'agents: {{"{name}": {{model: gpt}}}}')


@pytest.mark.parametrize(
    ("written", "stop"), [("'###'", ("###",)), ("['###', \"\\n\"]", ("###", "\n"))]
)
def test_an_agent_may_stop_at_one_text_or_at_several(
    machine: Any, written: str, stop: tuple[str, ...]
) -> None:
    machine.project_file.write_text(f"agents: {{critic: {{model: gpt, stop: {written}}}}}")
    assert {"critic": AgentSettings("gpt", stop=stop)} == machine.load().settings.agents


def test_an_agent_keeps_a_temperature_of_zero_and_what_is_left_out(machine: Any) -> None:
    machine.project_file.write_text("agents: {critic.2: {model: gpt, temperature: 0, name: ~}}")
    assert {"critic.2": AgentSettings("gpt", temperature=0.0)} == machine.load().settings.agents


def test_a_whole_number_where_any_number_may_stand_becomes_one(machine: Any) -> None:
    machine.project_file.write_text("context_management: {warning_threshold: 70}")
    threshold = machine.load().settings.context_management.warning_threshold
    assert (70.0, float) == (threshold, type(threshold))


def test_a_section_with_all_its_keys_commented_out_says_nothing(machine: Any) -> None:
    machine.project_file.write_text("events:\n  # stream: {}\n  storage:\nagents:\n")
    assert machine.origins() == {}


def test_of_several_faults_the_first_is_reported(machine: Any) -> None:
    first = "pidgin.yaml:1: defaults.max_turns: 0 is not a whole number from 1 to 1000000"
    expected = f"{first} (the first of 2 faults)"
    assert expected == machine.fault("defaults: {max_turns: 0}\nevent: {}\n")


def test_a_long_value_is_cut(machine: Any) -> None:
    expected = (
        f'pidgin.yaml:1: defaults.max_turns: "{"x" * 60}…" is not a whole number from 1 to 1000000'
    )
    assert expected == machine.fault(f"defaults: {{max_turns: {'x' * 5000}}}")
