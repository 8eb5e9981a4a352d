"""A small study, and what is made of it with changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.config.settings import AgentSettings, Settings
from pidgin_cli.config.study import Study, StudyFile
from pidgin_cli.engine.cells import Cell
from pidgin_cli.engine.planning import plan_cells

AGENTS: Mapping[str, AgentSettings] = {
    "ada": AgentSettings("sim:chatty"),
    "bob": AgentSettings("sim:terse", name="Robert"),
    "cid": AgentSettings("sim:echo"),
}
BASE = Study(study="demo", agents=AGENTS, pairs=(("ada", "bob"),))


def cells(settings: Settings | None = None, **changes: Any) -> list[Cell]:
    file = StudyFile("s.yaml", BASE._replace(**changes), {})
    return plan_cells(file, settings or Settings())
