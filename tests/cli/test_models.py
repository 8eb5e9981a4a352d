from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.config.catalogue import load_catalogue
from tests.providers.server import Server, pieces, refused, serving

CANARY = "canary-64bd-key-that-nobody-may-see"
JSON = "application/json"


class Process:
    """The program in a home of its own that has nothing but what a test puts there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def configure(self, text: str) -> None:
        file = self.home / ".config" / "pidgin" / "pidgin.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def models(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "pidgin_cli", "models", *arguments],
            env={**self.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert CANARY not in done.stdout + done.stderr
        return done

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.models(*arguments)
        assert ("", 0) == (done.stderr, done.returncode)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process(tmp_path)


def listing(*ids: str) -> Any:
    body = json.dumps({"data": [{"id": each} for each in ids]}).encode()
    return pieces(body, content_type=JSON, framing="length")


@pytest.fixture
def server(process: Process) -> Iterator[Server]:
    """A server that stands for OpenAI, whose key is there."""
    with serving(listing("gpt-4o", "gpt-new")) as server:
        process.environ["OPENAI_API_KEY"] = CANARY
        process.configure(f"providers: {{openai: {{base_url: '{server.url}/v1'}}}}")
        yield server


SIMULATED = ["sim:chatty", "sim:terse", "sim:echo", "sim:spiral"]


def test_the_simulated_and_every_model_of_the_catalogue_are_listed(process: Process) -> None:
    listed = process.models("--format", "ids").stdout.splitlines()
    assert SIMULATED == listed[:4]
    assert sorted(load_catalogue(environ={}).models) == sorted(listed[4:])


def test_the_simulated_agents_are_listed_as_any_others(process: Process) -> None:
    rows = process.rows("--provider", "sim")
    assert SIMULATED == [f"{row['provider']}:{row['id']}" for row in rows]
    expected = {
        "provider": "sim",
        "id": "chatty",
        "aliases": [],
        "context": 128_000,
        "max_output": None,
        "prices": {"input": 0.0, "output": 0.0, "cached_input": 0.0, "cache_write": 0.0},
        "long_prompts": None,
        "date": None,
        "source": None,
        "key": "not needed",
        "offered": None,
    }
    assert expected == rows[0]


def test_programs_have_no_models_to_list(process: Process) -> None:
    done = process.models("--provider", "exec")
    expected = "pidgin: exec has no models to list: exec:COMMAND runs any program\n"
    assert (expected, "", 2) == (done.stderr, done.stdout, done.returncode)


def test_a_row_says_all_that_is_known(process: Process) -> None:
    process.environ["XAI_API_KEY"] = CANARY
    row = process.rows("--provider", "xai")[0]
    expected = {
        "provider": "xai",
        "id": "grok-4.7",
        "aliases": ["grok"],
        "context": 500_000,
        "max_output": None,
        "prices": {"input": 2.0, "output": 6.0, "cached_input": 0.5, "cache_write": None},
        "long_prompts": {
            "above": 199_999,
            "prices": {"input": 4.0, "output": 12.0, "cached_input": 1.0, "cache_write": None},
        },
        "date": "2026-09-29",
        "source": "https://docs.x.ai/developers/models/grok-4.7",
        "key": "set",
        "offered": None,
    }
    assert expected == row


def test_keys_are_said_to_be_there_or_not_and_never_shown(process: Process) -> None:
    file = process.home / "key"
    file.write_text(CANARY)
    file.chmod(0o644)
    process.environ |= {"ANTHROPIC_API_KEY": CANARY, "XAI_API_KEY": ""}
    process.configure("providers: {google: {api_key_env: NONE, api_key_file: ~/key}}")
    keys = {row["provider"]: row["key"] for row in process.rows()}
    expected = {
        "sim": "not needed",
        "anthropic": "set",
        "openai": "missing",
        "xai": "missing",
        "google": "unusable",
        "ollama": "not needed",
    }
    assert expected == keys


def test_a_service_without_a_known_model_is_listed_by_itself(process: Process) -> None:
    process.configure(
        "providers: {mine: {kind: openai-compatible, base_url: 'http://x/v1', api_key_env: K}}"
    )
    rows = process.rows("--provider", "mine,ollama")
    expected = [("ollama", None, "not needed"), ("mine", None, "missing")]
    assert expected == [(row["provider"], row["id"], row["key"]) for row in rows]


def test_providers_can_be_named_together_and_one_by_one(process: Process) -> None:
    together = process.models("--provider", "xai,google", "--format", "ids").stdout
    apart = process.models("--provider", "google", "--provider", "xai", "--format", "ids").stdout
    assert {"xai", "google"} == {line.partition(":")[0] for line in together.splitlines()}
    assert together == apart


def test_an_unknown_provider_is_refused_with_the_nearest(process: Process) -> None:
    done = process.models("--provider", "opanai")
    expected = (
        "pidgin: no provider 'opanai': there are sim, anthropic, openai, xai, google, ollama; "
        "did you mean openai?\n"
    )
    assert (expected, "", 2) == (done.stderr, done.stdout, done.returncode)


def test_a_table_has_a_head_and_a_line_for_each(process: Process) -> None:
    head, *lines = process.models("--provider", "xai", "--format", "table").stdout.splitlines()
    row = "xai:grok-4.7 grok 500000 2 0.5 6 2026-09-29 missing"
    expected = ["model aliases context input cached_input output date key", row]
    assert expected == [" ".join(line.split()) for line in (head, lines[0])]


def test_tsv_has_every_column(process: Process) -> None:
    lines = process.models("--provider", "ollama", "--format", "tsv").stdout.splitlines()
    head, row = [line.split("\t") for line in lines]
    assert len(head) == len(row)
    assert {"model": "ollama", "key": "not needed"} == {
        name: value for name, value in zip(head, row, strict=True) if value
    }


def test_commas_and_json_are_to_be_had_as_well(process: Process) -> None:
    chosen = ("--provider", "xai", "--format")
    grok = process.models(*chosen, "csv").stdout.splitlines()[1]
    assert "xai:grok-4.7,grok,500000,,2,0.5,,6,2026-09-29,missing," == grok
    assert process.rows("--provider", "xai") == json.loads(process.models(*chosen, "json").stdout)


def test_names_of_the_users_own_catalogue_cannot_act_on_a_terminal(process: Process) -> None:
    (process.home / "mine.yaml").write_text(
        'models: {"xai:e": {date: 2026-01-01, source: x}}\naliases: {"a\\u200bb": "xai:e"}\n'
    )
    process.configure("catalogue: ~/mine.yaml")
    done = process.models("--provider", "xai", "--format", "table")
    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.isascii()


def test_a_refresh_tells_what_is_served_and_what_is_not(process: Process, server: Server) -> None:
    rows = process.rows("--refresh", "--provider", "openai")
    offered = {row["id"]: row["offered"] for row in rows}
    known = [name for name in load_catalogue(environ={}).models if name.startswith("openai:")]
    expected = {name.partition(":")[2]: name == "openai:gpt-4o" for name in known}
    assert {**expected, "gpt-new": True} == offered


def test_a_refresh_asks_with_the_key_in_a_header(process: Process, server: Server) -> None:
    process.rows("--refresh", "--provider", "openai")
    received = server.received[0]
    expected = ("GET", "/v1/models", f"Bearer {CANARY}")
    assert expected == (received.method, received.path, received.headers["authorization"])


def test_a_refresh_asks_nobody_whose_key_is_missing(process: Process, server: Server) -> None:
    del process.environ["OPENAI_API_KEY"]
    rows = process.rows("--refresh", "--provider", "openai")
    assert ([], {None}) == (server.received, {row["offered"] for row in rows})


def test_a_service_that_refuses_is_told_and_the_rest_is_listed(
    process: Process, server: Server
) -> None:
    server.script(refused(401, json.dumps({"error": {"message": f"bad key {CANARY}"}}).encode()))
    done = process.models("--refresh", "--provider", "openai,xai")
    assert done.returncode == 1
    assert done.stderr.startswith("pidgin: openai was not asked: ")
    assert "grok-4.7" in done.stdout
    assert "gpt-4o" in done.stdout


def test_an_ollama_that_does_not_run_is_no_fault(process: Process) -> None:
    process.environ["OLLAMA_HOST"] = "127.0.0.1:1"
    assert [None] == [row["offered"] for row in process.rows("--refresh", "--provider", "ollama")]


def test_an_ollama_that_runs_is_asked(process: Process) -> None:
    body = json.dumps({"models": [{"name": "llama3.2:3b"}]}).encode()
    with serving(pieces(body, content_type=JSON, framing="length")) as server:
        process.environ["OLLAMA_HOST"] = server.url
        rows = process.rows("--refresh", "--provider", "ollama")
    expected = ("/api/tags", [("llama3.2:3b", True)])
    assert expected == (
        server.received[0].path,
        [(row["id"], row["offered"]) for row in rows],
    )


def test_a_found_file_cannot_redirect_a_key(process: Process, server: Server) -> None:
    process.configure("")
    (process.home / "pidgin.yaml").write_text(
        f"providers: {{openai: {{base_url: '{server.url}'}}}}"
    )
    done = process.models("--refresh", "--provider", "openai")
    assert (2, []) == (done.returncode, server.received)
    assert done.stderr.startswith("pidgin: pidgin.yaml:1: providers.openai.base_url may not be set")


def test_listing_loads_no_http_client(process: Process) -> None:
    program = (
        "import sys; from pidgin_cli.cli.boundary import run; run(['models']); "
        "print({'httpx', 'pyarrow', 'rich'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**process.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == "set()\n"
