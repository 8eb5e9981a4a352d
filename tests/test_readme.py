import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ENDLESS = {"pidgin tail"}


def commands(section: str) -> list[str]:
    """Give the commands of a section: indented lines, joined where one goes on."""
    text = README.split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    return "\n".join(lines).replace("\\\n", "").splitlines()


def shell(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_tour_works_when_it_is_pasted(tmp_path: Path) -> None:
    for command in commands("A tour in pipes"):
        if command in ENDLESS:
            continue
        done = shell(command, tmp_path)
        closed = "| head" in command
        assert (141 if closed else 0, "", True) == (
            done.returncode,
            done.stderr,
            bool(done.stdout) or command.endswith(">/dev/null"),
        ), command


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_digest_proves_the_log_as_the_readme_says(tmp_path: Path) -> None:
    assert 0 == shell("pidgin run -t 2 --id spiral >/dev/null", tmp_path).returncode
    (check,) = (line for line in commands("When something is wrong") if "sha256sum" in line)
    first, second = shell(check, tmp_path).stdout.split("\n")[:2]
    assert f"sha256:{first.split()[0]}" == second


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    done = shell(f"{sys.executable} example.py", tmp_path)
    assert (0, True) == (done.returncode, done.stdout.startswith("# Conversation exp_")), (
        done.stderr
    )


def test_the_yaml_of_the_readme_is_the_default_configuration(tmp_path: Path) -> None:
    section = README.split("## Configuration\n")[1]
    text = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[0]
    (tmp_path / "named.yaml").write_text(text, encoding="utf-8")
    code = (
        "from dataclasses import replace; from pidgin_cli import get_config; "
        "print(replace(get_config('named.yaml'), agents={}) == replace(get_config(), agents={}))"
    )
    assert "True\n" == shell(f'{sys.executable} -c "{code}"', tmp_path).stdout


def test_the_services_of_the_readme_can_be_configured(tmp_path: Path) -> None:
    section = README.split("## Model services\n")[1]
    text = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[0]
    (tmp_path / "named.yaml").write_text(text, encoding="utf-8")
    code = "from pidgin_cli import get_config; print(*get_config('named.yaml').providers)"
    assert "my-vllm openai\n" == shell(f'{sys.executable} -c "{code}"', tmp_path).stdout


def test_ci_calls_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (line,) = [line for line in README.splitlines() if "-m pytest -n" in line]
    assert line.split(" && ")[-1] in script.splitlines()
