"""All rows of small logs, against files. After `pytest --update`, look at the difference."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from pidgin_cli.events.codec import decode
from pidgin_cli.tables.catalogue import TABLES
from pidgin_cli.tables.streams import table_rows
from tests.views.logs import LOGS, log

EXPECTED = Path(__file__).parent / "expected"


def rows_of(name: str) -> str:
    """Give a line for each row of each table, but those of events, without what is null."""
    events = [decode(line) for line in log(name).split(b"\n")[:-1]]
    lines = []
    for table in TABLES.values():
        for row in table_rows(table, events) if table.name != "events" else ():
            values = dict(zip(table.column_names, row, strict=True))
            known = {key: value for key, value in values.items() if value is not None}
            lines.append(f"{table.name} {orjson.dumps(known).decode()}\n")
    return "".join(lines)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_makes_these_rows(name: str, update: bool) -> None:
    path = EXPECTED / f"{name}.rows"
    if update:
        EXPECTED.mkdir(exist_ok=True)
        path.write_text(rows_of(name), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == rows_of(name)
