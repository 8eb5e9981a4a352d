"""Archives: plain gzip in members, from which damage takes only what it hit."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.store import archive, extraction, inflation, member
from pidgin_cli.store.archive import contents, headers, packed, the_ends
from pidgin_cli.store.extraction import UNPACKING, BombError, Unpacking, unpacked
from pidgin_cli.store.member import Piece, packed_member, read_header, unpacked_member

Maker = Callable[[bytes], bytes]


def log(turns: int, *, words: int = 40, seed: int = 1) -> bytes:
    """Give lines as a conversation has them, some of every turn."""
    chance = random.Random(seed)
    lines = []
    for turn in range(turns):
        lines.append(_line("turn.started", turn, ""))
        for _ in range(6):
            text = " ".join(f"{chance.getrandbits(40):x}" for _ in range(words))
            lines.append(_line("response.streaming", turn, text))
    return b"".join(lines)


def _line(kind: str, turn: int, text: str) -> bytes:
    return (
        f'{{"v":1,"id":"i","type":"{kind}","experiment_id":"exp_1","timestamp":1.5,'
        f'"turn_number":{turn},"agent_id":null,"data":{{"delta":"{text}"}}}}\n'
    ).encode()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members of 20 kB with marks at every kilobyte."""
    monkeypatch.setattr(archive, "MEMBER", 20_000)
    monkeypatch.setattr(archive, "_NEAR", 5_000)
    monkeypatch.setattr(member, "MARK_EVERY", 1_000)


