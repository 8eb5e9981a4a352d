"""Whether the index can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from pidgin_cli.cli.diagnosis.finding import Finding
from pidgin_cli.cli.indexing import index_file
from pidgin_cli.store.folder import Folder


def index(folder: Folder) -> Iterator[Finding]:
    """Look at the database of a store, without changing it."""
    from pidgin_cli.index.database import faults

    path = index_file(folder, None).path
    if not path.exists():
        yield Finding("index", "note", "there is none", "'pidgin index' and 'pidgin query' make it")
        return
    found = faults(path)
    if found is None:
        yield Finding("index", "ok", f"{path}, {path.stat().st_size / 1e6:.1f} MB")
    else:
        yield Finding("index", "warning", f"{path}: {found}", "'pidgin index' makes it again")
