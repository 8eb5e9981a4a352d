from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.reservations import Claim, Reservations

CLAIM = Claim("exp_1", 3, 100, 0.5, 2.0)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "store")


def held(folder: Folder, name: str = "s") -> list[tuple[bool, tuple[Claim, ...]]]:
    return [(each.alive, each.claims) for each in Reservations(folder, name).others()]


def holding(folder: Folder) -> Reservations:
    folder.make()
    reservations = Reservations(folder, "s")
    reservations.hold({"exp_1": CLAIM})
    return reservations


def test_what_one_holds_others_see_until_it_is_closed(folder: Folder):
    reservations = holding(folder)
    assert [(True, (CLAIM,))] == held(folder)
    assert [] == list(reservations.others())
    reservations.hold({})
    assert [(True, ())] == held(folder)
    reservations.close()
    assert [] == held(folder)


def test_what_the_dead_held_is_seen_as_theirs(folder: Folder):
    child = os.fork()
    if not child:
        holding(folder)
        os._exit(0)
    os.waitpid(child, 0)
    assert [(False, (CLAIM,))] == held(folder)


def test_other_budgets_are_not_seen(folder: Folder):
    reservations = holding(folder)
    assert [] == held(folder, "other") == held(folder, "s.x")
    reservations.close()


def test_a_file_that_was_cut_off_holds_nothing(folder: Folder):
    folder.make()
    (folder.root / "s.0000000000000000.ledger").write_bytes(b"[{")
    assert [(False, ())] == held(folder)


def test_only_one_at_a_time_looks_and_changes(folder: Folder):
    order: list[str] = []

    async def visit(name: str) -> None:
        async with Reservations(folder, "s").exclusively():
            order.append(f"{name} in")
            await asyncio.sleep(0.01)
            order.append(f"{name} out")

    async def both() -> None:
        await asyncio.gather(visit("a"), visit("b"))

    asyncio.run(both())
    assert order == ["a in", "a out", "b in", "b out"]


def test_the_files_are_for_their_owner(folder: Folder):
    reservations = holding(folder)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.root.iterdir()}
    reservations.close()
    assert {0o600} == modes


def test_a_link_is_not_followed(folder: Folder, tmp_path: Path):
    folder.make()
    (folder.root / "s.ledger").symlink_to(tmp_path / "elsewhere")

    async def look() -> None:
        async with Reservations(folder, "s").exclusively():
            pass

    with pytest.raises(StoreError, match="cannot open"):
        asyncio.run(look())
    assert not (tmp_path / "elsewhere").exists()
