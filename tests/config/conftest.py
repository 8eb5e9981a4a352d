from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.config.load import Loaded, load_settings
from pidgin_cli.errors import ConfigError


@dataclass
class Machine:
    """A machine of its own below a folder: a system file, a home, and a project to stand in."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = self.root / "home"
        self.project = self.root / "project"
        self.system_file = self.root / "etc" / "pidgin.yaml"
        self.user_file = self.home / ".config" / "pidgin" / "pidgin.yaml"
        self.project_file = self.project / "pidgin.yaml"
        for file in (self.system_file, self.user_file, self.project_file):
            file.parent.mkdir(parents=True, exist_ok=True)
        self.environ["HOME"] = str(self.home)

    def load(
        self,
        explicit: str | None = None,
        overrides: Mapping[str, tuple[Any, str]] | None = None,
    ) -> Loaded:
        return load_settings(
            explicit=None if explicit is None else Path(explicit),
            environ=self.environ,
            cwd=self.project,
            overrides=overrides,
            system=self.system_file,
        )

    def fault(self, text: str | bytes | None = None, **how: Any) -> str:
        """Give the message that the project's file, with this text, is refused with."""
        if text is not None:
            self.project_file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ConfigError) as caught:
            self.load(**how)
        return str(caught.value)

    def origins(self, **how: Any) -> dict[str, str]:
        """Give where those values came from that are no defaults."""
        origins = self.load(**how).origins
        return {key: origin for key, origin in origins.items() if origin != "default"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)
