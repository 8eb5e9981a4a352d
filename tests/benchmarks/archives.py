"""How fast archives are made and read, and how small they are, beside gzip, pigz and zcat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from figures import Figure, at_least, at_most, faster, linear, short
from measuring import Bench, Taken, Work


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure compress, then replay of what it made and of what gzip made."""
    found = bench.race(
        {
            "compress": packing(bench, "pidgin", bench.logs),
            "gzip -9": packing(bench, "gzip", bench.logs),
            "pigz -9": packing(bench, "pigz", bench.logs),
            "a tenth": packing(bench, "pidgin", bench.tenth, "tenth of pidgin"),
        }
    )
    theirs = ("gzip -9", found["gzip -9"])
    yield faster("compress", found["compress"], theirs, at_least(4))
    yield faster("compress", found["compress"], ("pigz -9", found["pigz -9"]))
    yield linear("compress", found["compress"], found["a tenth"])
    if found["gzip -9"] is not None:
        yield sizes(bench.place / "packed by pidgin", bench.place / "packed by gzip")
    yield from replaying(bench)


def packing(bench: Bench, by: str, logs: list[Path], name: str = "") -> Work | None:
    """Give the work of packing copies of logs, made before the clock runs."""
    place = f"packed by {name or by}"
    if by != "pidgin" and bench.program(by) is None:
        return None

    def work() -> Taken:
        copies = sorted(bench.store(place, logs).iterdir())
        if by == "pidgin":
            return bench.pidgin("compress", "-q", *copies)()
        return bench.program(by, "-9", *copies)()

    return work


def sizes(ours: Path, theirs: Path) -> Figure:
    """Give how much larger our archives are than those of gzip, in per cent."""
    own, other = (sum(path.stat().st_size for path in place.iterdir()) for place in (ours, theirs))
    beside = f"gzip -9: {short(other / 1e6)} MB"
    value = 100 * (own / other - 1)
    return Figure(
        "compress, size", value, " % larger", f"{short(own / 1e6)} MB", beside, at_most(3)
    )


def replaying(bench: Bench) -> Iterator[Figure]:
    """Measure replay beside zcat."""
    for whose in ("pidgin", "gzip"):
        archives = sorted((bench.place / f"packed by {whose}").glob("*.gz"))
        if not archives:
            continue
        found = bench.race(
            {
                "replay": bench.pidgin("replay", *archives),
                "zcat": bench.program("zcat", *archives),
            }
        )
        what = f"replay, archives of {whose}"
        yield faster(what, found["replay"], ("zcat", found["zcat"]), at_least(1))
