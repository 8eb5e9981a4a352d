"""What is beside the code is named in pyproject.toml, so that an installed package has it too."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SETUPTOOLS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "setuptools"
]


def named(folder: Path, patterns: list[str]) -> set[Path]:
    return {path for pattern in patterns for path in folder.glob(pattern)}


def test_pages_and_completions_are_installed() -> None:
    patterns = [pattern for each in SETUPTOOLS["data-files"].values() for pattern in each]
    completions = {path for path in (ROOT / "completions").iterdir() if path.is_file()}
    pages = set((ROOT / "man").glob("*.[0-9]"))
    assert pages | completions - {ROOT / "completions" / "generate.py"} == named(ROOT, patterns)


def test_what_the_package_reads_is_installed_with_it() -> None:
    package = ROOT / "pidgin_cli"
    files = {
        path for path in package.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    }
    kept = {path for path in files if path.suffix != ".py"}
    assert kept == named(package, SETUPTOOLS["package-data"]["pidgin_cli"])
