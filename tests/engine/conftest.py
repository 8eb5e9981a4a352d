from collections.abc import Callable
from pathlib import Path

import pytest

from pidgin_cli.store.folder import Folder
from tests.engine.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Folder(tmp_path / "events"))


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    def write(*lines: str, name: str = "script") -> str:
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return f"sim:script:{path}"

    return write
