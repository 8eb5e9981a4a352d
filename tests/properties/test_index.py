"""Whatever happens to logs between two updates, the index ends equal to one made from nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.index.stores import Store, laid_open, lines

NAMES = st.sampled_from(["one", "two", "three"])
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), NAMES, st.integers(1, 40)),
        st.tuples(st.just("append"), NAMES, st.integers(1, 40)),
        st.tuples(st.just("append_torn"), NAMES, st.integers(1, 20)),
        st.tuples(
            st.just("append_bad"), NAMES, st.sampled_from([b"{}\n", b"no\n", b"\n", b"\xff\n"])
        ),
        st.tuples(st.just("compress"), NAMES, st.none()),
        st.tuples(st.just("unpack"), NAMES, st.none()),
        st.tuples(st.just("truncate"), NAMES, st.floats(0, 1)),
        st.tuples(st.just("rename"), NAMES, NAMES),
        st.tuples(st.just("copy"), NAMES, NAMES),
        st.tuples(st.just("replace"), NAMES, st.integers(1, 30)),
        st.tuples(st.just("edit"), NAMES, st.none()),
        st.tuples(st.just("delete"), NAMES, st.none()),
        st.tuples(st.just("index"), st.none(), st.none()),
        st.tuples(st.just("index"), st.none(), st.none()),
    ),
    min_size=4,
    max_size=16,
)


def happen(store: Store, what: str, name: str, more: Any, number: int) -> None:
    path = store.log(name) if name else None
    there = path is not None and path.exists()
    match what:
        case "index":
            store.index()
        case "append" if not store.archive(name).exists():
            store.append(name, more)
        case "append_torn" if not store.archive(name).exists():
            store.append(name, more, torn=True)
        case "append_bad" if there:
            store.write(name, store.log(name).read_bytes() + more)
        case "compress" if there:
            store.compress(name)
        case "unpack" if store.archive(name).exists():
            store.unpack(name)
        case "truncate" if there:
            data = store.log(name).read_bytes()
            store.write(name, data[: int(len(data) * more)])
        case "rename" if there:
            store.log(name).rename(store.log(more))
        case "copy" if there:
            store.log(more).write_bytes(store.log(name).read_bytes())
        case "replace":
            other = lines(f"{name}_{number}")
            store.write(name, b"".join(next(other) for _ in range(more)))
        case "edit" if there:
            # The same length, the same beginning and end: as sed -i does it.
            edited = store.folder.root / "edited"
            edited.write_bytes(store.log(name).read_bytes().replace(b"nest", b"rest"))
            edited.rename(store.log(name))
        case "delete" if there:
            store.log(name).unlink()


@settings(max_examples=40)
@given(HAPPENINGS)
def test_any_sequence_ends_equal_to_a_rebuild(happenings: list[tuple[str, str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        for number, (what, name, more) in enumerate(happenings):
            happen(store, what, name, more, number)
        store.index()
        assert store.rebuilt() == laid_open(store.database)
