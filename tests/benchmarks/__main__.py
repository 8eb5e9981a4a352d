"""Prints a table of what pidgin costs, beside the programs that people would use otherwise.

    python tests/benchmarks [SUBJECT…] [--corpus FOLDER] [--rounds N]

Without SUBJECT everything is measured but memory, which takes long. All that is compared is done
by turns in one run, so that what else the machine does weighs on both sides alike; figures are
medians, ratios are of medians, and what stands in brackets is the time of all processors. Nothing
is asserted: a figure is of one machine at one time.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import archives
import conduct
import detections
import emit
import index
import latency
import memory
import redact
import startup
import streaming
import turns
import views
from corpus import EVENTS, make, shape
from figures import Figure, head, row
from measuring import LONG, PIDGIN, Bench
from rivals import machine

SUBJECTS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "startup": startup.figures,
    "emit": emit.figures,
    "redact": redact.figures,
    "index": index.figures,
    "archives": archives.figures,
    "views": views.figures,
    "latency": latency.figures,
    "streaming": streaming.figures,
    "turns": turns.figures,
    "detections": detections.figures,
    "conduct": conduct.figures,
    "memory": memory.figures,
}
QUICK = [name for name in SUBJECTS if name != "memory"]


def asked() -> argparse.Namespace:
    """Give what was typed."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = ", ".join(SUBJECTS)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"some of: {names}")
    parser.add_argument(
        "--corpus", type=Path, metavar="FOLDER", help="logs to measure with; made where none are"
    )
    parser.add_argument(
        "--events", type=int, default=EVENTS, metavar="N", help="how large a corpus is made"
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of how many, medians")
    parser.add_argument(
        "--megabytes", type=int, default=1000, metavar="N", help="how much memory is asked about"
    )
    typed = parser.parse_args()
    for name in typed.subjects:
        if name not in SUBJECTS:
            parser.error(f"no subject {name!r}: choose some of {names}")
    return typed


def told(bench: Bench) -> str:
    """Say what is measured with, and how often."""
    events, size = bench.data.count(b"\n"), len(bench.data) / 1e6
    often = f"Medians of {bench.rounds}, of three of what takes more than {LONG:g} s"
    return f"{events:,} events in {size:.0f} MB. {often}; in brackets the time of all processors."


def main() -> None:
    """Print the table, each row as it is known."""
    typed = asked()
    if not PIDGIN.exists():
        raise SystemExit("no pidgin beside this Python: pip install -e '.[dev]' first")
    with tempfile.TemporaryDirectory(prefix="pidgin-benchmarks-") as made:
        place = Path(made)
        logs = make(typed.corpus or place / "corpus", *shape(typed.events))
        bench = Bench(logs, place, typed.rounds, typed.megabytes)
        print(f"{machine()}\n{told(bench)}\n\n{head()}", flush=True)
        for name in typed.subjects or QUICK:
            for figure in SUBJECTS[name](bench):
                print(row(figure.cells()), flush=True)


if __name__ == "__main__":
    main()
