"""What the figures stand beside: the machine, and the versions of the programs measured with it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROGRAMS = ("jq", "gzip", "pigz", "tail")
LIBRARIES = ("duckdb", "sqlite-utils", "orjson")


def machine() -> str:
    """Say in one line what was measured on, and beside what."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    programs = [f"{name} {version_of_program(name)}" for name in PROGRAMS]
    libraries = [f"{name} {version_of_library(name)}" for name in LIBRARIES]
    cores = f"{os.cpu_count()} cores"
    return "; ".join([processor(), cores, platform.system(), python, *programs, *libraries])


def processor() -> str:
    """Give the name of the processor."""
    told = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.*)", told.read_text(), re.M) if told.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def version_of_program(name: str) -> str:
    """Give the version of a program, or say that it is not installed."""
    if shutil.which(name) is None:
        return "not installed"
    told = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d[\w.]*", told.stdout + told.stderr)
    return found[0] if found else "of no known version"


def version_of_library(name: str) -> str:
    """Give the version of a library, or say that it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def has_library(name: str) -> bool:
    """Say whether a library is installed."""
    return version_of_library(name) != "not installed"
