import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

MAN = Path(__file__).parent.parent / "man"
PAGES = runpy.run_path(str(MAN / "generate.py"))["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_table_of_commands_gives(name: str) -> None:
    assert PAGES[name] == (MAN / name).read_text(encoding="utf-8"), "run: python man/generate.py"


def test_no_page_is_left_of_a_command_that_is_gone() -> None:
    assert sorted(PAGES) == sorted(path.name for path in MAN.glob("*.[0-9]"))


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_sound_roff(name: str) -> None:
    lint = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", MAN / name], capture_output=True, timeout=30
    )
    assert (0, b"") == (lint.returncode, lint.stdout)
