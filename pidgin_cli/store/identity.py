"""Which machine, and which boot of it, a process runs on."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def host() -> str:
    """Give the name of this machine."""
    return os.uname().nodename


@cache
def boot() -> str:
    """Give the id of this boot, or "" where the system has none to tell."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