@pytest.fixture(params=["fast", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fast libraries, and without them."""
    if request.param == "zlib":
        monkeypatch.setattr(member, "_library", lambda: None)
        monkeypatch.setattr(inflation, "_library", lambda: zlib)


def blocks(data: bytes, size: int = 777) -> Iterator[bytes]:
    return (data[place : place + size] for place in range(0, len(data), size))


def archived(data: bytes) -> bytes:
    return b"".join(packed(blocks(data)))


def read(data: bytes, unpacking: Unpacking = UNPACKING) -> tuple[bytes, str]:
    """Give what comes out of an archive, and the complaint."""
    given = []
    try:
        given.extend(unpacked(io.BytesIO(data), "it", unpacking))
    except StoreError as error:
        return b"".join(given), str(error)
    return b"".join(given), ""


@pytest.mark.parametrize("data", [b"", b"torn", b"a\n", b"a\ntorn", log(30), log(30) + b"torn"])
@pytest.mark.usefixtures("small", "library")
def test_what_was_packed_comes_out_again(data: bytes) -> None:
    assert (data, "") == read(archived(data))
    assert data == gzip.decompress(archived(data))


@pytest.mark.usefixtures("small")
def test_members_packed_at_the_same_time_are_those_packed_one_by_one() -> None:
    with ThreadPoolExecutor(2) as executor:
        assert archived(log(60)) == b"".join(packed(blocks(log(60), 50_000), 6, executor))


@pytest.mark.usefixtures("small", "library")
@pytest.mark.parametrize("level", range(1, 10))
def test_every_level_gives_gzip(level: int) -> None:
    assert log(9) == gzip.decompress(b"".join(packed([log(9)], level)))


@pytest.mark.usefixtures("small")
def test_members_begin_at_turns_and_name_the_turns_that_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_bytes(archived(log(60)))
    with path.open("rb") as file:
        found = [header for _, header in headers(file.fileno())]
    turns = [header.turns for header in found]
    assert [0, *(last + 1 for _, last in turns[:-1])] == [first for first, _ in turns]
    assert 59 == turns[-1][1]
    assert [False] * (len(found) - 1) + [True] == [header.last for header in found]
    assert len(found) > 5


def test_a_member_with_a_line_whose_turn_is_not_to_be_seen_may_hold_any() -> None:
    content = b'{"turn_number" :3}\n' + log(1)
    header = read_header(packed_member(Piece(content), 6))
    assert header is not None
    assert (0, 2**32 - 1) == header.turns


def test_a_member_of_events_of_the_whole_experiment_holds_no_turn() -> None:
    header = read_header(packed_member(Piece(b'{"turn_number":null}\n'), 6))
    assert header is not None
    assert header.turns[0] > header.turns[1]


def test_a_member_that_is_all_of_an_archive_may_hold_any_turn() -> None:
    header = read_header(archived(log(3)))
    assert header is not None
    assert (0, 2**32 - 1) == header.turns


@pytest.mark.usefixtures("small")
def test_members_that_are_not_wanted_are_passed_over() -> None:
    unpacking = Unpacking(wanted=lambda offset, header: header.turns[0] <= 30 <= header.turns[1])
    given, complaint = read(archived(log(60)), unpacking)
    assert given in log(60)
    assert b'"turn_number":30' in given
    assert (len(given) < 30_000, "") == (True, complaint)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("line", [b"x" * 100_000 + b"\n", b"x" * 100_000], ids=["whole", "torn"])
def test_a_line_longer_than_a_member_is_not_cut(line: bytes) -> None:
    data = log(10) + line + log(10)
    assert (data, "") == read(archived(data))
    assert [data[len(log(10)) :].split(b"\n")[0]] == [
        each for each in data.split(b"\n") if each.startswith(b"x")
    ]


def test_a_line_longer_than_any_member_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner in (archive, extraction, member):
        monkeypatch.setattr(owner, "LARGEST", 3_000_000)
    data = b"a\n" + random.Random(1).randbytes(9_000_000).replace(b"\n", b"") + b"\nb\n"
    assert (data, "") == read(b"".join(packed(blocks(data, 1 << 18))))


@pytest.mark.usefixtures("small")
def test_a_truncated_archive_gives_every_whole_line_before_the_cut() -> None:
    data = log(20, words=10)
    whole = archived(data)
    for size in range(2, len(whole), 61):
        given, complaint = read(whole[:size])
        inflated = _inflated(whole[:size])
        assert data[: inflated.rfind(b"\n") + 1] == given
        assert complaint.startswith("it: the archive is damaged: ")


def _inflated(data: bytes) -> bytes:
    """Give what zlib makes of gzip that may be cut off."""
    pieces = []
    while data:
        inflating = zlib.decompressobj(31)
        pieces.append(inflating.decompress(data))
        data = inflating.unused_data
    return b"".join(pieces)


@pytest.mark.usefixtures("small")
def test_whatever_bit_is_flipped_every_line_that_comes_is_one_that_was_written(full: bool) -> None:
    data = log(40, words=10)
    whole, known = archived(data), set(data.splitlines(keepends=True))
    lost = []
    for place in range(0, len(whole), 1 if full else 41):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        given, complaint = read(bytes(damaged))
        came = given.splitlines(keepends=True)
        assert [line for line in came if line not in known] == []
        # A flip in what only our header says takes nothing away, and gzip has nothing against it.
        assert complaint != "" or data == given
        lost.append(len(data) - len(given))
    # No more than a member, of which the last one is up to twice as large as the others.
    assert max(lost) <= 40_000 < len(data)


def test_whatever_a_header_lost_nothing_comes_that_was_not_written() -> None:
    # Its first byte, taken for a part of a longer header, leaves what can be unpacked.
    data = (
        b"\x02\x06\x0c\xef\xbb\xbf"
        b'{"v":1,"id":"a-000000","type":"turn.started","experiment_id":"e","timestamp":1.5,'
        b'"turn_number":0,"agent_id":null,"data":{"x":"\xe2\x80\xa8","n":[1,-2.5e3,{"k":null}]}}\n'
    )
    whole = archived(data)
    for place in range(2, 40):
        for count in (1, 2, 3):
            given, complaint = read(whole[:place] + whole[place + count :])
            assert (data.startswith(given), complaint != "") == (True, True), (place, count)


@pytest.mark.usefixtures("small")
def test_behind_a_damaged_member_the_next_one_comes_and_the_gap_is_named() -> None:
    data = log(60)
    whole = archived(data)
    second = len(next(packed([data])))
    damaged = bytearray(whole)
    damaged[second + 200] ^= 0xFF
    given, complaint = read(bytes(damaged))
    assert data.startswith(given[:15_000])
    assert data.endswith(given[-60_000:])
    assert len(data) - len(given) < 30_000
    third = second + len(list(packed([data]))[1])
    assert complaint.startswith(f"it: the archive is damaged: the member at byte {second}: ")
    assert complaint.endswith(f", it goes on at byte {third}")


@pytest.mark.usefixtures("small")
def test_an_archive_without_its_last_member_is_damaged() -> None:
    *members, last = packed([log(60)])
    given, complaint = read(b"".join(members))
    assert log(60).startswith(given)
    assert complaint.endswith(f"it ends at byte {len(b''.join(members))} before its last member")
    assert last


@pytest.mark.usefixtures("small")
def test_the_ends_are_read_without_what_is_between(tmp_path: Path) -> None:
    path = tmp_path / "it"
    for turns in (1, 10, 20, 30, 200):
        path.write_bytes(archived(log(turns)))
        given, complaint = read(path.read_bytes(), the_ends(path))
        assert (given[:10_000], given[-10_000:]) == (log(turns)[:10_000], log(turns)[-10_000:])
        assert (True, "") == (len(given) < 100_000, complaint)


def by(program: str) -> Maker:
    def made(data: bytes) -> bytes:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"there is no {program} here")
        return subprocess.run([found, "-c"], input=data, capture_output=True, check=True).stdout

    return made


def by_zopfli(data: bytes) -> bytes:
    found = shutil.which("zopfli")
    if found is None:
        pytest.skip("there is no zopfli here")
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"pidgin-zopfli-{os.getpid()}"
    path.write_bytes(data)
    try:
        command = [found, "--i1", "-c", str(path)]
        return subprocess.run(command, capture_output=True, check=True).stdout
    finally:
        path.unlink()


def in_two(data: bytes) -> bytes:
    return gzip.compress(data[:5_000]) + gzip.compress(data[5_000:])


FOREIGN = {
    "gzip": by("gzip"),
    "pigz": by("pigz"),
    "zopfli": by_zopfli,
    "python": gzip.compress,
    "two members cut within a line": in_two,
    "a name in the header": lambda data: _named(data),
    "padding": lambda data: gzip.compress(data) + bytes(1024),
}


def _named(data: bytes) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile("a-name.jsonl", "wb", fileobj=out) as file:
        file.write(data)
    return out.getvalue()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("maker", FOREIGN)
def test_a_foreign_archive_is_read(maker: str) -> None:
    assert (log(30), "") == read(FOREIGN[maker](log(30)))


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("maker", ["gzip", "two members cut within a line"])
def test_a_truncated_foreign_archive_gives_every_whole_line_before_the_cut(maker: str) -> None:
    data = log(8)
    whole = FOREIGN[maker](data)
    for size in range(2, len(whole), 97):
        given, complaint = read(whole[:size])
        inflated = _inflated(whole[:size])
        assert data[: inflated.rfind(b"\n") + 1] == given
        assert "the archive is damaged" in complaint


@pytest.mark.usefixtures("library")
def test_a_foreign_member_behind_a_damaged_one_is_found() -> None:
    first, second = log(8, seed=1), log(8, seed=2)
    damaged = bytearray(gzip.compress(first))
    damaged[len(damaged) // 2] ^= 0xFF
    given, complaint = read(bytes(damaged) + gzip.compress(second))
    assert given.endswith(second)
    assert f"it goes on at byte {len(damaged)}" in complaint


def test_what_is_no_gzip_behind_an_archive_is_told() -> None:
    given, complaint = read(archived(b"a\n") + b"rubbish")
    assert b"a\n" == given
    assert "incorrect header check" in complaint


@pytest.mark.parametrize(
    ("make", "unpacking"),
    [(gzip.compress, UNPACKING), (archived, Unpacking(max_ratio=250))],
    ids=["foreign", "ours"],
)
def test_a_bomb_is_refused_before_much_of_it_has_come(make: Maker, unpacking: Unpacking) -> None:
    bomb = make(b"x" * 200_000_000)
    came: list[bytes] = []
    with pytest.raises(BombError, match="refused: it unpacks to more than 250 times its size"):
        came.extend(unpacked(io.BytesIO(bomb), "it", unpacking))
    assert sum(map(len, came)) <= 1 << 26


def test_what_we_packed_is_read_however_small_it_became() -> None:
    dull = b'{"type":"a"}\n' * 10_000_000
    archive = archived(dull)
    assert len(dull) > 300 * len(archive)
    assert (len(dull), zlib.crc32(dull)) == totals(unpacked(io.BytesIO(archive), "it"))


def totals(blocks: Iterable[bytes]) -> tuple[int, int]:
    size = checksum = 0
    for block in blocks:
        size, checksum = size + len(block), zlib.crc32(block, checksum)
    return size, checksum


def test_a_bomb_is_read_where_that_is_meant() -> None:
    bomb = gzip.compress(b"x" * 99 + b"\n") + gzip.compress(b"y\n" * 50_000_000)
    came = sum(map(len, unpacked(io.BytesIO(bomb), "it", Unpacking(max_ratio=2000))))
    assert 100_000_100 == came


@pytest.mark.parametrize("make", [archived, gzip.compress], ids=["ours", "foreign"])
def test_what_an_archive_holds_is_known(tmp_path: Path, make: Maker) -> None:
    path = tmp_path / "it"
    path.write_bytes(make(log(30)))
    found = contents(path)
    assert (path.stat().st_size, len(log(30))) == (found.packed, found.size)


def test_a_header_that_was_changed_is_none_of_ours() -> None:
    made = packed_member(Piece(log(3)), 6)
    header = read_header(made)
    assert header is not None
    assert log(3) == unpacked_member(header, made)
    for place in (0, 3, 10, 13, 20, 30, header.start - 1):
        changed = bytearray(made)
        changed[place] ^= 1
        assert read_header(bytes(changed)) is None


@pytest.mark.parametrize("program", ["gzip", "pigz"])
def test_other_programs_find_our_archives_sound(tmp_path: Path, program: str) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"there is no {program} here")
    path = tmp_path / "it.gz"
    path.write_bytes(archived(log(2000, words=20)))
    done = subprocess.run([found, "-t", str(path)], capture_output=True, timeout=60)
    assert (0, b"") == (done.returncode, done.stderr)
