import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGPIPE, SIGTERM

import pytest

from pidgin_cli.errors import ExitStatus
from pidgin_cli.events.kinds import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_RUN = {
    r"pidgin tail\b(?!.*--no-follow)": "follows until somebody ends it, and may need mail and ssh",
    r"sbatch ": "needs a Slurm cluster",
}
"""How lines begin that no test can run, and why."""

NEEDED = {"duckdb": lambda: shutil.which("duckdb"), "import pandas": lambda: find_spec("pandas")}
"""What lines need that is not everywhere, by a word of theirs; run where it is there."""

BEFORE = {
    "Steering": [
        "timeout 60 pidgin run -a sim:chatty,pace=50 -t 99 --id live >/dev/null 2>&1 & "
        "until pidgin list --state running -f ids | grep live; do sleep 0.1; done"
    ],
    "Studies": [],
    "Privacy": ["pidgin run -t 3 --id spiral -q >/dev/null"],
    "Recipes": [
        "pidgin run -t 4 --id spiral -q >/dev/null",
        "pidgin run -a sim:chatty,failures=0.5 -t 9 --seed 3 -q >/dev/null",
        "pidgin run study.yaml -q >/dev/null",
    ],
    "Unattended": ["pidgin run -t 2 -q >/dev/null"],
}
"""What stood in the store of somebody who comes to a section."""

AFTER = {"Steering": ["pidgin conduct latest stop"]}
"""What ends that which a section leaves running."""

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def block(title: str, language: str) -> str:
    """Give the first block of code of a section."""
    return re.findall(rf"```{language}\n(.*?)```", section(title), re.DOTALL)[0]


def commands(title: str) -> list[str]:
    """Give the commands of a section: those of a table, then indented lines, joined.

    The times at the beginning of a line of cron are left out.
    """
    text = section(title)
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    rows = re.findall(r"^\|[^|]*\| `(pidgin [^`]*)` \|", text, re.MULTILINE)
    joined = "\n".join(lines).replace("\\\n", "").splitlines()
    return [re.sub(r"^\S+( \*){4}  ", "", line) for line in [*rows, *joined]]


def table(title: str) -> str:
    return "\n".join(line for line in section(title).splitlines() if line.startswith("| "))


def is_run(command: str) -> bool:
    is_possible = not any(re.match(pattern, command) for pattern in NOT_RUN)
    return is_possible and all(there() for word, there in NEEDED.items() if word in command)


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


@needs_jq
def test_the_tour_works_when_it_is_pasted(tmp_path: Path) -> None:
    for command in filter(is_run, commands("A tour in pipes")):
        done = shell(command, tmp_path)
        # A reader that leaves may leave before or behind the last word.
        ended = done.returncode in ((0, 141) if "| head" in command else (0,))
        assert (True, "", True) == (
            ended,
            re.sub(r"pidgin: \d+ logs checked, sound\n", "", done.stderr),
            bool(done.stdout) or command.endswith(">/dev/null"),
        ), command


@needs_jq
@pytest.mark.parametrize("title", BEFORE)
def test_a_section_works_when_it_is_pasted(title: str, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(block("Studies", "yaml"), encoding="utf-8")
    for command in BEFORE[title]:
        assert 0 == shell(command, tmp_path).returncode, command
    for command in filter(is_run, commands(title)):
        done = shell(command, tmp_path)
        assert 0 == done.returncode, f"{command}\n{done.stderr}"
    for command in AFTER.get(title, []):
        assert 0 == shell(command, tmp_path).returncode, command


def test_the_events_of_the_readme_are_all_there_are() -> None:
    assert sorted(KINDS) == sorted(re.findall(r"`([a-z_.]+\.[a-z]+)`", table("Events")))


def test_the_exit_statuses_of_the_readme_are_all_there_are() -> None:
    told = re.findall(r"^\| (\d+(?:, \d+)*) \|", table("Exit statuses"), re.MULTILINE)
    own = [int(number) for row in told for number in row.split(", ")]
    signals = [128 + number for number in (SIGINT, SIGTERM, SIGHUP, SIGPIPE)]
    assert [*ExitStatus, *signals] == own


@needs_jq
def test_the_digest_proves_the_log_as_the_readme_says(tmp_path: Path) -> None:
    assert 0 == shell("pidgin run -t 2 --id spiral >/dev/null", tmp_path).returncode
    (check,) = (line for line in commands("When something is wrong") if "sha256sum" in line)
    first, second = shell(check, tmp_path).stdout.split("\n")[:2]
    assert f"sha256:{first.split()[0]}" == second


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    code = block("From Python", "python")
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    done = shell(f"{sys.executable} example.py", tmp_path)
    assert (0, True) == (done.returncode, done.stdout.startswith("# Conversation exp_")), (
        done.stderr
    )


def test_the_yaml_of_the_readme_is_the_default_configuration(tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text(block("Configuration", "yaml"), encoding="utf-8")
    code = (
        "from pidgin_cli import get_config; "
        "print(get_config('named.yaml')._replace(agents={}) == get_config()._replace(agents={}))"
    )
    assert "True\n" == shell(f'{sys.executable} -c "{code}"', tmp_path).stdout


def test_the_services_of_the_readme_can_be_configured(tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text(block("Model services", "yaml"), encoding="utf-8")
    code = "from pidgin_cli import get_config; print(*get_config('named.yaml').providers)"
    assert "my-vllm openai\n" == shell(f'{sys.executable} -c "{code}"', tmp_path).stdout


def test_ci_calls_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (line,) = [line for line in README.splitlines() if "-m pytest -n" in line]
    assert line.split(" && ")[-1] in script.splitlines()
